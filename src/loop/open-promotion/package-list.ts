import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import type { Project } from '../../release/project.ts';
import type { ReleaseRecord } from '../../release/state/state.ts';
import { comparePackages, type PackageDifference, readPackages } from '../../world/packages/packages.ts';
import { parseReference } from '../../world/registry/reference.ts';

/**
 * What a promotion changes in a node's packages. A convenience for reviewers: if it cannot be found out, the
 * promotion goes on without it.
 * @returns undefined if there is nothing to compare, or the images have no rpm database
 */
export async function packageChanges(
  { client, log }: Pick<Project, 'client' | 'log'>,
  before: ReleaseRecord | undefined,
  after: ReleaseRecord,
): Promise<PackageDifference | undefined> {
  const image = (record: ReleaseRecord | undefined) => {
    const reference = parseReference(record?.images[0]?.digestRef ?? '');
    return reference.kind === 'digest' ? reference : undefined;
  };
  if (before === undefined) return undefined;
  const [old, next] = [image(before), image(after)];
  if (old === undefined || next === undefined) return undefined;
  try {
    const [one, other] = await Promise.all([readPackages(client, old), readPackages(client, next)]);
    return one === undefined || other === undefined ? undefined : comparePackages(one, other);
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
    log.warn(`the package changes are not listed: ${messageOf(error)}`);
    return undefined;
  }
}
