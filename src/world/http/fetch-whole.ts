import { defined } from '../../host/defined.ts';
import { type HttpAnswer, redirectStatuses } from './http-answer.ts';
import { exchange } from './http-exchange.ts';

const maximumRedirects = 10;

export interface FetchOptions {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Milliseconds for the whole answer. Default: 60 s. */
  readonly timeout?: number | undefined;
  /** `manual`: a redirect is an answer like any other. */
  readonly redirect?: 'follow' | 'manual' | undefined;
}

/**
 * Like the global fetch for what is read whole, but over our own connections (`http-exchange.ts` says why). Redirects
 * are followed, those of a write only within its origin; the authorization goes to the first origin only.
 * @throws ConnectionError; Error with the name TimeoutError
 */
export async function fetchWhole(address: string | URL, options: FetchOptions = {}): Promise<HttpAnswer> {
  const { method = 'GET', redirect = 'follow', timeout = 60_000, body } = options;
  let headers: Record<string, string> = {
    'accept-encoding': 'gzip, br',
    'user-agent': 'coxswain',
    ...lowerCase(options.headers ?? {}),
  };
  const signal = AbortSignal.timeout(timeout);
  let target = new URL(address);
  for (let hop = 0; ; hop += 1) {
    const answer = await exchange(target, { method, headers, signal, ...defined({ body }) });
    const location = answer.headers.get('location');
    if (redirect === 'manual' || location === null || hop === maximumRedirects) return answer;
    const next = new URL(location, target);
    if (!isFollowed(method, answer.status, next.origin === target.origin)) return answer;
    answer.discard();
    if (!/^https?:$/.test(next.protocol)) throw new Error(`${target.host} redirected to ${next.protocol}`);
    if (next.origin !== target.origin) {
      const { authorization: _, cookie: __, ...others } = headers;
      headers = others;
    }
    target = next;
  }
}

/** GitHub answers writes to a renamed repository with 307. They are sent nowhere else. */
function isFollowed(method: string, status: number, sameOrigin: boolean): boolean {
  if (method === 'GET' || method === 'HEAD') return redirectStatuses.includes(status);
  return sameOrigin && (status === 307 || status === 308);
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
