import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach } from 'vitest';
import { z } from 'zod';
import { ours as pin } from '../../src/project/init/ours.ts';
import { cliFolder } from './build-cli.ts';
import type { OtherUser } from './other-user.ts';

// Workflows, run by a real runner (nektos/act) on this machine, without containers.

/** Path of act; undefined if no reachable package registry has it. */
export function findAct(): string | undefined {
  const folder = execFileSync(resolve('script/workflow-tools'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const act = join(folder.trim(), 'bin/act');
  return existsSync(act) ? act : undefined;
}

/** Call it in a describe block: its tests are skipped, and counted as such, if there is no runner. */
export function skipWithoutAct(act: string | undefined): void {
  beforeEach(({ skip }) => {
    if (act === undefined) skip('act, which runs workflows, is not here (script/workflow-tools says why)');
  });
}

export interface RunOptions {
  /** A checkout of the commit that the run is for. */
  readonly checkout: string;
  /** `release.yml`, in .github/workflows of the checkout. */
  readonly workflow: string;
  readonly event: string;
  readonly payload: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly actor?: string;
  /** Inputs of a workflow_dispatch. */
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface WorkflowRun {
  readonly passed: boolean;
  /** `name of the job: success`, in the order in which they ended. */
  readonly jobs: readonly string[];
  /** The names of the steps that ran. */
  readonly steps: readonly string[];
  /** The whole output of the runner. */
  readonly log: string;
  /** Markdown of each step that gave a job summary. */
  readonly summaries: readonly string[];
}

const lineSchema = z.looseObject({
  msg: z.string().default(''),
  job: z.string().optional(),
  jobResult: z.string().optional(),
  stage: z.string().optional(),
  step: z.string().optional(),
  stepID: z.array(z.string()).optional(),
  stepResult: z.string().optional(),
  command: z.string().optional(),
  content: z.string().optional(),
});

/** A runner with the actions and workflows of this working tree; its own files are gone with `remove`. */
export interface Runner {
  run(options: RunOptions): Promise<WorkflowRun>;
  remove(): Promise<void>;
}

/**
 * @param act the program
 * @param user who runs it; default: the user of the tests
 */
export async function createRunner(act: string, user?: OtherUser): Promise<Runner> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-runner-'));
  const ours = join(folder, 'coxswain');
  await mkdir(ours);
  for (const path of ['action.yml', 'actions', '.github/workflows']) {
    await cp(path, join(ours, path), { recursive: true });
  }
  await cp(cliFolder, join(ours, 'dist'), { recursive: true });
  const replaced = join(folder, 'stubs');
  await cp('test/workflows/stubs', replaced, { recursive: true });
  const program = join(folder, 'act');
  await cp(act, program, { dereference: true });
  await chmod(program, 0o755);
  await user?.own(folder);
  const repositories = [...refs().map((ref) => `${pin.repository}@${ref}=${ours}`), ...stubs(replaced)];
  return {
    run: (options) => run({ act: program, folder, repositories, user }, options),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * The names by which the workflows of this working tree and of the examples call ours. All of them lead to this working
 * tree.
 */
function refs(): string[] {
  const folders = ['.github/workflows', 'workflows-examples/two-fleets/.github/workflows', 'docs'];
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const calls = files
    .filter((file) => /\.(yml|md)$/.test(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/uses: ([\w-]+\/[\w-]+)[\w./-]*@([\w.]+)/g)]);
  return [...new Set(calls.flatMap(([, name, ref = '']) => (name === pin.repository ? [ref] : [])))];
}

/** Replacements of GitHub's own actions, at every commit by which ours call them. */
function stubs(folder: string): string[] {
  const texts = [
    'action.yml',
    ...readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`),
  ].map((path) => readFileSync(path, 'utf8'));
  const called = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/uses: (actions\/[\w-]+@[0-9a-f]{40})/g)].map(([, name]) => name),
    ),
  );
  return [...called].flatMap((name = '') => {
    const stub = join(folder, name.slice('actions/'.length).replace(/@.*/, ''));
    return existsSync(stub) ? [`${name}=${stub}`] : [];
  });
}

let runs = 0;

async function run(
  {
    act,
    folder,
    repositories,
    user,
  }: {
    readonly act: string;
    readonly folder: string;
    readonly repositories: readonly string[];
    readonly user: OtherUser | undefined;
  },
  options: RunOptions,
): Promise<WorkflowRun> {
  runs += 1;
  const own = join(folder, `run-${runs}`);
  await mkdir(own);
  const payload = join(own, 'event.json');
  await writeFile(payload, JSON.stringify(options.payload));
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const platforms = ['ubuntu-24.04', 'ubuntu-24.04-arm'].flatMap((name) => ['-P', `${name}=-self-hosted`]);
  const args = [
    options.event,
    '--json',
    '--no-skip-checkout',
    '--action-offline-mode',
    // What a step prints is seen as it was printed: a test looks for secrets in it.
    '--insecure-secrets',
    ...platforms,
    ...['--workflows', `.github/workflows/${options.workflow}`],
    ...['--eventpath', payload],
    ...['--actor', options.actor ?? 'ada'],
    ...repositories.flatMap((repository) => ['--local-repository', repository]),
    ...pairs('--env', options.env),
    ...pairs('--secret', options.secrets),
    ...pairs('--input', options.inputs ?? {}),
  ];
  // Its settings and checkouts are in these folders, not in those of the person who runs the tests.
  const folders = { XDG_CACHE_HOME: join(own, 'cache'), XDG_CONFIG_HOME: join(own, 'config') };
  await user?.own(own);
  await user?.own(options.checkout);
  const [program = act, ...words] = user?.command([act, ...args], folders) ?? [act, ...args];
  const child = spawn(program, words, {
    cwd: options.checkout,
    env: { ...process.env, ...folders },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const jobs: string[] = [];
  const steps: string[] = [];
  const summaries: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (!line.startsWith('{')) return void log.push(line);
      const {
        msg,
        job = '',
        jobResult,
        stage,
        step,
        stepResult,
        stepID,
        command,
        content,
      } = lineSchema.parse(JSON.parse(line));
      log.push(`[${job.trim()}] ${msg.trimEnd()}`);
      if (jobResult !== undefined) jobs.push(`${job.trim()}: ${jobResult}`);
      if (stage === 'Main' && stepResult !== undefined && stepID?.length === 1 && step !== undefined) {
        steps.push(`${job.trim()}: ${step}: ${stepResult}`);
      }
      // A step in an action and the step that calls the action write the same summary.
      if (command === 'summary' && content !== undefined && stepID?.length === 1) summaries.push(content);
    });
  }
  const exitCode = await new Promise<number | null>((ended, failed) => {
    child.once('error', failed);
    child.once('close', ended);
  });
  return { passed: exitCode === 0, jobs, steps, log: log.join('\n'), summaries };
}
