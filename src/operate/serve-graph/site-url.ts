import { defined } from '../../host/defined.ts';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { fetchWhole } from '../../world/http/fetch-whole.ts';
import type { AnswerHeaders } from '../../world/http/http-answer.ts';
import { isLoopback } from '../../world/loopback.ts';
import { refuseCredentials } from '../../world/refuse-credentials.ts';
import type { FileText, FleetSource, SiteSource } from './fleet-source.ts';

const timeoutMilliseconds = 30_000;
const largestFile = 64 * 1024 * 1024;

/**
 * Fleets of a site on a web server; asked with If-None-Match (or If-Modified-Since), so that an unchanged file costs
 * no more than its headers.
 * @param fleets their names: a web server does not list them
 * @throws InputError for plain HTTP to another machine: anyone on the network path could offer other images
 */
export function urlSource(site: string, fleets: readonly string[]): SiteSource {
  const base = readUrl(site);
  if (fleets.length === 0) {
    throw new InputError({
      field: '--fleet',
      problem: 'missing: a web server does not say which fleets it has',
      remedy: 'Name them: --fleet stable --fleet testing.',
    });
  }
  const sources = fleets.map((fleet) => fleetUrl(base, fleet));
  return { where: base.href, fleets: async () => sources };
}

function readUrl(text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new InputError({ field: '--site', problem: 'not a folder, and not a URL', found: text });
  }
  refuseCredentials(url, '--site');
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new InputError({
      field: '--site',
      problem: 'plain HTTP to another machine: anyone on the network path could offer other images',
      found: text,
      remedy: 'Use https.',
    });
  }
  return url;
}

function fleetUrl(base: URL, fleet: string): FleetSource {
  const at = (file: string) => cachedFile(new URL(`${encodeURIComponent(fleet)}/${file}`, base));
  const releases = at('releases.json');
  const updates = at('updates.json');
  let last: { releases: FileText; updates: FileText } | undefined;
  return {
    where: new URL(`${encodeURIComponent(fleet)}/`, base).href,
    read: async () => {
      // Publishers write the release index first. So it is read last: then it has every release that the updates name.
      const now = { updates: await updates(), releases: await releases() };
      if (now.updates === last?.updates && now.releases === last.releases) return undefined;
      last = now;
      return { fleet, ...now };
    },
  };
}

/** Reads a file; returns the same object while the server says that it is unchanged, or the text is the same. */
function cachedFile(url: URL): () => Promise<FileText> {
  let known: { file: FileText; headers: Record<string, string> } | undefined;
  return async () => {
    const { status, text, headers } = await fetchText(url, known?.headers ?? {});
    if (status === 304 && known !== undefined) return known.file;
    const etag = headers.get('etag');
    const modified = headers.get('last-modified');
    known = {
      file: known?.file.text === text ? known.file : { where: url.href, text },
      headers: {
        ...defined({ 'if-none-match': etag === null ? undefined : etag }),
        ...defined({ 'if-modified-since': etag === null && modified !== null ? modified : undefined }),
      },
    };
    return known.file;
  };
}

async function fetchText(
  url: URL,
  headers: Record<string, string>,
): Promise<{ status: number; text: string; headers: AnswerHeaders }> {
  const tried = `reading ${url.href}`;
  try {
    const response = await fetchWhole(url, {
      headers: { accept: 'application/json', ...headers },
      timeout: timeoutMilliseconds,
    });
    if (response.status !== 200 && response.status !== 304) {
      response.discard();
      throw new OutsideError(tried, `the server answered ${response.status} ${response.statusText}`.trim());
    }
    return {
      status: response.status,
      text: (await response.bytes(largestFile)).toString(),
      headers: response.headers,
    };
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    throw new OutsideError(tried, `${messageOf(error)}${cause}`, undefined, { cause: error });
  }
}
