import { join } from 'node:path';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { readFileIfThere } from '../../host/files.ts';
import type { Config } from '../../project/configuration/config.ts';
import { readFleetArtifact } from '../../release/published/fleet-artifact.ts';
import { refuseCredentials } from '../../world/refuse-credentials.ts';
import type { RegistryClient } from '../../world/registry/client.ts';

/** Published files, from wherever nodes or mirrors get them. */
export interface PublishedFiles {
  /** For messages. */
  readonly where: string;
  /** A file's text; undefined where there is none. @throws OutsideError when that cannot be told */
  read(path: string): Promise<string | undefined>;
}

const timeoutMilliseconds = 30_000;

export function filesInFolder(folder: string): PublishedFiles {
  return { where: folder, read: (path) => readFileIfThere(join(folder, path)) };
}

/** @throws InputError for what is no URL of a web server */
export function filesAtUrl(site: string): PublishedFiles {
  const base = URL.parse(site.endsWith('/') ? site : `${site}/`);
  if (base === null || !['http:', 'https:'].includes(base.protocol)) {
    throw new InputError({ field: '--site', problem: 'not a folder, and not a URL', found: site });
  }
  refuseCredentials(base, '--site');
  return { where: base.href, read: (path) => readUrl(new URL(encodePath(path), base)) };
}

/** The artifacts `<image>:updates-<fleet>`. */
export function filesInArtifacts(client: RegistryClient, config: Config): PublishedFiles {
  const fleets = new Map<string, Promise<ReadonlyMap<string, string>>>();
  return {
    where: 'artifacts',
    read: async (path) => {
      const fleet = path.split('/')[0] as string;
      const files = fleets.get(fleet) ?? readFleetArtifact(client, config, fleet);
      fleets.set(fleet, files);
      return (await files).get(path);
    },
  };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

async function readUrl(url: URL): Promise<string | undefined> {
  const tried = `reading ${url.href}`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
    if (response.status === 200) return await response.text();
    await response.body?.cancel();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    throw new OutsideError(tried, `${messageOf(error)}${cause}`, undefined, { cause: error });
  }
  if (response.status === 404 || response.status === 410) return undefined;
  throw new OutsideError(tried, `the server answered ${response.status}`);
}
