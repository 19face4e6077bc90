import { join } from 'node:path';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { readFileIfThere } from '../../host/files.ts';
import type { Config } from '../../project/configuration/config.ts';
import { fetchWhole } from '../../world/http/fetch-whole.ts';
import type { HttpAnswer } from '../../world/http/http-answer.ts';
import { refuseCredentials } from '../../world/refuse-credentials.ts';
import { titleAnnotation } from '../../world/registry/artifact.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { isIndex, type Manifest } from '../../world/registry/manifest.ts';
import { atDigest, type Digest, formatReference, formatRepository } from '../../world/registry/reference.ts';
import { artifactReference } from './fleet-artifact.ts';

/** Published files, from one of the places that have them. */
export interface PublishedFiles {
  /** For messages. */
  readonly where: string;
  /** The same for one fleet. */
  whereIs(fleet: string): string;
  /** A file's text; undefined if the place answers that it does not exist. @throws OutsideError if there is no answer */
  read(path: string): Promise<string | undefined>;
}

const timeoutMilliseconds = 30_000;

export function filesInFolder(folder: string): PublishedFiles {
  return { where: folder, whereIs: () => folder, read: (path) => readFileIfThere(join(folder, path)) };
}

/** @throws InputError if this is not the URL of a web server */
export function filesAtUrl(site: string): PublishedFiles {
  const base = URL.parse(site.endsWith('/') ? site : `${site}/`);
  if (base === null || !['http:', 'https:'].includes(base.protocol)) {
    throw new InputError({ field: '--site', problem: 'not a folder, and not a URL', found: site });
  }
  refuseCredentials(base, '--site');
  return {
    where: base.href,
    whereIs: () => base.href,
    read: (path) => readUrl(new URL(encodePath(path), base)),
  };
}

/**
 * The artifacts `<image>:updates-<fleet>`. Each manifest is read once, and each file when it is needed.
 * @param chosen fleet → the artifact to read, in place of the one that the tag has
 */
export function filesInArtifacts(
  client: RegistryClient,
  config: Pick<Config, 'image'>,
  chosen: ReadonlyMap<string, Digest> = new Map(),
): PublishedFiles {
  const manifests = new Map<string, Promise<Manifest | undefined>>();
  const placeOf = (fleet: string) => {
    const digest = chosen.get(fleet);
    return digest === undefined ? artifactReference(config, fleet) : atDigest(config.image, digest);
  };
  const whereIs = (fleet: string) => formatReference(artifactReference(config, fleet));
  return {
    where: `${formatRepository(config.image)}:updates-…`,
    whereIs,
    read: async (path) => {
      const fleet = path.split('/')[0] as string;
      const asked = manifests.get(fleet) ?? client.findManifest(placeOf(fleet));
      manifests.set(fleet, asked);
      const manifest = await asked;
      if (manifest === undefined || isIndex(manifest.json)) return undefined;
      const layer = manifest.json.layers.find((each) => each.annotations?.[titleAnnotation] === path);
      if (layer === undefined) return undefined;
      return new TextDecoder().decode(await client.getBlob(config.image, layer.digest));
    },
  };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

async function readUrl(url: URL): Promise<string | undefined> {
  const tried = `reading ${url.href}`;
  let response: HttpAnswer;
  try {
    response = await fetchWhole(url, { timeout: timeoutMilliseconds });
    if (response.status === 200) return await response.text();
    response.discard();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    throw new OutsideError(tried, `${messageOf(error)}${cause}`, undefined, { cause: error });
  }
  if (response.status === 404 || response.status === 410) return undefined;
  throw new OutsideError(tried, `the server answered ${response.status}`);
}
