import { decide, type Job } from '../cli/actions/event/decide.ts';
import { readEvent } from '../cli/actions/event/event.ts';
import { matrixOf, untested } from '../cli/actions/event/plan.ts';
import { directory } from '../cli/directory.ts';
import { many } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { fleetTip } from '../project/fleets.ts';
import { openProject } from '../release/project.ts';

export default defineVerb({
  summary: 'Say what a workflow run has to do, and on which runners',
  about: `For the first job of a workflow: the event, the branch and coxswain.yaml decide what the other jobs do. A push to a
fleet's branch whose image is built and tested already needs no build; a pull request from a fork has no credentials.`,
  inputs: {
    runner: many("the runner for an architecture, in place of GitHub's own", {
      placeholder: 'ARCHITECTURE=LABEL',
    }),
    directory,
  },
  run: async (inputs, { env, log }) => {
    const project = await openProject({ directory: inputs.directory, env, log });
    const job = decide(await readEvent(env), project.config);
    const matrix = matrixOf(project.config, inputs.runner, '--runner');
    const missing =
      job.kind === 'release'
        ? await untested(project, await fleetTip(project.forge.branches, job.fleet), job.fleet)
        : project.config.architectures;
    const work = matrix.filter(({ architecture }) => missing.includes(architecture));
    const fleet = 'fleet' in job ? job.fleet.name : undefined;
    const data = { job: job.kind, fork: job.kind === 'test' && job.fork, fleet, matrix: work };
    return { data, text: describe(job, work) };
  },
  action: { token: true },
  outputs: {
    job: { about: 'watch, test, release or nothing', of: ({ job }) => job },
    fleet: { about: 'the fleet whose branch this is about', of: ({ fleet }) => fleet },
    fork: { about: 'true for a pull request from another repository', of: ({ fork }) => fork },
    matrix: {
      about:
        'what is to be built and tested, for strategy.matrix.include: [{"architecture": …, "runner": …}, …]',
      of: ({ matrix }) => JSON.stringify(matrix),
    },
    work: { about: 'true when anything is to be built or tested', of: ({ matrix }) => matrix.length > 0 },
    several: {
      about: 'true when that is for more than one architecture',
      of: ({ matrix }) => matrix.length > 1,
    },
  },
});

function describe(
  job: Job,
  work: readonly { readonly architecture: string; readonly runner: string }[],
): string {
  const jobs = work.map(({ architecture, runner }) => `  ${architecture} on ${runner}`);
  switch (job.kind) {
    case 'watch':
      return 'watch the base';
    case 'test':
      return [`build and test for ${job.fleet.name}${job.fork ? ', without credentials' : ''}`, ...jobs].join(
        '\n',
      );
    case 'release':
      return work.length === 0
        ? `release to ${job.fleet.name}: its image is built and tested`
        : [`build, test and release to ${job.fleet.name}`, ...jobs].join('\n');
    case 'nothing':
      return `nothing to do: ${job.reason}`;
  }
}
