import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../host/defined.ts';
import { OutsideError } from '../host/errors.ts';
import { readFileIfThere } from '../host/files.ts';
import { type LongProcess, startProcess } from '../host/process.ts';

export interface RunningRegistry {
  /** `127.0.0.1:PORT`, or `localhost:PORT` with TLS. */
  readonly host: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Has the configuration file and everything that is pushed; created if missing, and kept afterwards. */
  readonly directory: string;
  readonly logFile: string;
  /** An htpasswd file (bcrypt): every request then needs a name and password. */
  readonly htpasswd?: string;
  /** Every request then needs a token of this server (CNCF distribution, spec/auth/token). */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    /** PEM file: what the tokens are signed with. */
    readonly certificate: string;
  };
  /** PEM files; the certificate must name localhost. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

const attempts = 5;
const startSeconds = 15;
/** Our registry sends this with every answer, so that another program on the port is not mistaken for it. */
const markHeader = 'X-Coxswain-Registry';

/**
 * Starts a real registry (CNCF distribution) on a free loopback port, with deletion enabled.
 * Starting it again on the same directory serves what was pushed before.
 * @throws InputError when docker-registry is not installed
 * @throws OutsideError when it does not start, with the end of its log
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  await mkdir(join(options.directory, 'storage'), { recursive: true });
  let problem = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = await freePort();
    const mark = randomUUID();
    const configuration = join(options.directory, 'config.yml');
    await writeFile(configuration, registryConfiguration(options, port, mark));
    const started = await startProcess('docker-registry', ['serve', configuration], {
      logFile: options.logFile,
    });
    if (await answers({ port, mark, tls: options.tls !== undefined }, started)) {
      const name = options.tls === undefined ? '127.0.0.1' : 'localhost';
      return { host: `${name}:${port}`, pid: started.pid, stop: () => started.stop() };
    }
    await started.stop(1_000);
    problem = lastLines(await readFileIfThere(options.logFile));
    // Tries again only if another program took the port between freePort and the registry's own bind.
    if (!problem.includes('address already in use')) break;
  }
  throw new OutsideError('starting docker-registry', `it did not start: ${problem}`);
}

// JSON is YAML: no text of a path can change the meaning of the file.
function registryConfiguration(options: RegistryOptions, port: number, mark: string): string {
  return JSON.stringify(
    {
      version: '0.1',
      log: { level: 'warn', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: join(options.directory, 'storage') },
        delete: { enabled: true },
      },
      http: {
        addr: `127.0.0.1:${port}`,
        headers: { [markHeader]: [mark] },
        ...defined({
          tls:
            options.tls === undefined
              ? undefined
              : { certificate: options.tls.certificate, key: options.tls.key },
        }),
      },
      ...authOf(options),
    },
    undefined,
    2,
  );
}

function authOf({ htpasswd, token }: RegistryOptions): object {
  if (htpasswd !== undefined) return { auth: { htpasswd: { realm: 'coxswain', path: htpasswd } } };
  if (token === undefined) return {};
  const { realm, service, issuer, certificate } = token;
  return { auth: { token: { realm, service, issuer, rootcertbundle: certificate } } };
}

/** A loopback port that nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });
}

interface Probe {
  readonly port: number;
  readonly mark: string;
  readonly tls: boolean;
}

async function answers(probe: Probe, registry: LongProcess): Promise<boolean> {
  let ended = false;
  void registry.ended.then(() => {
    ended = true;
  });
  const deadline = performance.now() + startSeconds * 1000;
  while (!ended && performance.now() < deadline) {
    if ((await readMark(probe)) === probe.mark) return true;
    await sleep(25);
  }
  return false;
}

function readMark({ port, tls }: Probe): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/v2/', agent: false as const, timeout: 2_000 };
    // Only asks whether the server is up; its answer is not used, so its certificate need not be trusted here.
    const request = tls ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
    request.once('response', (response) => {
      response.resume();
      const mark = response.headers[markHeader.toLowerCase()];
      resolve(typeof mark === 'string' ? mark : undefined);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
    request.end();
  });
}

function lastLines(text: string | undefined): string {
  return (text ?? '').trimEnd().split('\n').slice(-5).join('\n');
}
