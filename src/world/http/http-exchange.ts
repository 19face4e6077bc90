import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { HttpsProxyAgent } from 'hpagent';
import { messageOf } from '../../host/errors.ts';
import { HttpAnswer } from './http-answer.ts';
import { type ProxyOf, proxiesOf, proxyName } from './proxies.ts';

// node:http, because fetch alone takes a third of the time of a short verb, and Node.js 20's fetch knows no proxy.
// By require, because an import of it reads its WebSocket too, and so loads undici: 35 ms with Node.js 24.
// node:https loads TLS, and hpagent both: each is loaded by the first request that needs it.
const load = createRequire(import.meta.url);
const http = load('node:http') as typeof import('node:http');
const https = () => load('node:https') as typeof import('node:https');

export interface HttpRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream needs the header content-length, if the server does not take chunks. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  /** Names the proxies. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A connection that failed, with what the proxy has to do with it. The cause has the code. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
  /** `http://proxy:3128`, if one was used. */
  readonly proxy: string | undefined;
  /** The message without the proxy. */
  readonly reason: string;

  constructor(cause: unknown, proxy: URL | undefined) {
    const through = proxy === undefined ? '' : ` (through the proxy ${proxyName(proxy)})`;
    const reason = explain(cause);
    super(`${reason}${through}`, { cause });
    this.reason = reason;
    this.proxy = proxy === undefined ? undefined : proxyName(proxy);
  }
}

// A server that closes an idle connection at the same moment would break the next request, so ours close sooner.
const options = { keepAlive: true, timeout: 30_000 };
/** Milliseconds that a proxy may take to connect. */
const proxyPatience = 30_000;
const plain = new http.Agent(options);
let secure: Agent | undefined;
const tunnels = new Map<string, HttpsProxyAgent>();

/**
 * Sends one request over a connection that is kept for the next one. Follows no redirect, and accepts any status.
 * @throws ConnectionError, or the reason of the signal, or what the body threw
 */
export async function exchange(target: URL, request: HttpRequest): Promise<HttpAnswer> {
  const proxy = proxyOf(request.env ?? process.env)(target);
  try {
    return await attempt(target, request, proxy);
  } catch (error) {
    // The server had closed the kept connection before it saw the request.
    const again = error instanceof ClosedConnection && ['GET', 'HEAD'].includes(request.method);
    if (again) return attempt(target, request, proxy);
    throw error;
  }
}

class ClosedConnection extends ConnectionError {}

async function attempt(target: URL, request: HttpRequest, proxy: URL | undefined): Promise<HttpAnswer> {
  const { method, body, signal } = request;
  signal?.throwIfAborted();
  const tunnelled = proxy !== undefined && target.protocol === 'https:';
  const { url, headers } = placeOf(target, { ...lengthOf(body), ...request.headers }, proxy);
  const isSecure = url.protocol === 'https:';
  const sent = (isSecure ? https() : http).request(url, {
    method,
    headers,
    agent: tunnelled ? await tunnelTo(proxy) : isSecure ? secureAgent() : plain,
    ...(tunnelled ? { timeout: proxyPatience } : {}),
    ...(proxy !== undefined && !tunnelled ? { path: withoutUser(target).href } : {}),
  });
  let message: IncomingMessage | undefined;
  const abort = () => (message ?? sent).destroy(signal?.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  let fromBody: unknown;
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', (error) => {
      if (signal?.aborted === true) return reject(signal.reason);
      if (fromBody !== undefined) return reject(fromBody);
      const closed = sent.reusedSocket && codeOf(error) === 'ECONNRESET';
      reject(new (closed ? ClosedConnection : ConnectionError)(error, proxy));
    });
  });
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) sent.end(body);
  else {
    pump(body, sent).catch((error: unknown) => {
      fromBody = error;
      sent.destroy(error instanceof Error ? error : new Error(messageOf(error)));
    });
  }
  message = await answer;
  // The signal also ends an answer that is being read.
  message.once('close', () => {
    signal?.removeEventListener('abort', abort);
    // A server may refuse before it has read everything: the rest is not sent.
    if (!sent.writableEnded) sent.destroy();
  });
  return new HttpAnswer(message, target);
}

/** node:http leaves it out for a DELETE; the server then reads the body as the next request. */
function lengthOf(body: HttpRequest['body']): Record<string, string> {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return {};
  return { 'content-length': String(Buffer.byteLength(body)) };
}

/** Writes as fast as the server reads. */
async function pump(body: AsyncIterable<Uint8Array>, sent: ClientRequest): Promise<void> {
  for await (const chunk of body) {
    if (sent.destroyed) return;
    if (!sent.write(chunk)) await drained(sent);
  }
  sent.end();
}

function drained(sent: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      sent.off('drain', done).off('close', done);
      resolve();
    };
    sent.on('drain', done).on('close', done);
  });
}

/** The address that gets the request: a proxy forwards plain HTTP, and opens a tunnel for HTTPS. */
function placeOf(
  target: URL,
  headers: Readonly<Record<string, string>>,
  proxy: URL | undefined,
): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
  if (proxy === undefined || target.protocol === 'https:') return { url: target, headers };
  const { username, password } = proxy;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: withoutUser(proxy),
    headers: {
      ...headers,
      host: target.host,
      ...(login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    },
  };
}

function secureAgent(): Agent {
  secure ??= new (https().Agent)(options);
  return secure;
}

async function tunnelTo(proxy: URL): Promise<HttpsProxyAgent> {
  const { HttpsProxyAgent } = await import('hpagent');
  let tunnel = tunnels.get(proxy.href);
  if (tunnel === undefined) {
    tunnel = new HttpsProxyAgent({ ...options, proxy });
    tunnels.set(proxy.href, tunnel);
  }
  return tunnel;
}

let known: { readonly env: NodeJS.ProcessEnv; readonly proxyOf: ProxyOf } | undefined;

function proxyOf(env: NodeJS.ProcessEnv): ProxyOf {
  if (known?.env !== env) known = { env, proxyOf: proxiesOf(env) };
  return known.proxyOf;
}

function withoutUser(url: URL): URL {
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return clean;
}

/** hpagent knows only the status that the proxy answered. */
function explain(error: unknown): string {
  const message = messageOf(error instanceof AggregateError ? error.errors[0] : error);
  const status = /^Bad response: (\d+)$/.exec(message)?.[1];
  if (status === undefined) return message;
  return status === '407'
    ? 'the proxy answered 407: it wants a user name and password, or other ones'
    : `the proxy answered ${status} instead of connecting`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
