import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import Module, { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fulcioHandler, initializeCA, initializeTLog, rekorHandler } from '@sigstore/mock';
import fetchForSigstore from '../../src/release/attestations/fetch-for-sigstore.ts';

/** The parts of a workflow run's identity token that Fulcio reads. */
export interface RunClaims {
  readonly repository: string;
  /** `owner/name/.github/workflows/file.yml@ref` */
  readonly workflow: string;
  readonly ref: string;
  readonly issuer?: string;
}

/** A Sigstore of its own, and GitHub's service for identity tokens. */
export interface Sigstore {
  readonly url: string;
  /** The JSON of its keys and certificates, as `trusted-root` names it. */
  readonly trustedRoot: object;
  /** Addresses and token that a run has. */
  runAs(claims: RunClaims): NodeJS.ProcessEnv;
  /** How many entries the log has. */
  logged(): number;
  close(): Promise<void>;
}

// It brings nock, which takes all of Node's HTTP over as soon as it is loaded, for the other files of this worker too.
createRequire(createRequire(import.meta.url).resolve('@sigstore/mock'))('nock').restore();

const pair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const accessToken = 'run-token';

/** As in the bundle: `@sigstore/sign` talks by our own client. */
function useOwnFetch(): void {
  const require = createRequire(createRequire(import.meta.url).resolve('@sigstore/sign'));
  const path = require.resolve('make-fetch-happen');
  const known = require.cache[path];
  const exports = { __esModule: true, default: fetchForSigstore };
  require.cache[path] = Object.assign(known ?? new Module(path), { exports, loaded: true });
}

/** @param clock the time of the certificate authority and of the log; default: now */
export async function startSigstore(clock?: Date): Promise<Sigstore> {
  useOwnFetch();
  const ctlog = startCertificateLog(clock);
  const ca = await initializeCA(pair(), ctlog, clock);
  const tlog = await initializeTLog('https://rekor.test', pair(), clock);
  const fulcio = fulcioHandler(ca, { subjectClaim: 'workflow_uri' });
  const rekor = rekorHandler(tlog);
  let claims: RunClaims | undefined;
  let entries = 0;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', async () => {
      if (path === '/token') {
        if (request.headers.authorization !== `Bearer ${accessToken}`) return response.writeHead(401).end();
        return response.end(JSON.stringify({ value: tokenOf(claims as RunClaims) }));
      }
      const handler = [fulcio, rekor].find((each) => each.path === path);
      if (handler === undefined) return response.writeHead(404).end();
      const text = Buffer.concat(body).toString();
      if (handler === rekor) entries += 1;
      const answer = await handler.fn(handler === rekor ? asRekorWritesIt(text) : text);
      response.writeHead(answer.statusCode, { 'content-type': answer.contentType ?? 'text/plain' });
      return response.end(answer.response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const key = (rawBytes: Buffer) => ({
    rawBytes: rawBytes.toString('base64'),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor: { start: '2020-01-01T00:00:00Z' },
  });
  const hash = async (bytes: Buffer) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('base64');
  return {
    url,
    trustedRoot: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [
        {
          uri: url,
          certChain: { certificates: [{ rawBytes: ca.rootCertificate.toString('base64') }] },
          validFor: { start: '2020-01-01T00:00:00Z' },
        },
      ],
      tlogs: [
        {
          baseUrl: 'https://rekor.test',
          hashAlgorithm: 'SHA2_256',
          publicKey: key(tlog.publicKey),
          logId: { keyId: await hash(tlog.publicKey) },
        },
      ],
      ctlogs: [
        {
          baseUrl: url,
          hashAlgorithm: 'SHA2_256',
          publicKey: key(ctlog.publicKey),
          logId: { keyId: ctlog.logID.toString('base64') },
        },
      ],
      timestampAuthorities: [],
    },
    runAs: (given) => {
      claims = given;
      return {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?x=1`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: accessToken,
      };
    },
    logged: () => entries,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

/**
 * A log of certificates, RFC 6962 section 3.2. That of the mock does not work with the current pkijs, which lost the
 * signature.
 */
function startCertificateLog(clock: Date | undefined) {
  const { privateKey, publicKey } = pair();
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const logID = createHash('sha256').update(der).digest();
  const number = (value: number | bigint, bytes: number) =>
    Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
  return {
    publicKey: der,
    logID,
    log: async (certificate: ArrayBuffer, issuer: ArrayBuffer) => {
      const time = number(BigInt((clock ?? new Date()).getTime()), 8);
      const tbs = firstElement(Buffer.from(certificate));
      const entry = [number(1, 2), Buffer.from(issuer), number(tbs.length, 3), tbs, number(0, 2)];
      const signature = sign('sha256', Buffer.concat([number(0, 2), time, ...entry]), privateKey);
      const head = [number(0, 1), logID, time, number(0, 2), number(4, 1), number(3, 1)];
      const timestamp = Buffer.concat([...head, number(signature.length, 2), signature]);
      return new Uint8Array(Buffer.concat([number(timestamp.length, 2), timestamp])).buffer;
    },
  };
}

/** Of a sequence in DER, with lengths of two bytes. */
function firstElement(der: Buffer): Buffer {
  const inner = der.subarray(4);
  return inner.subarray(0, 4 + inner.readUInt16BE(2));
}

/** Rekor keeps hashes of what it is given (pkg/types/dsse/v0.0.1); the mock keeps what it is given. */
function asRekorWritesIt(text: string): string {
  const entry = JSON.parse(text);
  const { envelope, verifiers } = entry.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  const hash = (bytes: Uint8Array | string) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return JSON.stringify({
    ...entry,
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: [{ signature: signatures[0].sig, verifier: verifiers[0] }],
    },
  });
}

/** The mock reads the claims, and verifies no signature of GitHub's. */
function tokenOf({ repository, workflow, ref, issuer }: RunClaims): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: issuer ?? 'https://token.actions.githubusercontent.com',
    sub: `repo:${repository}:ref:${ref}`,
    workflow_uri: `https://github.com/${workflow}`,
    job_workflow_ref: workflow,
    repository,
    ref,
  };
  return `${part({ alg: 'none' })}.${part(claims)}.${part({})}`;
}
