import { InputError, OutsideError } from '../../host/errors.ts';
import {
  describeErrors,
  isHtml,
  maximumErrorBytes,
  readWhole,
  retryAfter,
  transientStatuses,
} from './answers.ts';
import type { Authentication } from './authentication.ts';
import type { FinalAnswer } from './redirects.ts';
import { formatRepository } from './reference.ts';
import type { RegistryCheck } from './registry-check.ts';
import { NotFoundError, notARegistry, TransientError, unauthorised } from './registry-failures.ts';
import type { RegistryRequest } from './request.ts';
import type { Scrubber } from './secrets.ts';

/** The error for an answer that the caller did not ask for. */
export type ExplainRefusal = (request: RegistryRequest, answer: FinalAnswer) => Promise<Error>;

/** Says what a registry's refusal means: who is at fault, and whether another attempt may help. */
export function createExplainRefusal(options: {
  readonly authentication: Authentication;
  readonly check: RegistryCheck;
  readonly scrubber: Scrubber;
}): ExplainRefusal {
  const { authentication, check, scrubber } = options;
  return async (request, { response, url, elsewhere }) => {
    const { status } = response;
    const what = request.what ?? formatRepository(request.repository);
    const html = isHtml(response);
    const said = describeErrors(await readWhole(response, url, maximumErrorBytes));
    const text = scrubber.scrub(`${url.host} answered ${status}${said === '' ? '' : `: ${said}`}`);
    // Blobs come before the manifest: a registry that does not know one is behind, or busy with another writer of it.
    if (transientStatuses.includes(status) || said.includes('MANIFEST_BLOB_UNKNOWN')) {
      return new TransientError(request.doing, text, retryAfter(response));
    }
    if (elsewhere) return new OutsideError(request.doing, text);
    if (status === 401 || status === 403) {
      const hadCredentials = await authentication.hasCredentials(request.repository);
      const host = request.repository.registry;
      return unauthorised({ what, host, status, push: request.push, hadCredentials });
    }
    if (html) return notARegistry(request.repository.registry, `it answered ${status} with an HTML page`);
    if (status === 404 && request.push) {
      await check.fromRegistry(request, response);
      return new InputError({
        where: what,
        problem: `${url.host} answered 404 to ${request.doing}${said === '' ? '' : ` (${scrubber.scrub(said)})`}`,
        remedy:
          'Check that this repository exists there, and that this account may push to it: some registries do not create one automatically. Nothing was lost; running the same command again is safe.',
      });
    }
    if (status === 404) {
      await check.fromRegistry(request, response);
      return new NotFoundError(what);
    }
    return new OutsideError(request.doing, text);
  };
}
