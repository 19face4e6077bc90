import { fetchWhole } from '../../world/http/fetch-whole.ts';
import type { HttpAnswer } from '../../world/http/http-answer.ts';

/**
 * Stands in for make-fetch-happen under `@sigstore/sign` (rolldown.config.ts, test/support/sigstore.ts): that client brings a
 * megabyte of caches and proxies, of which signing uses nothing but one POST with a time limit.
 */
export default function fetchForSigstore(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Milliseconds. */
    readonly timeout?: number;
  } = {},
): Promise<HttpAnswer> {
  const { method, headers, body, timeout } = options;
  return fetchWhole(url, { method, headers, body, timeout });
}
