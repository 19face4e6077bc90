import { createInterface } from 'node:readline/promises';
import { directory } from '../cli/directory.ts';
import { firstRelease } from '../cli/first-release-input.ts';
import { duration, flag, parsed } from '../cli/inputs.ts';
import { type Context, defineVerb } from '../cli/verb.ts';
import { isRehearsal } from '../host/dry-run.ts';
import { UsageError } from '../host/errors.ts';
import { count, type Report, renderReports, reportText } from '../host/report.ts';
import { type PrunedRepository, planPruning } from '../operate/prune-images/prune-images.ts';
import { fewestReleases } from '../release/needed-images.ts';
import { openProject, type Project } from '../release/project.ts';
import {
  type DeleteManifest,
  isGitHubRegistry,
  packageDeletion,
} from '../world/forge/github/package-deletion.ts';
import type { Repository } from '../world/registry/reference.ts';

export default defineVerb({
  summary: 'Delete images that no fleet needs from the production repository and the test registry',
  about: `Shows what it would delete. With --delete it asks, and then deletes; scripts and workflows add --yes.

Production keeps every release of every fleet, and everything attached to it. With --releases N older releases are
deleted, unless nodes are offered them, or they are barriers or paused. The test registry keeps young images, images that a
fleet will still get, and images that branches and open pull requests build now. Images that this project did not build and
tag always stay.

At ghcr.io it deletes by GitHub's Packages API: every manifest, also the images of an index and what is attached.

Two witnesses must agree: the state branch, and the guidance that publish-updates put into the registry or that is served
at publish.url. The registry frees disk space by its own garbage collection.`,
  writes: true,
  inputs: {
    delete: flag('delete instead of only showing'),
    yes: flag('delete without asking; needed if nobody is at a terminal'),
    'older-than': duration('images whose commit is younger stay', { fallback: '30d' }),
    releases: parsed('number of the newest releases of each fleet that stay; default: all', readCount, {
      placeholder: 'N',
    }),
    'first-release': firstRelease,
    directory,
  },
  run: async (inputs, context) => {
    if (inputs.delete && !isRehearsal() && !inputs.yes && !process.stdin.isTTY) {
      throw new UsageError('--delete asks for confirmation, and nobody is at a terminal: add --yes');
    }
    const project = await openProject({
      directory: inputs.directory,
      env: context.env,
      log: context.log,
      firstRelease: inputs['first-release'],
    });
    const { repositories, remove } = await context.log.task('reading the registries', (report) =>
      planPruning(project, {
        olderThan: inputs['older-than'],
        releases: inputs.releases,
        now: context.now(),
        report,
        deletionIn: (repository) => deletionIn(repository, project, context),
      }),
    );
    const removals = repositories.reduce((sum, { removed }) => sum + removed.length, 0);
    const deleted =
      inputs.delete && !isRehearsal() && (inputs.yes || removals === 0 || (await confirm(repositories)));
    if (deleted) await context.log.task(`deleting ${removals} manifests`, remove);
    return {
      data: { deleted, repositories },
      ...renderReports(...repositories.map((each) => reportOn(each, deleted))),
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

/** GitHub's registries delete by the Packages API alone. */
async function deletionIn(
  repository: Repository,
  { git }: Project,
  context: Context,
): Promise<DeleteManifest | undefined> {
  if (!isGitHubRegistry(repository.registry, context.env.GITHUB_SERVER_URL || 'https://github.com'))
    return undefined;
  const { openGitHubRepository } = await import('../world/forge/github/open-repository.ts');
  const { api } = await openGitHubRepository(git, context);
  return packageDeletion(api);
}

/** Asks on the terminal. */
async function confirm(repositories: readonly PrunedRepository[]): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `${repositories.map((each) => reportText(reportOn(each, false))).join('\n')}\nDelete these? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function readCount(raw: string, name: string): number {
  const number = /^\d{1,9}$/.test(raw) ? Number(raw) : 0;
  if (number >= fewestReleases) return number;
  throw new UsageError(
    `--${name}: found ${JSON.stringify(raw)}, expected a number of at least ${fewestReleases}`,
  );
}

function reportOn({ repository, removed, kept }: PrunedRepository, done: boolean): Report {
  const manifests = count(removed.length, 'manifest');
  if (removed.length === 0) return { headline: `${repository}: nothing to delete, ${kept} stay`, facts: [] };
  return {
    headline: `${repository}: ${done ? `deleted ${manifests}` : `would delete ${manifests} (--delete does)`}, ${kept} stay`,
    facts: [
      {
        title: manifests,
        lines: removed.map(
          ({ digest, tags }) => `${digest}${tags.length === 0 ? '' : `  ${tags.join(' ')}`}`,
        ),
      },
    ],
  };
}
