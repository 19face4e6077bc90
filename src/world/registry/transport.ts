import { beforeWriting } from '../../host/dry-run.ts';
import { type Log, silentLog } from '../../host/log.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import { isLoopback } from '../loopback.ts';
import { maximumErrorBytes, readWhole } from './answers.ts';
import { createAuthentication } from './authentication.ts';
import type { CredentialSource } from './credentials.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { defaultAnswerSeconds, watched } from './patience.ts';
import { followRedirects } from './redirects.ts';
import type { Repository } from './reference.ts';
import { createExplainRefusal } from './refusals.ts';
import { createRegistryCheck } from './registry-check.ts';
import { TransientError } from './registry-failures.ts';
import type { Answer, Counters, RegistryRequest, Transport } from './request.ts';
import { createRetry, defaultRetryDelays } from './retries.ts';
import { createScrubber } from './secrets.ts';
import { createTokenFetch } from './token-endpoint.ts';

export interface TransportOptions {
  readonly credentials: CredentialSource;
  readonly log?: Log;
  /** Milliseconds before each further attempt; also how many there are. */
  readonly retryDelays?: readonly number[];
  /** Seconds until an answer begins. Default: 25. */
  readonly answerSeconds?: number;
}

// Manifests are limited to 4 MiB by the specification; configs and artifacts are read whole too.
const maximumBodyBytes = 64 * 1024 * 1024;

/** HTTP with what registries need on top: logging in, redirects, retries, and errors that say which side is at fault. */
export function createTransport(options: TransportOptions): Transport {
  const counters: Counters = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  const answerSeconds = options.answerSeconds ?? defaultAnswerSeconds;
  const exchange = createExchange(counters, answerSeconds);
  const scrubber = createScrubber();
  /** Hosts on loopback that speak TLS. */
  const overTls = new Set<string>();
  const check = createRegistryCheck(exchange, url);
  const authentication = createAuthentication({
    credentials: options.credentials,
    scrubber,
    fetchToken: createTokenFetch(exchange),
  });
  const explainRefusal = createExplainRefusal({ authentication, check, scrubber });
  const retrying = createRetry(options.retryDelays ?? defaultRetryDelays, options.log ?? silentLog);

  function url(repository: Repository, rest: string): URL {
    const host = repository.registry === 'docker.io' ? 'registry-1.docker.io' : repository.registry;
    const secure = new URL(`https://${host}/v2/${repository.path}/${rest}`);
    if (!isLoopback(secure) || overTls.has(secure.host)) return secure;
    return new URL(`http://${host}/v2/${repository.path}/${rest}`);
  }

  async function authorised(asked: RegistryRequest): Promise<{ response: HttpAnswer; url: URL }> {
    const request = { ...asked, url: new URL(asked.url) };
    if (overTls.has(request.url.host)) request.url.protocol = 'https:';
    for (let attempt = 0; ; attempt++) {
      const registry = url(request.repository, '');
      const authorization = await authentication.header(request, registry);
      const answer = await followRedirects(exchange, request, { origin: registry.origin, authorization });
      const { url: from, elsewhere } = answer;
      const response = await unlessTlsExpected(exchange, request, answer);
      if (response === undefined) {
        overTls.add(from.host);
        return authorised(asked);
      }
      if (response.status === 401 && !elsewhere && attempt === 0) {
        const challenge = response.headers.get('www-authenticate');
        if (authentication.challenged(request, challenge, authorization)) {
          response.discard();
          continue;
        }
      }
      if (request.answers.includes(response.status)) {
        if (response.status === 404 && !request.mayLack && !(await check.fromRegistry(request, response))) {
          await confirmAbsence(asked);
        }
        return { response, url: from };
      }
      throw await explainRefusal(request, { ...answer, response });
    }
  }

  /**
   * The registry is one, but something before it may have answered (a balancer while the registry restarts). A tag
   * that is believed to be absent would be set again, so we ask the same again.
   */
  async function confirmAbsence(asked: RegistryRequest): Promise<void> {
    const { response, url: from } = await authorised({ ...asked, mayLack: true });
    response.discard();
    if (response.status === 404) return;
    throw new TransientError(
      asked.doing,
      `${from.host} answered 404 in a way that registries do not, and ${response.status} when asked again`,
    );
  }

  async function send(request: RegistryRequest): Promise<Answer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      beforeWriting(() => `send ${request.method} to ${request.url.host} (${request.doing})`);
    }
    const attempt = async (): Promise<Answer> => {
      const { response, url: from } = await authorised(request);
      const body = await readWhole(response, from, maximumBodyBytes, request.doing, answerSeconds);
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
      const body = watched(response.body, {
        doing: request.doing,
        host: from.host,
        answerSeconds,
        count: (bytes) => {
          counters.bytesReceived += bytes;
        },
      });
      return { status: response.status, body };
    },
  };
}

/**
 * Go's HTTP server says so when it speaks TLS: then a registry on loopback is asked again over https.
 * @returns the answer if the server did not say that; it can still be read
 */
async function unlessTlsExpected(
  exchange: Exchange,
  { method, doing }: RegistryRequest,
  { response, url }: { readonly response: HttpAnswer; readonly url: URL },
): Promise<HttpAnswer | undefined> {
  if (response.status !== 400 || url.protocol !== 'http:') return response;
  // The answer to a HEAD has no text to look at.
  const withText =
    method === 'HEAD' ? await exchange(new URL('/v2/', url), { method: 'GET', doing }) : response;
  const body = await readWhole(withText, url, maximumErrorBytes);
  if (new TextDecoder().decode(body).includes('HTTP request to an HTTPS server')) return undefined;
  return method === 'HEAD' ? response : response.withBody(body);
}
