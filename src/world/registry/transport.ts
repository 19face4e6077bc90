import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../../host/errors.ts';
import { type Log, silentLog } from '../../host/log.ts';
import {
  describeErrors,
  discard,
  isHtml,
  maximumErrorBytes,
  passingStatuses,
  readWhole,
  retryAfter,
  secureLocation,
} from './answers.ts';
import { createAuthentication, isLoopback } from './authentication.ts';
import type { CredentialSource } from './credentials.ts';
import { counted, createExchange } from './exchange.ts';
import { NotFoundError, notARegistry, PassingFailure, unauthorised } from './failures.ts';
import { formatRepository, type Repository } from './reference.ts';
import { createRegistryCheck } from './registry-check.ts';
import type { Answer, Counters, RegistryRequest, Transport } from './request.ts';
import { createScrubber } from './secrets.ts';

export interface TransportOptions {
  readonly credentials: CredentialSource;
  readonly log?: Log;
  /** Milliseconds before each further attempt; also how many there are. */
  readonly retryDelays?: readonly number[];
}

const defaultRetryDelays = [500, 1_500, 4_500];
const longestRetryAfterSeconds = 60;
const maximumRedirects = 5;
// Manifests are limited to 4 MiB by the specification; configs and artifacts are read whole too.
const maximumBodyBytes = 64 * 1024 * 1024;
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/** HTTP with what registries need on top: logging in, redirects, retries, and errors that say which side is at fault. */
export function createTransport(options: TransportOptions): Transport {
  const log = options.log ?? silentLog;
  const delays = options.retryDelays ?? defaultRetryDelays;
  const counters: Counters = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  const exchange = createExchange(counters);
  const scrubber = createScrubber();
  const overTls = new Set<string>();
  const { fromRegistry } = createRegistryCheck(exchange, url);
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
