import { dirname, posix } from 'node:path';
import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { listCommit } from '../../world/git/list-tree.ts';
import { atDigest, formatReference, parseReference } from '../../world/registry/reference.ts';
import type { PassedImage } from '../gates/promotable-image.ts';
import type { Project } from '../project.ts';
import type { FleetState } from '../state/state.ts';
import { upgradeStages } from './upgrade-stages.ts';
import { upgradeStarts } from './upgrade-starts.ts';

/**
 * If a commit has tests of updates, the update from the fleet's current release must have been rehearsed: a test for
 * another fleet, or from before the fleet's newest release, does not prove it.
 * @throws InputError when it was not, for one of the architectures
 */
export async function requireRehearsed(
  options: Pick<Project, 'config' | 'git'> & {
    readonly commit: string;
    readonly version: string;
    readonly fleet: Fleet;
    readonly state: FleetState;
    readonly passed: readonly PassedImage[];
  },
): Promise<void> {
  const { config, fleet, state, version, passed } = options;
  if (!(config.bootTest.upgrades ?? (await hasTestsOfUpdates(options)))) return;
  for (const { architecture, image, evidence } of passed) {
    // Its absence was accepted.
    if (evidence === undefined) continue;
    const { digest } = image.manifest.descriptor;
    const payload = formatReference(atDigest(config.image, digest));
    const starts = upgradeStarts(state, { version, payload, basearch: architecture });
    const current = starts.find(({ why }) => why === 'current release');
    if (current === undefined) continue;
    const from = parseReference(current.payload, { where: `release ${current.version} of ${fleet.name}` });
    if (from.kind === 'digest' && from.digest === digest) continue;
    const rehearsed = evidence.evidence.upgrades?.some(
      (upgrade) => from.kind === 'digest' && upgrade.digest === from.digest && upgrade.result === 'PASSED',
    );
    if (rehearsed === true) continue;
    const known = evidence.evidence.upgrades?.map((upgrade) => upgrade.from) ?? [];
    throw new InputError({
      where: formatReference(atDigest(config.testImage, digest)),
      problem: `the update from ${current.version}, which fleet ${fleet.name} has now, was not rehearsed on ${architecture}`,
      found: known.length === 0 ? 'no rehearsal' : `rehearsals from ${known.join(', ')}`,
      remedy: `Run coxswain boot-test --fleet ${fleet.name} again.`,
    });
  }
}

async function hasTestsOfUpdates({
  git,
  config,
  commit,
}: Pick<Project, 'config' | 'git'> & {
  readonly commit: string;
}): Promise<boolean> {
  const folders = upgradeStages.map((stage) => posix.join(config.tests, stage));
  return (await listCommit(git, commit)).some(
    ({ path, mode }) => folders.includes(dirname(path)) && (path.endsWith('.sh') || mode === '100755'),
  );
}
