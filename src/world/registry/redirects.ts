import { OutsideError } from '../../host/errors.ts';
import { type HttpAnswer, redirectStatuses } from '../http/http-answer.ts';
import { secureLocation } from './answers.ts';
import type { Exchange } from './exchange.ts';
import type { RegistryRequest } from './request.ts';

const maximumRedirects = 5;

/** The answer at the end of a chain of redirects. */
export interface FinalAnswer {
  readonly response: HttpAnswer;
  readonly url: URL;
  /** A redirect has left the registry's own origin. */
  readonly elsewhere: boolean;
}

/**
 * Sends a request and follows redirects. The authorization goes to the registry's own origin only, and no longer to
 * any origin after a redirect has left it.
 * @param options.origin of the registry
 * @throws OutsideError for a redirect that leaves https, that would repeat a write, or for too many of them
 */
export async function followRedirects(
  exchange: Exchange,
  request: RegistryRequest,
  options: { readonly origin: string; readonly authorization: string | undefined },
): Promise<FinalAnswer> {
  const { authorization } = options;
  let target = request.url;
  let elsewhere = target.origin !== options.origin;
  for (let hop = 0; hop <= maximumRedirects; hop++) {
    const allowed = authorization !== undefined && !elsewhere;
    const headers = allowed ? { ...request.headers, authorization } : { ...request.headers };
    const response = await exchange(target, { ...request, headers });
    const location = response.headers.get('location');
    if (!redirectStatuses.includes(response.status) || location === null) {
      return { response, url: target, elsewhere };
    }
    response.discard();
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
  throw new OutsideError(request.doing, `${request.url.host} redirected more than ${maximumRedirects} times`);
}
