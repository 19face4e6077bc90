import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { buildBaseImage } from '../../src/demo/base-images.ts';
import { silentLog } from '../../src/host/log.ts';
import { parseRepository } from '../../src/world/registry/reference.ts';
import { createRunner, type Runner, type WorkflowRun } from './act.ts';
import { createUserRepository, type Pull, type UserRepository } from './github-repository.ts';
import { type GitHubServer, startGitHub } from './github-server.ts';
import type { OtherUser } from './other-user.ts';

const day = 86_400;

/** A repository of workflows-examples on an emulated GitHub, its workflows run by a real runner. */
export interface Story {
  readonly github: GitHubServer;
  readonly user: UserRepository;
  /** What people can look at afterwards: logs, job summaries, pull requests, the site. */
  readonly output: string;
  /** Secrets that must not appear anywhere. */
  readonly planted: readonly string[];
  /** Runs a workflow of the repository as GitHub would, `days` after the story began. */
  run(
    workflow: string,
    event: {
      readonly event: string;
      readonly payload: unknown;
      readonly commit: string;
      readonly days: number;
      /** Starts a run again, as the button does. @returns its number and attempt */
      readonly again?: { readonly run: number; readonly attempt: number };
      readonly token?: string;
      /** A fork's run has none. */
      readonly secrets?: Readonly<Record<string, string>>;
    },
  ): Promise<WorkflowRun & { readonly number: number }>;
  /** The one open pull request into a branch; its text is kept. */
  pull(base: string): Promise<Pull>;
  /** A published file, as JSON. */
  published(path: string): Promise<unknown>;
  /** Fails if a planted secret is in logs, summaries, published files, pull requests or the registry's blobs. */
  expectNoLeak(registryFolders: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

/** @param name folder for what people look at, below test-output/workflows */
export async function createStory(
  act: string,
  name: string,
  options: {
    /** One of workflows-examples, or a folder. */
    readonly example: string;
    /** Default: acme/os. */
    readonly repository?: string;
    /** Default: testing. */
    readonly defaultBranch?: string;
    readonly replace: Readonly<Record<string, string>>;
    readonly branches: readonly string[];
    readonly secrets?: Readonly<Record<string, string>>;
    /** Added to the environment of each run. */
    readonly env?: Readonly<Record<string, string>>;
    /** Who runs the jobs; default: the user of the tests. */
    readonly runAs?: OtherUser;
    /** Added to the example before its first commit. */
    readonly files?: Readonly<Record<string, string>>;
  },
): Promise<Story> {
  const output = resolve('test-output/workflows', name);
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const start = Math.floor(Date.now() / 1000) - 5 * day;
  const { repository = 'acme/os', defaultBranch = 'testing' } = options;
  const github = await startGitHub({ repository, defaultBranch });
  const runner: Runner = await createRunner(act, options.runAs);
  const user = await createUserRepository(github, {
    from: isAbsolute(options.example) ? options.example : join('workflows-examples', options.example),
    // The small base image has no systemd, on purpose.
    replace: { ...options.replace, 'refresh: 7d': 'refresh: 7d\nboot-test: { init: any }' },
    branches: options.branches,
    files: options.files ?? {},
    time: start,
  });
  // Another user cannot write where people look afterwards.
  const place = options.runAs === undefined ? output : join(options.runAs.home, name);
  const share = async () => {
    if (place !== output) await cp(place, output, { recursive: true });
  };
  await mkdir(place, { recursive: true });
  await options.runAs?.own(place);
  const environment = 'planted-in-the-environment-5d1f';
  const planted = [environment, github.token, ...passwords(options.secrets ?? {})];
  let runs = 0;
  const rows: string[] = [];
  const title = (number: number, workflow: string) =>
    `${String(number).padStart(2, '0')}-${workflow.replace('.yml', '')}`;

  return {
    github,
    user,
    output,
    planted,
    run: async (workflow, { event, payload, commit, days, again, token = github.token, secrets }) => {
      runs += 1;
      const number = runs;
      const run = await runner.run({
        checkout: await user.checkout(commit),
        workflow,
        event,
        payload,
        env: {
          GITHUB_API_URL: github.apiUrl,
          GITHUB_SERVER_URL: github.serverUrl,
          COXSWAIN_NOW: String(start + Math.round(days * day)),
          TEST_ARTIFACTS: join(place, 'artifacts'),
          TEST_RUN: String(again?.run ?? number),
          GITHUB_RUN_ATTEMPT: String(again?.attempt ?? 1),
          TEST_SITE: join(place, 'site'),
          PLANTED: environment,
          ...options.env,
        },
        secrets: { ...(secrets ?? options.secrets ?? {}), GITHUB_TOKEN: token },
      });
      await share();
      await writeFile(join(output, `${title(number, workflow)}.log`), run.log);
      await writeFile(join(output, `${title(number, workflow)}.md`), run.summaries.join('\n'));
      const steps = run.steps.filter((step) => !/: (actions\/|.*\n)/.test(step)).map((step) => `    ${step}`);
      rows.push(rowOf(title(number, workflow), event, run));
      console.log([`${title(number, workflow)}: ${run.passed ? 'passed' : 'failed'}`, ...steps].join('\n'));
      return { ...run, number: again?.run ?? number };
    },
    pull: async (base) => {
      const found = (await user.pulls()).filter((each) => each.base.ref === base && each.state === 'open');
      expect(found.map(({ title: each }) => each)).toHaveLength(1);
      const [only] = found;
      if (only === undefined) throw new Error('there is no pull request');
      const texts = [`# ${only.title}`, only.body ?? '', ...(await user.comments(only.number))];
      await writeFile(join(output, `pull-request-${only.number}.md`), `${texts.join('\n\n')}\n`);
      return only;
    },
    published: async (path) => JSON.parse(await readFile(join(output, 'site', path), 'utf8')),
    expectNoLeak: async (registryFolders) => {
      for (const folder of [output, ...registryFolders]) {
        for (const file of await filesBelow(folder)) {
          const bytes = unpacked(await readFile(file));
          for (const secret of planted) expect(bytes.includes(secret), `${secret} in ${file}`).toBe(false);
        }
      }
      for (const pull of await user.pulls()) {
        const text = [pull.title, pull.body ?? '', ...(await user.comments(pull.number))].join('\n');
        for (const secret of planted) expect(text).not.toContain(secret);
      }
    },
    end: async () => {
      const head = [`| ${name} | event | jobs | what people see |`, '|---|---|---|---|'];
      const table = `${[...head, ...rows].join('\n')}\n`;
      await writeFile(join(output, 'table.md'), table);
      process.stdout.write(`\n${table}`);
      await user.remove();
      await runner.remove();
      await github.stop();
    },
  };
}

/** A run as a row of a table: what ran, and the first lines of its job summaries, or the error. */
function rowOf(title: string, event: string, { passed, jobs, summaries, log }: WorkflowRun): string {
  const ran = jobs.filter((job) => !job.includes('skipped'));
  const failed = ran.filter((job) => !job.endsWith(': success')).length;
  const headings = summaries.flatMap((summary) => /^### (.*)/m.exec(summary)?.[1] ?? []);
  const error = /::error[^:]*::(.*)/.exec(log)?.[1] ?? '';
  const seen = headings.length > 0 ? headings.join('; ') : passed ? 'nothing' : error;
  const cell = (text: string) => text.replaceAll('|', '\\|').slice(0, 160);
  return `| ${title} | ${event} | ${ran.length}${failed === 0 ? '' : `, ${failed} failed`} | ${cell(seen)} |`;
}

function passwords(secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, value]) => (name.endsWith('_USERNAME') ? [] : [value]));
}

/** Pushes a build of the base and moves its stream tag to it. @param repository `host/path` */
export async function moveBase(repository: string, version: string): Promise<void> {
  const [kind, stream, tag] = ['tiny', 'stable', 'stable'] as const;
  await buildBaseImage({
    kind,
    version,
    stream,
    repository: parseRepository(repository),
    tag,
    log: silentLog,
  });
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function unpacked(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
