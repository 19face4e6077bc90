import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../src/host/log.ts';
import { parseConfig } from '../../src/project/configuration/config.ts';
import { ours } from '../../src/project/init/ours.ts';
import { workflowFiles } from '../../src/project/init/workflow-files.ts';
import check from '../../src/verbs/check.ts';
import { requireAnswer } from '../support/answers.ts';
import { contextAt } from '../support/project.ts';
import { commitFiles, createRepository, temporaryFolder } from '../support/repository.ts';

// A Tuesday, at 10:00 UTC.
const now = Date.parse('2026-07-21T10:00:00Z') / 1000;

const yaml = `image: ghcr.io/acme/os
base: quay.io/fedora/fedora-coreos:stable
fleets:
  testing: {}
  stable: { promote-from: testing, soak: 48h }
`;

function template(rollout: string): string {
  return `{"version": "{{version}}", "metadata": {"rollout": { ${rollout} }}}`;
}

const usual = template('"start_epoch": {{start "now"}}, "duration_minutes": {{minutes "48h"}}');

const good: Readonly<Record<string, string>> = {
  'coxswain.yaml': yaml,
  Containerfile: 'FROM quay.io/fedora/fedora-coreos:stable\nRUN true\n',
  'rollouts/testing.json.hbs': usual,
  'rollouts/stable.json.hbs': usual,
  'tests/10-boots.sh': '#!/bin/sh\n',
  ...Object.fromEntries(
    workflowFiles(parseConfig(yaml, 'coxswain.yaml'), ours).map(({ path, text }) => [path, text]),
  ),
};

/** Commits the good checkout with changes (null removes a file), and checks it. */
async function run(changes: Readonly<Record<string, string | null>> = {}) {
  const git = await createRepository();
  const kept = Object.entries({ ...good, ...changes }).filter(([, text]) => text !== null);
  await commitFiles(git, Object.fromEntries(kept));
  const answer = await check.run({ directory: git.directory }, contextAt(now));
  requireAnswer('check', answer.data);
  return { git, ...answer, lines: answer.text.split('\n').filter((line) => !line.startsWith('  ')) };
}

describe('check', () => {
  it('finds nothing in what init writes', async () => {
    const { lines, exitCode, summary } = await run();
    expect(lines).toEqual(['check: no finding']);
    expect(exitCode).toBe(0);
    expect(summary).toBe(
      '### check: no finding\n\n- checked: configuration, containerfile, template, test, hold-file, workflow',
    );
  });

  it.each<[string, Record<string, string | null>, string[]]>([
    [
      'a misspelt field of a rollout',
      { 'rollouts/stable.json.hbs': template('"duration_minuts": 5') },
      ['rollouts/stable.json.hbs', 'duration_minuts', 'no such field in a rollout'],
    ],
    [
      'a rollout without a duration',
      { 'rollouts/stable.json.hbs': template('"start_epoch": 5') },
      ['no duration'],
    ],
    [
      'a variable that only a later release reaches',
      {
        'rollouts/stable.json.hbs': `{{#if previousVersion}}{{#each barriersCrossed}}{{this.nothing}}{{/each}}{{/if}}${usual}`,
      },
      ['rollouts/stable.json.hbs', 'nothing'],
    ],
    [
      'a template that renders in the morning only',
      {
        'rollouts/stable.json.hbs': template(
          '"start_epoch": {{start "today 14:00 UTC"}}, "duration_minutes": 5',
        ),
      },
      ['It renders now, and does not at 2026-07-21T15:00:00Z', 'this time has passed already today'],
    ],
    [
      'a template that does not exist',
      { 'rollouts/stable.json.hbs': null },
      ['rollouts/stable.json.hbs: error', 'fleet stable'],
    ],
    ['the urgent template', { 'rollouts/stable.urgent.json.hbs': '{{' }, ['rollouts/stable.urgent.json.hbs']],
    [
      'a Containerfile on another base',
      { Containerfile: 'FROM quay.io/other/os:stable\n' },
      ['Containerfile'],
    ],
    ['no Containerfile', { Containerfile: null }, ['Containerfile: error', 'This file does not exist']],
    [
      'a build argument that replaces the base',
      {
        'coxswain.yaml': `${yaml}build-arguments: { BASE: quay.io/evil/os:stable }\n`,
        Containerfile: 'ARG BASE=quay.io/fedora/fedora-coreos:stable\nFROM $BASE\n',
      },
      ['build-arguments.BASE'],
    ],
    [
      'a test with the line ends of Windows',
      { 'tests/20-x.sh': '#!/bin/sh\r\ntrue\r\n' },
      ['tests/20-x.sh:1: error', 'CR LF'],
    ],
    [
      'a test of an update with the line ends of Windows',
      { 'tests/after-upgrade/1.sh': '#!/bin/sh\r\n' },
      ['tests/after-upgrade/1.sh:1: error'],
    ],
    [
      'a misspelt timeout of a test',
      { 'tests/20-x.sh': '#!/bin/sh\n# coxswain: timout=5\n' },
      ['tests/20-x.sh:2: error', 'timout'],
    ],
    ['no tests', { 'tests/10-boots.sh': null }, ['tests/: error', 'Nothing would be tested']],
    [
      'a hold file of no fleet',
      { '.coxswain/hold/stabel.yaml': 'x' },
      ['.coxswain/hold/stabel.yaml: error', 'holds no fleet'],
    ],
    [
      'a hold file with another ending',
      { '.coxswain/hold/stable.yml': 'x' },
      ['.coxswain/hold/stable.yml: error'],
    ],
    [
      'a release.yml that is not ours',
      {
        '.github/workflows/release.yml': 'on: push\njobs: { a: { runs-on: x, steps: [{ run: make }] } }\n',
      },
      ['.github/workflows/: error', 'a merge would release nothing'],
    ],
    [
      'a release that does not run for a fleet',
      {
        '.github/workflows/release.yml': (good['.github/workflows/release.yml'] ?? '').replace(
          '[testing, stable]',
          '[testing]',
        ),
      },
      ['does not run for branch stable of fleet stable'],
    ],
  ])('reports %s', async (_name, changes, parts) => {
    const { lines, exitCode } = await run(changes);
    expect(exitCode).toBe(1);
    // One finding and the count: everything else of the checkout is good.
    expect(lines).toHaveLength(2);
    for (const part of parts) expect(lines[0]).toContain(part);
  });

  it('reports all findings at once, and every problem of the configuration', async () => {
    const { data } = await run({ Containerfile: null, 'tests/10-boots.sh': null });
    expect(data).toMatchObject({ errors: 2, warnings: 0 });
    const broken = await run({ 'coxswain.yaml': `${yaml}refresh: 0s\nmemroy: 3\n` });
    expect(broken.data).toMatchObject({ errors: 1 });
    const both = await run({ 'coxswain.yaml': `${yaml}memroy: 3\ntests: 5\n` });
    expect(both.lines.slice(0, -1)).toEqual([
      expect.stringContaining('coxswain.yaml:7:8: error: tests: the wrong type of value'),
      expect.stringContaining('coxswain.yaml:6:1: error: memroy: this field does not exist'),
    ]);
  });

  it('warns of files that are in no commit, and of a hold file that says less than was meant', async () => {
    const { git } = await run();
    await writeFile(join(git.directory, 'tests/30-new.sh'), '#!/bin/sh\n');
    await rm(join(git.directory, 'tests/10-boots.sh'));
    await commitFiles(git, { '.coxswain/hold/stable.yaml': 'reason: x\nuntil: tomorrow\n' });
    await git.run(['rm', '--quiet', '--cached', 'tests/30-new.sh']);
    const { text, exitCode } = await check.run({ directory: git.directory }, contextAt(now));
    expect(exitCode).toBe(0);
    expect(text).toContain('tests/30-new.sh: warning: git does not know this file');
    expect(text).toContain('its until is not a time, so the hold has no end');
  });

  it('says nothing about workflows if there are none, and warns if none calls Coxswain', async () => {
    const workflows = Object.keys(good).filter((path) => path.startsWith('.github/'));
    const without = Object.fromEntries(workflows.map((path) => [path, null]));
    expect((await run(without)).lines).toHaveLength(1);
    const others = await run({ ...without, '.github/workflows/ci.yml': 'on: push\njobs: {}\n' });
    expect(others.exitCode).toBe(0);
    expect(others.data).toMatchObject({ warnings: 2 });
  });

  it('annotates the file and the line, and of a rendered template the file alone', async () => {
    const { annotations } = await run({
      'coxswain.yaml': yaml,
      'tests/20-x.sh': '#!/bin/sh\r\n',
      'rollouts/stable.json.hbs': template('"duration_minuts": 5'),
    });
    expect(annotations).toMatchObject([
      { level: 'error', title: 'check: template', file: 'rollouts/stable.json.hbs' },
      { level: 'error', title: 'check: test', file: 'tests/20-x.sh', line: 1 },
    ]);
    expect(annotations?.[0]).not.toHaveProperty('line');
  });

  it('checks a folder that is not a repository yet, with or without git installed', async () => {
    const folder = await temporaryFolder();
    for (const [path, text] of Object.entries(good)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const warnings: string[] = [];
    const context = { ...contextAt(now), log: { ...silentLog, warn: (text: string) => warnings.push(text) } };
    expect(await check.run({ directory: folder }, context)).toMatchObject({
      exitCode: 0,
      data: { findings: [] },
    });
    expect(warnings.join()).toContain('not a git repository yet');
    vi.stubEnv('PATH', folder);
    const without = await check.run({ directory: folder }, context).finally(() => vi.unstubAllEnvs());
    expect(without).toMatchObject({ exitCode: 0, data: { findings: [] } });
  });

  it('refuses a folder outside of a repository that has no configuration', async () => {
    await expect(check.run({ directory: '/' }, contextAt(now))).rejects.toThrow('not inside a git work tree');
    await expect(check.run({ directory: '/nowhere' }, contextAt(now))).rejects.toThrow(
      'this folder does not exist',
    );
  });
});
