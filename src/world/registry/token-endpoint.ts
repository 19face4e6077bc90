import { defined } from '../../host/defined.ts';
import { OutsideError } from '../../host/errors.ts';
import { maximumErrorBytes, readWhole, retryAfter, transientStatuses } from './answers.ts';
import type { TokenFetch } from './authentication.ts';
import type { Exchange } from './exchange.ts';
import { TransientError } from './registry-failures.ts';

/** Statuses that answer the request, with a token or with a refusal. */
const answers: readonly number[] = [200, 400, 401, 403];

/**
 * Asks a token endpoint once. Redirects are not followed: they lead to a place that the registry did not name.
 * @returns a fetch that throws TransientError for a failure that may not happen again, OutsideError for a wrong answer
 */
export function createTokenFetch(exchange: Exchange): TokenFetch {
  return async ({ url, headers, form, doing }) => {
    const response = await exchange(url, {
      doing,
      method: form === undefined ? 'GET' : 'POST',
      headers:
        form === undefined ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      ...defined({ body: form === undefined ? undefined : Buffer.from(form.toString()) }),
    });
    const body = await readWhole(response, url, maximumErrorBytes);
    if (transientStatuses.includes(response.status)) {
      throw new TransientError(doing, `${url.host} answered ${response.status}`, retryAfter(response));
    }
    if (answers.includes(response.status)) return { status: response.status, body };
    throw new OutsideError(doing, `the token endpoint at ${url.host} answered ${response.status}`);
  };
}
