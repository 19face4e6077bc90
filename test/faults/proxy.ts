import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { forward, type RealAnswer, readAll } from '../support/forward.ts';

/** What a proxy does to one request (`outage`: to that and all later ones). */
export const faults = [
  /** 500, and the registry never gets the request. */
  'error',
  /** The connection breaks before the registry gets the request, and all later requests fail too, as after a crash. */
  'outage',
  /** The registry does what was asked, and the connection breaks before its answer. */
  'lost answer',
  /** The connection breaks in the middle of the answer. */
  'cut',
  /** The answer comes later than those of later requests. */
  'delay',
  /** The answer names another digest, and its body has a wrong byte. */
  'wrong digest',
  /** Some web server's page in place of the answer. */
  'web page',
] as const;

/** Answers of a registry that are well formed but wrong, so that nothing looks like a failure. */
export const lies = [
  /** "Not found", as a registry says it, for something that exists. For requests that read. */
  'false 404',
  /** A list without entries, or a 200 without content. For requests that read. */
  'empty answer',
  /** A list of tags or referrers without its newest entry. Other answers are true. */
  'stale list',
  /** A write is confirmed and not done. */
  'lost write',
] as const;

export type Lie = (typeof lies)[number];
export type Fault = (typeof faults)[number] | Lie;

export interface FaultProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Methods of the requests since the last call of `arm` or `disarm`. */
  readonly requests: readonly string[];
  /** Their paths, with the query. */
  readonly paths: readonly string[];
  /** How many requests since the start may have changed the registry. */
  readonly writes: number;
  /** The at-th request from now (the first is 1) gets the fault. */
  arm(fault: Fault, at: number): void;
  disarm(): void;
  /** Resolves when no request is under way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Stands in front of a registry, and passes everything on unchanged, except for the fault. */
export async function startFaultProxy(registry: () => string): Promise<FaultProxy> {
  let armed: { readonly fault: Fault; readonly at: number } | undefined;
  let requests: string[] = [];
  let paths: string[] = [];
  let writes = 0;
  const underWay = new Set<Promise<void>>();
  const server = createServer((incoming, answer) => {
    requests.push(incoming.method ?? '');
    paths.push(incoming.url ?? '');
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD') writes += 1;
    const fault =
      armed !== undefined &&
      (requests.length === armed.at || (armed.fault === 'outage' && requests.length > armed.at))
        ? armed.fault
        : undefined;
    const work = handle(registry(), incoming, answer, fault).catch(() => void incoming.socket.destroy());
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    get paths() {
      return paths;
    },
    get writes() {
      return writes;
    },
    arm: (fault, at) => {
      armed = { fault, at };
      requests = [];
      paths = [];
    },
    disarm: () => {
      armed = undefined;
      requests = [];
      paths = [];
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  registry: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const body = await readAll(incoming);
  if (fault === 'outage') return void incoming.socket.destroy();
  if (fault === 'error') {
    return void answer.writeHead(500, { 'content-type': 'application/json' }).end('{"errors":[]}');
  }
  if (fault === 'web page') {
    return void answer.writeHead(404, { 'content-type': 'text/html' }).end('<html>Not here</html>');
  }
  if (fault === 'lost write' && confirmUndone(incoming, body, answer)) return;
  const real = await forward(registry, incoming, body);
  if (isLie(fault) && isQuestion(incoming)) return void lieAbout(fault, incoming, real, answer);
  if (fault === 'delay') await sleep(30);
  if (fault === 'lost answer') return void incoming.socket.destroy();
  const headers = { ...real.headers };
  let content = real.body;
  if (fault === 'wrong digest') {
    if (headers['docker-content-digest'] !== undefined) {
      headers['docker-content-digest'] = `sha256:${'0'.repeat(64)}`;
    }
    content = Buffer.from(content);
    const middle = content.length >> 1;
    if (content.length > 0) content[middle] = (content[middle] as number) ^ 1;
  }
  answer.writeHead(real.status, headers);
  if (fault === 'cut') {
    answer.write(content.subarray(0, content.length >> 1), () => incoming.socket.destroy());
    return;
  }
  answer.end(content);
}

function isLie(fault: Fault | undefined): fault is Lie {
  return lies.some((lie) => lie === fault);
}

function isQuestion({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Whether a lie changes the answer to a request. @param path of the URL, with its query */
export function concerns(lie: Lie, method: string, path: string): boolean {
  const question = (method === 'GET' || method === 'HEAD') && path.split('?')[0] !== '/v2/';
  const list = /\/tags\/list|\/referrers\/|\/manifests\/sha256-[0-9a-f]{64}$/.test(path);
  if (lie === 'lost write') return /^(PUT|DELETE)$/.test(method);
  return lie === 'stale list' ? question && list && method === 'GET' : question;
}

/** Confirms the last request of a write as a registry does. False for a request that writes nothing for good. */
function confirmUndone(incoming: IncomingMessage, body: Buffer, answer: ServerResponse): boolean {
  const { method = '', url = '' } = incoming;
  if (method === 'DELETE') return answer.writeHead(202).end() !== undefined;
  if (method !== 'PUT') return false;
  const { pathname, searchParams } = new URL(url, 'http://registry');
  const digest = searchParams.get('digest') ?? `sha256:${createHash('sha256').update(body).digest('hex')}`;
  answer.writeHead(201, {
    location: pathname.replace(/\/blobs\/uploads\/.*/, `/blobs/${digest}`),
    'docker-content-digest': digest,
  });
  return answer.end() !== undefined;
}

function lieAbout(lie: Lie, incoming: IncomingMessage, real: RealAnswer, answer: ServerResponse): void {
  const path = incoming.url ?? '';
  if (!concerns(lie, incoming.method ?? '', path)) {
    answer.writeHead(real.status, real.headers).end(real.body);
  } else if (lie === 'false 404') {
    const code = path.includes('/blobs/') ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN';
    answer
      .writeHead(404, {
        'content-type': 'application/json; charset=utf-8',
        'docker-distribution-api-version': 'registry/2.0',
      })
      .end(
        incoming.method === 'HEAD' ? undefined : JSON.stringify({ errors: [{ code, message: 'unknown' }] }),
      );
  } else {
    const body = shorter(real.body, lie === 'empty answer');
    const { 'content-length': _, 'docker-content-digest': __, ...headers } = real.headers;
    answer.writeHead(real.status, { ...headers, 'content-length': String(body.length) });
    answer.end(incoming.method === 'HEAD' ? undefined : body);
  }
}

/** A list without its newest entry, or without all entries. Any other answer becomes an empty one. */
function shorter(body: Buffer, empty: boolean): Buffer {
  try {
    const list = JSON.parse(body.toString('utf8')) as { tags?: unknown[] | null; manifests?: unknown[] };
    if (!Array.isArray(list.tags) && !Array.isArray(list.manifests)) return empty ? Buffer.alloc(0) : body;
    const cut = (entries: unknown[]) => (empty ? [] : entries.slice(0, -1));
    if (Array.isArray(list.tags)) list.tags = cut(list.tags);
    if (Array.isArray(list.manifests)) list.manifests = cut(list.manifests);
    return Buffer.from(JSON.stringify(list));
  } catch {
    return empty ? Buffer.alloc(0) : body;
  }
}
