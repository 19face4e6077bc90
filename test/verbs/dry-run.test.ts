import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { commandLineInputs, isRehearsed } from '../../src/cli/directory.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { rehearsalVariable } from '../../src/host/dry-run.ts';
import { cli } from '../support/cli.ts';
import { useMemory } from '../support/in-memory.ts';
import {
  contextAt,
  createProject,
  promoteTested,
  publishBase,
  type TestProject,
} from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';

useMemory();
const registry = useRegistry();
const now = 1_785_000_000;
const time = now - 36_000;

let project: TestProject;
beforeEach(async () => {
  project = await createProject(registry.host, { time });
  await publishBase(project, '44.20260621.3.1');
});
afterEach(() => vi.unstubAllEnvs());

async function load(name: string): Promise<Verb> {
  const loaded: { default: Verb } = await import(`../../src/verbs/${name}.ts`);
  return loaded.default;
}

/** Runs a verb as program.ts does. */
async function run(name: string, args: readonly string[]): Promise<unknown> {
  const verb = await load(name);
  const values = readArguments(commandLineInputs(verb), args);
  if (isRehearsed(verb, values)) vi.stubEnv(rehearsalVariable, '1');
  const context = contextAt(now);
  return verb
    .run(values, { ...context, env: { HOME: project.git.directory } })
    .finally(() => vi.unstubAllEnvs());
}

/** Every ref, file of the checkout, and file of the registry. */
async function everything(): Promise<readonly string[]> {
  const { git } = project;
  const refs = await git.run(['for-each-ref', '--format=%(refname) %(objectname)']);
  const status = await git.run(['status', '--porcelain', '--ignored']);
  const stored = await readdir(registry.directory, { recursive: true });
  return [refs, status, ...stored.filter((path) => !/_uploads|\.log$/.test(path)).sort()];
}

/** A commit on testing whose image is built and tested. */
async function prepare(greeting = 'x', at = time + 60): Promise<void> {
  await commitFiles(project.git, { 'etc/motd': `${greeting}\n` }, { time: at });
  await promoteTested(project, 'testing');
}

describe('--dry-run', () => {
  it.each([
    ['watch-base', [], /commit to the branch coxswain-base-testing: .*Containerfile/],
    ['build-image', [], /build 44\.20260621\.3\.1-[0-9a-f]{8} for x86_64, and push it as /],
    ['node-kit', ['--output', 'kit'], /write the node kit .*kit/],
    ['make-key', ['--public', 'x.pub', '--private', '/tmp/x.key'], /write the private key \/tmp\/x\.key/],
  ])('ends %s before its first write, and says what that would be', async (verb, args, would) => {
    const { directory } = project.git;
    const place = verb === 'make-key' ? [] : ['--directory', directory];
    const before = await everything();
    await expect(run(verb, [...place, '--dry-run', ...args])).rejects.toMatchObject({
      name: 'Rehearsed',
      message: expect.stringMatching(would),
    });
    expect(await everything()).toEqual(before);
  });

  it('ends promote-image after all of its checks: what is copied, and which tags move', async () => {
    await prepare();
    const before = await everything();
    const args = ['--directory', project.git.directory, '--fleet', 'testing', '--dry-run'];
    await expect(run('promote-image', args)).rejects.toMatchObject({
      name: 'Rehearsed',
      message: expect.stringMatching(
        /^promote 44\.20260621\.3\.1-\w{8} to .*@sha256:.*; tags that move: .*testing/,
      ),
    });
    expect(await everything()).toEqual(before);
  });

  it('refuses as the real run does', async () => {
    const args = ['--directory', project.git.directory, '--fleet', 'testing', '--dry-run'];
    await expect(run('promote-image', args)).rejects.toMatchObject({ name: 'InputError' });
  });

  it('ends start-rollout, publish-updates, open-promotion and roll-back before their first write', async () => {
    await prepare();
    const place = ['--directory', project.git.directory];
    const expectRehearsal = async (verb: string, args: readonly string[], would: RegExp) => {
      const before = await everything();
      await expect(run(verb, [...place, ...args, '--dry-run']), verb).rejects.toMatchObject({
        name: 'Rehearsed',
        message: expect.stringMatching(would),
      });
      expect(await everything(), verb).toEqual(before);
    };
    await expectRehearsal(
      'start-rollout',
      ['--fleet', 'testing'],
      /commit to the branch coxswain: "testing: release .*releases\.json/,
    );
    await run('start-rollout', [...place, '--fleet', 'testing']);
    const site = join(await temporaryFolder(), 'site');
    await expectRehearsal(
      'publish-updates',
      ['--output', site],
      new RegExp(`bring the site in ${site} up to date`),
    );
    await expectRehearsal('open-promotion', [], /branch coxswain-promote-testing-to-stable/);
    await prepare('y', time + 120);
    await run('start-rollout', [...place, '--fleet', 'testing']);
    await expectRehearsal(
      'roll-back',
      ['--fleet', 'testing', '--reason', 'x'],
      /commit to the branch coxswain/,
    );
  });

  it('is an answer of the command line, also as JSON, with exit code 0', async () => {
    const cwd = await temporaryFolder();
    const args = ['init', '--image', 'ghcr.io/acme/os', '--dry-run'];
    expect(await cli(args, { cwd })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^dry run: would write in .*: coxswain\.yaml, Containerfile, /),
    });
    const { stdout, exitCode } = await cli(['--json', ...args], { cwd });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ dryRun: true, would: expect.stringContaining('coxswain.yaml') });
    expect(await readdir(cwd)).toEqual([]);
  });

  it('every verb that writes to a repository, a registry or a machine has it', async () => {
    const page = readFileSync('docs/architecture.md', 'utf8');
    const [, table = ''] = /^## What each verb reads and writes\n(.*?)^## /ms.exec(page) ?? [];
    const rows = [...table.matchAll(/^\| `([\w-]+)` \| [^|]* \| ([^|]*) \|$/gm)];
    expect(rows.length).toBe(readdirSync('src/verbs').length);
    // What these three write is for one run or one machine alone: a file of logins, results, what its verbs write.
    const without = ['demo', 'log-in', 'run-event'];
    const lacking: string[] = [];
    for (const [, name = '', writes = ''] of rows) {
      if (writes.startsWith('nothing;') || writes === 'nothing' || without.includes(name)) continue;
      if (!('dry-run' in commandLineInputs(await load(name))) && name !== 'prune-images') lacking.push(name);
    }
    expect(lacking).toEqual([]);
  });
});
