import { randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenServer {
  readonly options: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly certificate: string;
  };
  /** Scopes that tokens were given for, in order. */
  readonly given: string[];
  stop(): void;
}

/** CNCF distribution accepts a token for this long after its end. */
const leewaySeconds = 60;

/**
 * Gives signed tokens to one user, as CNCF distribution's token specification has it (spec/auth/token).
 * @param settings.validSeconds how long the registry accepts a token; the server says five minutes in any case
 */
export async function startTokenServer(settings: {
  readonly certificate: string;
  readonly key: string;
  readonly username: string;
  readonly password: string;
  readonly validSeconds?: number;
}): Promise<TokenServer> {
  const given: string[] = [];
  const [service, issuer] = ['coxswain-registry', 'coxswain-tokens'];
  const key = readFileSync(settings.key, 'utf8');
  const chain = readFileSync(settings.certificate, 'utf8').replace(/-----[^-]+-----|\s/g, '');
  const expected = `Basic ${Buffer.from(`${settings.username}:${settings.password}`).toString('base64')}`;
  const server = createServer((request, answer) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (request.headers.authorization !== expected || url.searchParams.get('service') !== service) {
      return void answer.writeHead(401, { 'content-type': 'application/json' }).end('{}');
    }
    const scopes = url.searchParams.getAll('scope');
    given.push(...scopes);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: settings.username,
      aud: service,
      iat: now - leewaySeconds,
      nbf: now - leewaySeconds,
      exp: now + (settings.validSeconds ?? 300) - leewaySeconds,
      jti: randomUUID(),
      access: scopes.map((scope) => {
        const [, type, name, actions] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
        return { type, name, actions: actions?.split(',') };
      }),
    };
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ typ: 'JWT', alg: 'ES256', x5c: [chain] })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    const token = `${text}.${signature.toString('base64url')}`;
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return {
    options: { realm, service, issuer, certificate: settings.certificate },
    given,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
