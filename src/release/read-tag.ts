import { OutsideError } from '../host/errors.ts';
import type { RegistryClient } from '../world/registry/client.ts';
import { atTag, type Digest, formatReference, type Repository } from '../world/registry/reference.ts';

/**
 * Reads the tags of a repository. That a tag does not exist is confirmed by a second witness, the list of all tags, which
 * is read at most once. If it names the tag, the registry is asked again: another run may have set the tag between the
 * two answers.
 * @returns a function that gives the digest of a tag, and undefined if it does not exist; it throws OutsideError if the
 * registry contradicts itself
 */
export function tagReader(
  client: RegistryClient,
  repository: Repository,
): (tag: string) => Promise<Digest | undefined> {
  let list: Promise<readonly string[]> | undefined;
  return async (tag) => {
    const reference = atTag(repository, tag);
    const first = await client.resolve(reference);
    if (first !== undefined) return first.digest;
    list ??= client.listTags(repository);
    if (!(await list).includes(tag)) return undefined;
    const second = await client.resolve(reference);
    if (second !== undefined) return second.digest;
    throw new OutsideError(
      `reading ${formatReference(reference)}`,
      'the registry lists this tag, and then answers that it does not exist',
      'Nothing was written. Run the same command again.',
    );
  };
}
