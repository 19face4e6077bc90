import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../host/errors.ts';
import { type Log, silentLog } from '../host/log.ts';
import { createAuthentication, isLoopback, type Purpose } from './authentication.ts';
import type { CredentialSource } from './credentials.ts';
import { connectionFailure, NotFoundError, notARegistry, PassingFailure, unauthorised } from './failures.ts';
import { bareType } from './manifest.ts';
import { formatRepository, type Repository } from './reference.ts';
import { createScrubber } from './secrets.ts';

/** Content of known length that can be read again from its start. */
export interface RepeatableStream {
  readonly size: number;
  /** Without a range all of it, checked as it passes; a part is not checked here. */
  open(range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
}

/** In bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface RegistryRequest extends Purpose {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** What the failure message says was tried, as a gerund phrase. */
  readonly doing: string;
  /** What was asked for, for "not found" and "unauthorised". Default: the repository. */
  readonly what?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | RepeatableStream;
  /** Statuses that are an answer; any other is thrown. */
  readonly answers: readonly number[];
  /** Not to be tried again by itself: the caller starts the whole operation anew. */
  readonly once?: boolean;
  /** A 404 need not come from a registry (an interface that older ones lack). */
  readonly mayLack?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Where the answer came from in the end. */
  readonly url: URL;
}

export interface Counters {
  /** HTTP requests, with redirects, retries and token requests. */
  requests: number;
  /** Bodies only. */
  bytesSent: number;
  bytesReceived: number;
}

export interface Transport {
  readonly counters: Counters;
  /** `https://HOST/v2/PATH/REST` */
  url(repository: Repository, rest: string): URL;
  /** Sends a request and reads the whole answer, retrying what may pass. */
  send(request: RegistryRequest): Promise<Answer>;
  /** Sends a request whose answer is read as a stream; breaking off half-way is the reader's to handle. */
  stream(
    request: RegistryRequest,
  ): Promise<{ readonly status: number; readonly body: ReadableStream<Uint8Array> }>;
  /** Runs an operation of several requests again while it fails in ways that may pass. */
  retrying<T>(operation: () => Promise<T>): Promise<T>;
}

export interface TransportOptions {
  readonly credentials: CredentialSource;
  readonly log?: Log;
  /** Milliseconds before each further attempt; also how many there are. */
  readonly retryDelays?: readonly number[];
}

const defaultRetryDelays = [500, 1_500, 4_500];
const longestRetryAfterSeconds = 60;
const answerSeconds = 60;
const maximumRedirects = 5;
// Manifests are limited to 4 MiB by the specification; configs and artifacts are read whole too.
const maximumBodyBytes = 64 * 1024 * 1024;
const maximumErrorBytes = 64 * 1024;
const passingStatuses: readonly number[] = [408, 429, 500, 502, 503, 504];
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/** HTTP with what registries need on top: logging in, redirects, retries, and errors that say which side is at fault. */
export function createTransport(options: TransportOptions): Transport {
  const log = options.log ?? silentLog;
  const delays = options.retryDelays ?? defaultRetryDelays;
  const counters: Counters = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  const scrubber = createScrubber();
  const overTls = new Set<string>();
  const registries = new Map<string, Promise<string | undefined>>();
  const authentication = createAuthentication({
    credentials: options.credentials,
    scrubber,
    fetchToken: async ({ url, headers, form, doing }) => {
      const request = {
        method: form === undefined ? 'GET' : 'POST',
        headers:
          form === undefined ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        doing,
        ...(form === undefined ? {} : { body: Buffer.from(form.toString()) }),
      };
      // Not through a redirect: whatever it leads to is not what the registry named.
      const response = await exchange(url, request);
      const body = await readWhole(response, url, maximumErrorBytes);
      if (passingStatuses.includes(response.status)) {
        throw new PassingFailure(doing, `${url.host} answered ${response.status}`, retryAfter(response));
      }
      if ([200, 400, 401, 403].includes(response.status)) return { status: response.status, body };
      throw new OutsideError(doing, `the token endpoint at ${url.host} answered ${response.status}`);
    },
  });

  function url(repository: Repository, rest: string): URL {
    const host = repository.registry === 'docker.io' ? 'registry-1.docker.io' : repository.registry;
    const secure = new URL(`https://${host}/v2/${repository.path}/${rest}`);
    if (!isLoopback(secure) || overTls.has(secure.host)) return secure;
    return new URL(`http://${host}/v2/${repository.path}/${rest}`);
  }

  /** One HTTP request, nothing followed and nothing judged. */
  async function exchange(
    target: URL,
    request: Pick<RegistryRequest, 'doing' | 'headers' | 'body'> & { readonly method: string },
  ): Promise<Response> {
    counters.requests += 1;
    const { body } = request;
    const abort = new AbortController();
    const streamed = body !== undefined && !(body instanceof Uint8Array);
    const content = streamed ? counted(await body.open(), (bytes) => (counters.bytesSent += bytes)) : body;
    if (content instanceof Uint8Array) counters.bytesSent += content.length;
    // Sending a large body may take any time; everything else answers soon.
    const timer = streamed
      ? undefined
      : setTimeout(
          () =>
            abort.abort(
              new PassingFailure(request.doing, `no answer from ${target.host} in ${answerSeconds} s`),
            ),
          answerSeconds * 1000,
        );
    try {
      return await fetch(target, {
        method: request.method,
        redirect: 'manual',
        signal: abort.signal,
        headers: {
          // Digests are of the bytes as stored: nothing on the way may compress them.
          'accept-encoding': 'identity',
          'user-agent': 'coxswain',
          ...request.headers,
          ...(streamed ? { 'content-length': String(body.size) } : {}),
        },
        ...(content === undefined ? {} : { body: content }),
        ...(streamed ? { duplex: 'half' } : {}),
      });
    } catch (error) {
      throw connectionFailure(request.doing, target.host, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Follows redirects. Credentials are for the registry's own origin alone, also when a later hop leads back. */
  async function follow(
    request: RegistryRequest,
    authorization: string | undefined,
  ): Promise<{ response: Response; url: URL; elsewhere: boolean }> {
    let target = request.url;
    let elsewhere = target.origin !== url(request.repository, '').origin;
    for (let hop = 0; hop <= maximumRedirects; hop++) {
      const headers = {
        ...request.headers,
        ...(authorization === undefined || elsewhere ? {} : { authorization }),
      };
      const response = await exchange(target, { ...request, headers });
      const location = response.headers.get('location');
      if (!redirectStatuses.includes(response.status) || location === null) {
        return { response, url: target, elsewhere };
      }
      await discard(response);
      const next = secureLocation(location, target, request.doing);
      const readOnly = request.method === 'GET' || request.method === 'HEAD';
      if (!readOnly && response.status !== 307 && response.status !== 308) {
        throw new OutsideError(
          request.doing,
          `${target.host} answered a ${request.method} with ${response.status}`,
        );
      }
      if (next.origin !== target.origin) elsewhere = true;
      target = next;
    }
    throw new OutsideError(
      request.doing,
      `${request.url.host} redirected more than ${maximumRedirects} times`,
    );
  }

  async function authorised(asked: RegistryRequest): Promise<{ response: Response; url: URL }> {
    const request = { ...asked, url: new URL(asked.url) };
    if (overTls.has(request.url.host)) request.url.protocol = 'https:';
    for (let attempt = 0; ; attempt++) {
      const header = await authentication.header(request, url(request.repository, ''));
      const { response, url: from, elsewhere } = await follow(request, header);
      if (await expectsTls(request, response, from)) {
        overTls.add(from.host);
        return authorised(asked);
      }
      if (response.status === 401 && !elsewhere && attempt === 0) {
        const challenge = response.headers.get('www-authenticate');
        if (authentication.challenged(request, challenge, header)) {
          await discard(response);
          continue;
        }
      }
      if (request.answers.includes(response.status)) {
        if (response.status === 404 && !request.mayLack && !(await fromRegistry(request, response))) {
          await confirmAbsence(asked);
        }
        return { response, url: from };
      }
      throw await failure(request, response, from, elsewhere);
    }
  }

  /** Go's HTTP server says so when it speaks TLS: then a registry on loopback is asked again over https. */
  async function expectsTls(request: RegistryRequest, response: Response, from: URL): Promise<boolean> {
    if (response.status !== 400 || from.protocol !== 'http:') return false;
    const { doing } = request;
    // The answer to a HEAD has no text to look at.
    const telling =
      request.method === 'HEAD'
        ? await exchange(new URL('/v2/', from), { method: 'GET', doing })
        : response.clone();
    const body = await readWhole(telling, from, maximumErrorBytes);
    return new TextDecoder().decode(body).includes('HTTP request to an HTTPS server');
  }

  async function failure(
    request: RegistryRequest,
    response: Response,
    from: URL,
    elsewhere: boolean,
  ): Promise<Error> {
    const { status } = response;
    const what = request.what ?? formatRepository(request.repository);
    const html = isHtml(response);
    const said = describeErrors(await readWhole(response, from, maximumErrorBytes));
    const text = scrubber.scrub(`${from.host} answered ${status}${said === '' ? '' : `: ${said}`}`);
    // Blobs come before the manifest: a registry that does not know one is behind, or busy with another writer of it.
    if (passingStatuses.includes(status) || said.includes('MANIFEST_BLOB_UNKNOWN'))
      return new PassingFailure(request.doing, text, retryAfter(response));
    if (elsewhere) return new OutsideError(request.doing, text);
    if (status === 401 || status === 403) {
      const hadCredentials = await authentication.hasCredentials(request.repository);
      const host = request.repository.registry;
      return unauthorised({ what, host, status, push: request.push, hadCredentials });
    }
    if (html) return notARegistry(request.repository.registry, `it answered ${status} with an HTML page`);
    if (status === 404) {
      await fromRegistry(request, response);
      return new NotFoundError(what);
    }
    return new OutsideError(request.doing, text);
  }

  /**
   * "Not there" counts only from a registry: a 404 of some web server must not pass for "no such image".
   * Registries answer errors in JSON; where this one did not, /v2/ decides, once for each host.
   * @returns whether the answer itself is a registry's
   */
  async function fromRegistry(request: RegistryRequest, response: Response): Promise<boolean> {
    const type = bareType(response.headers.get('content-type') ?? '');
    if (type.endsWith('json') || response.headers.has('docker-distribution-api-version')) return true;
    const host = request.repository.registry;
    let problem = registries.get(host);
    if (problem === undefined) {
      problem = registryProblem(request);
      registries.set(host, problem);
      problem.catch(() => registries.delete(host));
    }
    const seen = await problem;
    if (seen !== undefined) throw notARegistry(host, seen);
    return false;
  }

  /**
   * The registry is one, but something before it may have answered (a balancer while the registry restarts): a tag
   * taken for absent would be set anew. So the same is asked once more.
   */
  async function confirmAbsence(asked: RegistryRequest): Promise<void> {
    const { response, url: from } = await authorised({ ...asked, mayLack: true });
    await discard(response);
    if (response.status === 404) return;
    throw new PassingFailure(
      asked.doing,
      `${from.host} answered 404 in a way that registries do not, and ${response.status} when asked again`,
    );
  }

  async function registryProblem(request: RegistryRequest): Promise<string | undefined> {
    const base = new URL('/v2/', url(request.repository, ''));
    const response = await exchange(base, { method: 'GET', doing: request.doing });
    await discard(response);
    const { status } = response;
    if (passingStatuses.includes(status)) {
      throw new PassingFailure(request.doing, `${base.host} answered ${status}`, retryAfter(response));
    }
    const challenged = status === 401 && response.headers.has('www-authenticate');
    const fine = status === 200 && !isHtml(response);
    if (challenged || fine) return undefined;
    return `/v2/ answers ${status}${isHtml(response) ? ' with an HTML page' : ''}`;
  }

  async function retrying<T>(operation: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await operation();
      } catch (error) {
        const delay = delays[attempt];
        if (!(error instanceof PassingFailure) || delay === undefined) throw error;
        const asked = error.retryAfterSeconds;
        if (asked !== undefined && asked > longestRetryAfterSeconds) throw error;
        // Jitter, so that several jobs that failed together do not come back together.
        const wait = asked === undefined ? delay * (0.75 + Math.random() / 2) : asked * 1000;
        log.info(
          `${error.message.replace(/ Running the same.*$/, '')} Trying again in ${(wait / 1000).toFixed(1)} s.`,
        );
        await sleep(wait);
      }
    }
  }

  async function send(request: RegistryRequest): Promise<Answer> {
    const attempt = async (): Promise<Answer> => {
      const { response, url: from } = await authorised(request);
      const body = await readWhole(response, from, maximumBodyBytes, request.doing);
      counters.bytesReceived += body.length;
      return { status: response.status, headers: response.headers, body, url: from };
    };
    return request.once ? attempt() : retrying(attempt);
  }

  return {
    counters,
    url,
    send,
    retrying,
    stream: async (request) => {
      const { response, url: from } = await retrying(() => authorised(request));
      if (response.body === null) throw new OutsideError(request.doing, `${from.host} sent no content`);
      const body = counted(response.body, (bytes) => (counters.bytesReceived += bytes));
      return { status: response.status, body };
    },
  };
}

/**
 * Where a redirect or an upload session leads.
 * @throws OutsideError when that would leave https for plain http (this machine's own addresses excepted)
 */
export function secureLocation(location: string, from: URL, doing: string): URL {
  if (!URL.canParse(location, from.href))
    throw new OutsideError(doing, `${from.host} sent an unreadable Location`);
  const next = new URL(location, from);
  const plain = next.protocol === 'http:' && from.protocol === 'http:' && isLoopback(next);
  if (next.protocol !== 'https:' && !plain) {
    throw new OutsideError(
      doing,
      `${from.host} led to ${next.protocol}//${next.host}, which is not encrypted`,
    );
  }
  next.username = '';
  next.password = '';
  return next;
}

function isHtml(response: Response): boolean {
  return bareType(response.headers.get('content-type') ?? '') === 'text/html';
}

async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // it was not wanted anyway
  }
}

/**
 * Reads a body up to a limit.
 * @param doing what a broken or too large body is reported as; without it the body only explains another error, and is cut
 */
async function readWhole(response: Response, from: URL, limit: number, doing?: string): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
  } catch (error) {
    if (doing !== undefined) throw connectionFailure(doing, from.host, error);
  }
  if (size > limit && doing !== undefined) {
    throw new OutsideError(doing, `${from.host} sent more than ${limit} bytes`);
  }
  return Buffer.concat(chunks);
}

function counted(
  source: ReadableStream<Uint8Array>,
  count: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  return source.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        count(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}

function retryAfter(response: Response): { retryAfterSeconds?: number } {
  const text = response.headers.get('retry-after');
  if (text === null) return {};
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? { retryAfterSeconds: Math.max(0, seconds) } : {};
}

/** The error list of the distribution specification, as one short line. */
function describeErrors(body: Uint8Array): string {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof value !== 'object' || value === null || !('errors' in value) || !Array.isArray(value.errors))
      return '';
    const errors: readonly unknown[] = value.errors;
    return errors
      .map((error) => (typeof error === 'object' && error !== null ? error : {}))
      .map((error) =>
        ['code', 'message']
          .map((key) => Reflect.get(error, key))
          .filter((part) => typeof part === 'string')
          .join(' '),
      )
      .join('; ')
      .slice(0, 300);
  } catch {
    return '';
  }
}
