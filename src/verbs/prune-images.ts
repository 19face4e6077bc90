import { directory } from '../cli/directory.ts';
import { firstRelease } from '../cli/first-release.ts';
import { duration, flag, parsed } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { UsageError } from '../host/errors.ts';
import { type PrunedRepository, pruneImages } from '../operate/prune-images/prune-images.ts';
import { fewestReleases } from '../release/needed-images.ts';
import { openProject } from '../release/project.ts';

export default defineVerb({
  summary: 'Delete images that no fleet needs from the production repository and the test registry',
  about: `Shows what it would delete; --delete does it. In production every release of every fleet stays, with all that is
attached to it; --releases N lets older ones go that no node is offered, no barrier, nothing paused. What Coxswain did not
tag is never touched. In the test registry images go by age, less what a fleet is yet to get, and what branches and open
pull requests build now. What the registry then frees of its disk is up to its garbage collection.`,
  inputs: {
    delete: flag('delete, in place of showing'),
    'older-than': duration('images whose commit is younger stay', { fallback: '30d' }),
    releases: parsed('so many of the newest releases of each fleet stay; default: all', readCount, {
      placeholder: 'N',
    }),
    'first-release': firstRelease,
    directory,
  },
  run: async (inputs, context) => {
    const project = await openProject({
      directory: inputs.directory,
      env: context.env,
      log: context.log,
      firstRelease: inputs['first-release'],
    });
    const repositories = await context.log.task('looking through the registries', (report) =>
      pruneImages(project, {
        olderThan: inputs['older-than'],
        releases: inputs.releases,
        remove: inputs.delete,
        now: context.now(),
        report,
      }),
    );
    return {
      data: { deleted: inputs.delete, repositories },
      text: repositories.map((each) => describe(each, inputs.delete)).join('\n'),
    };
  },
  action: { token: true },
  outputs: {
    removed: {
      about: 'how many manifests were deleted, or would be',
      of: ({ repositories }) => repositories.reduce((sum, { removed }) => sum + removed.length, 0),
    },
  },
});

function readCount(raw: string, name: string): number {
  const count = Number(raw);
  if (Number.isInteger(count) && count >= fewestReleases) return count;
  throw new UsageError(
    `--${name}: found ${JSON.stringify(raw)}, expected a number from ${fewestReleases} on`,
  );
}

function describe({ repository, removed, kept }: PrunedRepository, done: boolean): string {
  const count = `${removed.length} ${removed.length === 1 ? 'manifest' : 'manifests'}`;
  if (removed.length === 0) return `${repository}: nothing to delete, ${kept} stay`;
  return [
    `${repository}: ${done ? `deleted ${count}` : `would delete ${count} (--delete does)`}, ${kept} stay`,
    ...removed.map(({ digest, tags }) => `  ${digest}${tags.length === 0 ? '' : `  ${tags.join(' ')}`}`),
  ].join('\n');
}
