import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spellInput } from '../cli/actions/action-inputs.ts';
import { decide, type Job } from '../cli/actions/event/decide.ts';
import { readEvent } from '../cli/actions/event/event.ts';
import { untested } from '../cli/actions/event/plan.ts';
import { readValues } from '../cli/arguments.ts';
import { directory } from '../cli/directory.ts';
import { text } from '../cli/inputs.ts';
import { defineVerb, type Outcome, type Verb } from '../cli/verb.ts';
import { InputError, OutsideError } from '../host/errors.ts';
import { codeBlock } from '../host/markdown.ts';
import type { Config } from '../project/configuration/config.ts';
import { overtaken } from '../project/fleets.ts';
import { openProject } from '../release/project.ts';
import bootTest from './boot-test.ts';
import buildImage from './build-image.ts';
import lintUpdates from './lint-updates.ts';
import openPromotion from './open-promotion.ts';
import promoteImage from './promote-image.ts';
import publishUpdates from './publish-updates.ts';
import startRollout from './start-rollout.ts';
import watchBase from './watch-base.ts';
import watchFleet from './watch-fleet.ts';

type Step = readonly [verb: Verb, name: string, inputs: Readonly<Record<string, string>>];

export default defineVerb({
  summary: 'Do the whole job for the event of this workflow run',
  about: `What the action at the top of the repository does, for small repositories: one job, one architecture after the other.

  schedule, workflow_dispatch   watch-base, open-promotion; if something is published, publish-updates, and watch-fleet
                                before it if coxswain.yaml has halt-when or success-threshold
  repository_dispatch           of the type coxswain-halt: watch-fleet with the alert, publish-updates
  pull_request                  build-image, boot-test; without any credential for a fork's
  pull_request_target           into the state branch: lint-updates
  push to a fleet's branch      build and test what is not tested yet; promote-image, start-rollout, publish-updates`,
  inputs: {
    output: text('folder for the published files', { placeholder: 'FOLDER', fallback: 'site' }),
    directory,
  },
  // For other events no job builds or boots anything, and the host was not set up for it.
  asRoot: (env) => ['pull_request', 'push'].includes(env.GITHUB_EVENT_NAME ?? ''),
  run: async (inputs, context) => {
    const { env, log } = context;
    const project = await openProject({ directory: inputs.directory, env, log, firstRelease: true });
    const decided = decide(await readEvent(env), project.config);
    const late =
      decided.kind === 'release'
        ? await overtaken(project.forge.branches, decided.fleet, decided.commit)
        : undefined;
    const job: Job = late === undefined ? decided : { kind: 'nothing', reason: late };
    const done: Outcome[] = [];
    let published = false;
    for (const [verb, name, given] of await stepsOf(job, project, inputs.output)) {
      log.info(`── ${name} ──`);
      const values = readValues(verb.inputs, { directory: inputs.directory, ...given }, spellInput);
      const outcome = await verb.run(values, context).catch((error: unknown) => failed(name, error));
      done.push(outcome);
      log.info(outcome.text);
      if (outcome.exitCode === 1) break;
      published ||= name === 'publish-updates';
    }
    return {
      data: {
        job: job.kind,
        fleet: 'fleet' in job ? job.fleet.name : undefined,
        site: published ? inputs.output : undefined,
        answers: done.map(({ data }) => data),
      },
      text:
        job.kind === 'nothing' ? `nothing to do: ${job.reason}` : (done.at(-1)?.text.split('\n')[0] ?? ''),
      summary: done.flatMap(({ summary }) => summary ?? []).join('\n\n'),
      annotations: done.flatMap(({ annotations }) => annotations ?? []),
      exitCode: done.some(({ exitCode }) => exitCode === 1) ? 1 : 0,
    };
  },
  outputs: {
    job: { about: 'watch, test, lint, halt, release or nothing', of: ({ job }) => job },
    fleet: { about: 'the fleet whose branch this is about', of: ({ fleet }) => fleet },
    site: {
      about: 'folder with the published files; empty if nothing is published',
      of: ({ site }) => site,
    },
  },
});

/** An error becomes an outcome, so that the results of the steps before it are shown too. */
function failed(name: string, error: unknown): Outcome {
  if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
  return {
    data: null,
    text: `${name}: ${error.message}`,
    summary: `### ${name} did not run\n\n${codeBlock(error.message)}`,
    annotations: [{ level: 'error', title: name, message: error.message }],
    exitCode: 1,
  };
}

async function stepsOf(
  job: Job,
  project: Awaited<ReturnType<typeof openProject>>,
  site: string,
): Promise<readonly Step[]> {
  const { config, forge } = project;
  const publish: Step = [publishUpdates, 'publish-updates', { output: site }];
  switch (job.kind) {
    case 'nothing':
      return [];
    case 'watch': {
      const promoted = Object.values(config.fleets).some((fleet) => fleet.promoteFrom !== undefined);
      const released = (await forge.branches.resolve(config.stateBranch)) !== undefined;
      return [
        [watchBase, 'watch-base', {}],
        ...(promoted && released ? [[openPromotion, 'open-promotion', {}] as const] : []),
        ...(released && isWatched(config) ? [[watchFleet, 'watch-fleet', {}] as const] : []),
        ...(released ? [publish] : []),
      ];
    }
    case 'halt':
      return [[watchFleet, 'watch-fleet', { alert: job.alert }], publish];
    case 'lint':
      return [[lintUpdates, 'lint-updates', { commit: job.commit }]];
    case 'test':
      return testSteps(config.architectures, job.fork ? { local: localFolder() } : {});
    case 'release': {
      const { commit } = job;
      const missing = await untested(project, commit, job.fleet);
      const fleet = { fleet: job.fleet.name, commit };
      return [
        ...(missing.length > 0 ? testSteps(missing, {}) : []),
        [promoteImage, 'promote-image', fleet],
        [startRollout, 'start-rollout', fleet],
        publish,
      ];
    }
  }
}

/** Some fleet has something that watch-fleet evaluates. */
function isWatched({ fleets }: Config): boolean {
  return Object.values(fleets).some(
    ({ haltWhen, successThreshold }) => haltWhen.length > 0 || successThreshold !== undefined,
  );
}

function testSteps(
  architectures: readonly string[],
  where: Readonly<Record<string, string>>,
): readonly Step[] {
  return [
    [buildImage, 'build-image', where],
    ...architectures.map(
      (architecture): Step => [
        bootTest,
        `boot-test (${architecture})`,
        { ...where, architecture, output: join('boot-test-output', architecture) },
      ],
    ),
  ];
}

function localFolder(): string {
  return join(process.env.RUNNER_TEMP ?? tmpdir(), 'coxswain-images');
}
