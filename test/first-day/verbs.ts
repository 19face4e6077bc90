import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verb } from '../../src/cli/verb.ts';
import buildImage from '../../src/verbs/build-image.ts';
import doctor from '../../src/verbs/doctor.ts';
import editUpdates from '../../src/verbs/edit-updates.ts';
import explain from '../../src/verbs/explain.ts';
import importRelease from '../../src/verbs/import-release.ts';
import init from '../../src/verbs/init.ts';
import lintUpdates from '../../src/verbs/lint-updates.ts';
import logIn from '../../src/verbs/log-in.ts';
import nodePolicy from '../../src/verbs/node-policy.ts';
import observe from '../../src/verbs/observe.ts';
import openPromotion from '../../src/verbs/open-promotion.ts';
import planRun from '../../src/verbs/plan-run.ts';
import promoteImage from '../../src/verbs/promote-image.ts';
import pruneImages from '../../src/verbs/prune-images.ts';
import publishUpdates from '../../src/verbs/publish-updates.ts';
import restoreState from '../../src/verbs/restore-state.ts';
import rollBack from '../../src/verbs/roll-back.ts';
import runEvent from '../../src/verbs/run-event.ts';
import signImage from '../../src/verbs/sign-image.ts';
import startRelease from '../../src/verbs/start-release.ts';
import startRollout from '../../src/verbs/start-rollout.ts';
import status from '../../src/verbs/status.ts';
import watchBase from '../../src/verbs/watch-base.ts';
import type { Moment, World } from './world.ts';

/** A run of a verb, at a moment when it has something to do. */
export interface Row {
  readonly name: string;
  readonly verb: Verb;
  readonly at: Moment;
  /** `site` is the folder that is published after the run. */
  readonly args: readonly string[];
  readonly env?: (folder: string) => NodeJS.ProcessEnv;
  /** Makes the moment one at which the verb has something to do. */
  readonly prepare?: (world: World) => Promise<void>;
  /** For each situation or lie, why another answer than in a fresh clone is right. */
  readonly otherwise?: Readonly<Record<string, string>>;
}

const reason = ['--reason', 'boot loop', '--by', 'Ada'];

/** A log of a server, with a request that is not for a graph. */
function accessLog(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'log-')), 'access.log');
  writeFileSync(file, '203.0.113.9 - - [25/Jul/2026:17:00:00 +0000] "GET / HTTP/1.1" 200 1\n');
  return file;
}

/** A workflow run for a push to testing. Its event is written into the clone's git folder. */
function push(folder: string): NodeJS.ProcessEnv {
  const file = existsSync(join(folder, '.git'))
    ? join(folder, '.git/event.json')
    : join(tmpdir(), 'no-event.json');
  if (!existsSync(join(folder, '.git'))) return { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: file };
  writeFileSync(file, '{}');
  const sha = execFileSync('git', ['-C', folder, 'rev-parse', 'origin/testing'], { encoding: 'utf8' }).trim();
  return {
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: file,
    GITHUB_REF: 'refs/heads/testing',
    GITHUB_SHA: sha,
  };
}

export const rows: readonly Row[] = [
  {
    name: 'init',
    verb: init,
    at: 'published',
    args: ['--image', 'registry.example/acme/os'],
    otherwise: { 'empty folder': 'that is what it is for' },
  },
  {
    name: 'watch-base',
    verb: watchBase,
    at: 'moved',
    args: [],
    otherwise: {
      'typo in state-branch': 'it proposes the same change, on a branch with another coxswain.yaml',
    },
  },
  { name: 'build-image', verb: buildImage, at: 'tested', args: [] },
  { name: 'promote-image', verb: promoteImage, at: 'tested', args: ['--fleet', 'testing'] },
  { name: 'start-rollout', verb: startRollout, at: 'promoted', args: ['--fleet', 'testing'] },
  { name: 'publish-updates', verb: publishUpdates, at: 'rolling', args: ['--output', 'site'] },
  {
    name: 'open-promotion',
    verb: openPromotion,
    at: 'published',
    args: [],
    otherwise: {
      'empty registry': 'its gates read the state branch; promote-image finds no image, and refuses',
    },
  },
  {
    name: 'edit-updates pause',
    verb: editUpdates,
    at: 'rolling',
    args: ['--fleet', 'testing', '--action', 'hold', ...reason],
  },
  {
    name: 'edit-updates withdraw',
    verb: editUpdates,
    at: 'published',
    args: ['--fleet', 'testing', '--action', 'withdraw', '--version', 'NEWEST_VERSION', '--force', ...reason],
    otherwise: { 'empty registry': 'nodes must not get this release, and there is no tag that could follow' },
  },
  {
    name: 'roll-back',
    verb: rollBack,
    at: 'published',
    args: ['--fleet', 'testing', ...reason],
    otherwise: { 'empty registry': 'it withdraws the release, and there is no tag that could follow' },
  },
  {
    name: 'status',
    verb: status,
    at: 'published',
    args: [],
    otherwise: {
      'empty registry': 'it says that nodes refuse the image, because its signature is gone',
    },
  },
  {
    name: 'observe',
    verb: observe,
    at: 'published',
    args: ['--log', accessLog(), '--fleet', 'testing', '--record'],
  },
  { name: 'lint-updates', verb: lintUpdates, at: 'published', args: [] },
  { name: 'doctor', verb: doctor, at: 'published', args: ['--oci', '--grace', '400d'] },
  {
    name: 'prune-images',
    verb: pruneImages,
    at: 'published',
    args: ['--delete', '--yes', '--older-than', '1s'],
  },
  {
    name: 'restore-state',
    verb: restoreState,
    at: 'published',
    args: [],
    prepare: async ({ origin }) => {
      await origin.run(['update-ref', '-d', 'refs/heads/coxswain']);
    },
    otherwise: { 'typo in state-branch': 'it restores the branch that coxswain.yaml names' },
  },
  {
    name: 'import-release',
    verb: importRelease,
    at: 'published',
    args: ['--fleet', 'testing', '--image', 'NEWEST', '--by', 'Ada'],
  },
  {
    name: 'sign-image',
    verb: signImage,
    at: 'published',
    args: ['--fleet', 'testing'],
    prepare: async (world) => world.removeSignatures(),
  },
  { name: 'node-policy', verb: nodePolicy, at: 'published', args: ['--fleet', 'testing'] },
  { name: 'start-release', verb: startRelease, at: 'tested', args: [] },
  {
    name: 'plan-run',
    verb: planRun,
    at: 'tested',
    args: [],
    env: push,
    otherwise: { 'empty registry': 'it plans to build and test the image that the registry does not have' },
  },
  { name: 'run-event', verb: runEvent, at: 'tested', args: ['--output', 'site'], env: push },
  {
    name: 'log-in',
    verb: logIn,
    at: 'published',
    args: ['--username', 'ada', '--password', 'secret'],
    env: (folder) => {
      const git = join(folder, '.git');
      return existsSync(git) ? { RUNNER_TEMP: git, GITHUB_ENV: join(git, 'env') } : { RUNNER_TEMP: tmpdir() };
    },
  },
  { name: 'explain', verb: explain, at: 'published', args: ['--image', 'FIRST', '--with', 'NEWEST'] },
];

/** Verbs that ask neither a remote nor a registry, or that test/local-stack runs for real, and why they have no row. */
export const without: Readonly<Record<string, string>> = {
  completion: 'prints a script: test/verbs/completion',
  check: 'reads a checkout alone: test/verbs/check',
  bridge: 'serves a browser, and acts by the verbs that have a row: test/operate/bridge, test/browser',
  'boot-test': 'starts virtual machines: test/local-stack/vm',
  demo: 'plays its own world: script/demo',
  'make-key': 'writes two files and refuses those that exist: test/verbs/make-key',
  'node-kit': 'reads coxswain.yaml and keys, writes a folder: test/verbs/node-kit',
  'render-graph': 'two files in, one out: test/verbs/render-graph',
  'serve-graph': 'reads a site or artifacts again and again: test/operate/serve-graph',
  'set-up-host': 'looks at the machine alone: test/setup',
  'watch-fleet':
    'writes by the code of edit-updates and publish-updates, which have rows: test/verbs/watch-fleet asks a real Prometheus',
  'simulate-rollout': 'reads a site, writes a chart: test/verbs/simulate-rollout',
};
