import { parseReleaseIndex } from '../../guidance/releases.ts';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { filesAtUrl, filesInArtifacts, type PublishedFiles } from '../published/published-files.ts';

/** What one witness knows about a fleet. */
export type Testimony = {
  /** Name of the witness, for messages. */
  readonly witness: string;
} & (
  | { readonly answer: 'releases'; readonly versions: readonly string[] }
  /** It published for this fleet, but no release yet. */
  | { readonly answer: 'no release' }
  /** It does not know the fleet. */
  | { readonly answer: 'nothing' }
  | { readonly answer: 'none'; readonly why: string }
);

/**
 * The places, besides the state branch, that know what was published: the artifact in the registry, and the site at
 * publish.url if there is one.
 */
export function openWitnesses(
  config: Pick<Config, 'image' | 'publish'>,
  client: RegistryClient,
): PublishedFiles[] {
  const { url } = config.publish;
  return [filesInArtifacts(client, config), ...(url === undefined ? [] : [filesAtUrl(url)])];
}

/** Asks one witness about a fleet. A witness that cannot be read gives no answer: that is not an error here. */
export async function askWitness(files: PublishedFiles, fleet: string): Promise<Testimony> {
  const witness = files.whereIs(fleet);
  try {
    const path = `${fleet}/releases.json`;
    const text = await files.read(path);
    if (text === undefined) return { witness, answer: 'nothing' };
    const versions = parseReleaseIndex(text, path).releases.map(({ version }) => version);
    return versions.length === 0
      ? { witness, answer: 'no release' }
      : { witness, answer: 'releases', versions };
  } catch (error) {
    if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
    return { witness, answer: 'none', why: messageOf(error) };
  }
}
