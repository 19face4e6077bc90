import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 403 | 405 | 415 | 421;
  readonly problem: string;
}

const methods = ['GET', 'HEAD', 'POST'];

/**
 * Refuses what no page of the bridge sends: requests under a foreign name (a page that made its own name point to this
 * machine), and forms of other origins. Who is signed in is another question.
 * @param hosts the values of Host that mean this server
 */
export function refuseForeign(
  request: { readonly method?: string | undefined; readonly headers: IncomingHttpHeaders },
  hosts: ReadonlySet<string>,
): Refusal | undefined {
  const { method = '', headers } = request;
  const host = headers.host ?? '';
  if (!hosts.has(host)) {
    return { status: 421, problem: 'This server answers only under its own address on this machine.' };
  }
  if (!methods.includes(method)) return { status: 405, problem: 'Only GET and POST are answered.' };
  if (method !== 'POST') return undefined;
  if (!isOwnOrigin(headers, host)) {
    return { status: 403, problem: 'This form was not sent by a page of this server. Nothing was changed.' };
  }
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    return { status: 415, problem: 'A form is expected.' };
  }
  return undefined;
}

/**
 * Browsers say `Origin: null` for forms of a page that sends no referrer, as ours do, and then Sec-Fetch-Site says that
 * the page is ours. A browser sends at least one of the two.
 */
function isOwnOrigin(headers: IncomingHttpHeaders, host: string): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined || origin === 'null') return site === 'same-origin';
  return origin === `http://${host}`;
}
