import { InputError } from '../../host/errors.ts';
import type { Forge, PullRequest } from '../../world/forge/forge.ts';
import { proposeChanges } from '../../world/forge/propose-changes.ts';
import type { InitPlan } from './init.ts';

/** The branch of the pull request. */
export const initBranch = 'coxswain-init';

/**
 * Offers the files of a plan as a pull request into the first fleet's branch. Nothing in the checkout is written.
 * @throws InputError if that branch does not exist on the forge, or there is nothing to write
 */
export async function proposeInit(forge: Forge, plan: InitPlan): Promise<PullRequest> {
  const [first] = Object.values(plan.config.fleets);
  const base = first?.branch ?? '';
  const tip = await forge.branches.resolve(base);
  if (tip === undefined) {
    throw new InputError({
      field: '--pull-request',
      problem: `${forge.place} has no branch ${base} to propose the files to`,
      remedy: `Push it first: git push origin HEAD:refs/heads/${base}`,
    });
  }
  if (plan.files.length === 0) {
    throw new InputError({
      field: '--pull-request',
      problem: 'there is nothing to propose: no file is missing',
    });
  }
  const changes = plan.files.map(({ path, text, executable = false }) => ({
    path,
    content: text,
    executable,
  }));
  const { pullRequest } = await proposeChanges(
    forge,
    {
      head: initBranch,
      base,
      title: 'Build, test and release Fedora CoreOS images with Coxswain',
      body: bodyOf(plan),
      ready: true,
      labels: ['coxswain'],
    },
    { tip, changes },
  );
  return pullRequest;
}

function bodyOf({ files, kept, notes, doubt, config }: InitPlan): string {
  const [, ...others] = Object.values(config.fleets).map(({ branch }) => branch);
  const list = (paths: readonly string[]) => paths.map((path) => `- \`${path}\``).join('\n');
  return [
    '`coxswain init` wrote these files. Read coxswain.yaml first, and change what is not yours.',
    list(files.map(({ path }) => path)),
    ...(kept.length === 0 ? [] : ['Left as they are:', list(kept)]),
    ...notes.map((note) => `${note}.`),
    ...(doubt === undefined ? [] : [`**To do:** ${doubt}`]),
    ...(others.length === 0
      ? []
      : [
          `After the merge, make the other fleets' branches: \`git branch ${others.join(' && git branch ')}\`.`,
        ]),
    'The settings on GitHub that the workflows need: `coxswain doctor --github`.',
  ].join('\n\n');
}
