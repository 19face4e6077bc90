import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verb } from '../../src/cli/verb.ts';
import checkVerb from '../../src/verbs/check.ts';
import editUpdates from '../../src/verbs/edit-updates.ts';
import { Git } from '../../src/world/git/git.ts';
import { type CliResult, cli } from '../support/cli.ts';
import { inProcess } from '../support/in-process.ts';

// Bad input, one row each. A row runs a verb in a repository of its own, and expects one error of one kind:
// exit code 1 (2 for a wrong command line), every part of the message, no stack trace, and nothing written.
// To add a case, add a row. Most rows run in this process; every row about a checkout, and the first of each other group, run
// the built program, so that each way to an error is seen as a user sees it.

interface BadInput {
  readonly name: string;
  /** Committed files besides those of `good`; null: a folder of that name. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Default: check. */
  readonly args?: readonly string[];
  /** Parts of standard output and standard error. */
  readonly expected: readonly string[];
  /** Default: 1. */
  readonly exitCode?: 1 | 2;
}

const version = '44.20260707.3.1-3f9a1c02';

const good: Readonly<Record<string, string>> = {
  'coxswain.yaml': yaml(),
  Containerfile: 'FROM quay.io/fedora/fedora-coreos:stable\nRUN true\n',
  'rollouts/testing.json.hbs': template('"start_percentage": 1'),
  'rollouts/stable.json.hbs': template('"start_percentage": 1'),
  'tests/10-boots.sh': '#!/bin/sh\n',
};

function yaml(
  more = '',
  { image = 'ghcr.io/acme/os', fleets = 'testing: {}, stable: { promote-from: testing }' } = {},
): string {
  return `image: ${image}\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { ${fleets} }\n${more}\n`;
}

function template(rollout: string): string {
  return `{"version": "{{version}}", "metadata": {"rollout": { ${rollout} }}}`;
}

function config(name: string, more: string, ...expected: string[]): BadInput {
  return { name, files: { 'coxswain.yaml': yaml(more) }, expected: ['coxswain.yaml:', ...expected] };
}

function fleets(name: string, text: string, ...expected: string[]): BadInput {
  const files = { 'coxswain.yaml': yaml('', { fleets: text }) };
  return { name, files, expected: ['coxswain.yaml:', ...expected] };
}

function policy(name: string, text: string, ...expected: string[]): BadInput {
  return {
    name,
    files: { 'rollouts/stable.json.hbs': text },
    expected: ['rollouts/stable.json.hbs', ...expected],
  };
}

function edit(name: string, flags: readonly string[], ...expected: string[]): BadInput {
  const by = flags.includes('--by') ? [] : ['--by', 'Ada'];
  const args = ['edit-updates', '--fleet', 'testing', ...by, ...flags];
  return { name, files: releasedFiles(), args, expected };
}

const configurations: readonly BadInput[] = [
  { name: 'coxswain.yaml is a folder', files: { 'coxswain.yaml': null }, expected: ['cannot be read'] },
  { name: 'coxswain.yaml is empty', files: { 'coxswain.yaml': '' }, expected: ['the file is empty'] },
  { name: 'coxswain.yaml is binary', files: { 'coxswain.yaml': '\0\x01\x02' }, expected: ['coxswain.yaml'] },
  { name: 'coxswain.yaml is a list', files: { 'coxswain.yaml': '- a\n' }, expected: ['coxswain.yaml'] },
  config('two fields of one name', 'base: x', 'this field occurs twice'),
  config('an unknown tag of YAML', 'stream: !!js/function "x"', 'not YAML'),
  config('a ring __proto__', 'rings: { __proto__: 0.5 }', 'this name cannot be used', '__proto__'),
  config('rings that differ in case', 'rings: { early: 0.1, Early: 0.2 }', 'only in upper and lower case'),
  config('a ring with two dots', 'rings: { "a..b": 0.5 }', 'this name cannot be used'),
  config('a ring that ends in a dot', 'rings: { "a.": 0.5 }', 'this name cannot be used'),
  config('a ring named v1', 'rings: { v1: 0.5 }', 'part of published addresses'),
  config('a ring below 0', 'rings: { a: -0.1 }', 'rings.a'),
  config('a ring above 1', 'rings: { a: 1.01 }', 'rings.a'),
  config('a ring that is not a number', 'rings: { a: .nan }', 'rings.a'),
  fleets('a fleet __proto__', '__proto__: {}, a: {}', 'this name cannot be used'),
  fleets('no fleet', '', 'it has no fleet'),
  fleets('fleets that differ in case', 'stable: {}, Stable: {}', 'only in upper and lower case'),
  fleets('a fleet with two dots', '"a..b": {}', 'this name cannot be used'),
  fleets('a fleet that ends in a dot', '"testing.": {}', 'this name cannot be used'),
  fleets('a fleet that ends in .lock', '"a.lock": {}', 'this name cannot be used'),
  fleets('a fleet github-pages', 'github-pages: {}', 'GitHub Pages deploys to'),
  fleets('a fleet GitHub-Pages', 'GitHub-Pages: {}', 'GitHub Pages deploys to'),
  fleets('a fleet with a slash', '"a/b": {}', 'this name cannot be used'),
  fleets('a fleet of 64 letters', `${'a'.repeat(64)}: {}`, 'this name cannot be used'),
  fleets('a fleet index.html', 'index.html: {}', 'part of published addresses'),
  fleets('a branch of two dots', 'a: { branch: "x..y" }', 'a branch name that git accepts'),
  fleets('a branch @', 'a: { branch: "@" }', 'a branch name that git accepts'),
  fleets('a branch below another', 'a: { branch: os }, b: { branch: os/b }', 'git cannot have this branch'),
  fleets('a tag that is a version', 'a: { tag: 44.20260707.3.1 }', 'fleets.a.tag'),
  fleets('two fleets with one tag', 'a: { tag: x }, b: { tag: x }', 'has this tag already'),
  fleets('promotion in a circle', 'a: { promote-from: b }, b: { promote-from: a }', 'form a circle'),
  fleets('promotion from itself', 'a: { promote-from: a }', 'form a circle'),
  fleets(
    'promotion from a misspelt fleet',
    'testing: {}, b: { promote-from: testin }',
    'Did you mean testing?',
  ),
  fleets('a soak time of 400 digits', `a: {}, b: { promote-from: a, soak: ${'9'.repeat(400)}w }`, 'too long'),
  fleets('a soak time of 700,000 d', 'a: {}, b: { promote-from: a, soak: 700000d }', 'too long', '3650d'),
  fleets('a soak time without a unit', 'a: {}, b: { promote-from: a, soak: "48" }', 'soak'),
  fleets('a template outside of the repository', 'a: { template: ../x.hbs }', 'without ".."'),
  fleets('a fleet that is a text', 'a: hello', 'fleets.a'),
  config('a state branch of two dots', 'state-branch: "a..b"', 'a branch name that git accepts'),
  config('a state branch that is a flag', 'state-branch: "-x"', 'a branch name that git accepts'),
  config('a state branch that ends in .lock', 'state-branch: a.lock', 'a branch name that git accepts'),
  config('a state branch with .lock inside', 'state-branch: a.lock/b', 'a branch name that git accepts'),
  config('a state branch of a fleet', 'state-branch: stable', 'no fleet can be on'),
  config('a state branch below a fleet', 'state-branch: stable/state', 'git cannot have this branch'),
  config('refresh of 0 s', 'refresh: 0s', 'too old at once'),
  config('refresh of 400 digits', `refresh: ${'9'.repeat(400)}d`, 'too long'),
  config('refresh without a unit', 'refresh: 7', 'refresh'),
  config(
    'a freeze that ends before it starts',
    'freeze: [{ start: 2026-12-18T00:00, until: 2026-12-17T00:00, reason: x }]',
    'ends before it starts',
  ),
  config(
    'a freeze that ends when it starts',
    'freeze: [{ start: 2026-12-18, until: 2026-12-18, reason: x }]',
    'ends before it starts',
  ),
  config(
    'a freeze on 30 February',
    'freeze: [{ start: 2026-02-30T00:00, duration: 3d, reason: x }]',
    'this day does not exist',
  ),
  config(
    'a freeze until 31 April',
    'freeze: [{ start: 2026-04-01, until: 2026-04-31, reason: x }]',
    'this day does not exist',
  ),
  config(
    'a freeze on 30 February of every year',
    'freeze: [{ start: "0 0 30 2 *", duration: 3d, reason: x }]',
    'this time never comes',
  ),
  config('a freeze of 0 s', 'freeze: [{ start: 2026-12-18, duration: 0s, reason: x }]', 'takes no time'),
  config('a freeze without an end', 'freeze: [{ start: 2026-12-18, reason: x }]', 'has no end'),
  config(
    'a freeze with two ends',
    'freeze: [{ start: 2026-12-18, until: 2026-12-19, duration: 1d, reason: x }]',
    'two ends',
  ),
  config(
    'a freeze that repeats and ends once',
    'freeze: [{ start: "0 16 * * 5", until: 2026-12-19, reason: x }]',
    'cannot end at one moment',
  ),
  config('a freeze without a reason', 'freeze: [{ start: 2026-12-18, duration: 1d, reason: "" }]', 'reason'),
  config(
    'a freeze in no time zone',
    'freeze: [{ start: 2026-12-18, duration: 1d, time-zone: Mars/Base, reason: x }]',
    'this time zone does not exist',
  ),
  config('memory of 10⁹', 'boot-test: { memory: 1000000000 }', 'boot-test.memory', '1048576 or less'),
  config('memory of 1', 'boot-test: { memory: 1 }', 'boot-test.memory'),
  config('65 processors', 'boot-test: { cpus: 65 }', 'boot-test.cpus'),
  config('a deadline of 0 s', 'boot-test: { deadline: 0s }', 'boot-test.deadline'),
  config('a kernel argument with a space', 'boot-test: { kernel-arguments: ["a b"] }', 'kernel-arguments'),
  config('a port of 99999', 'test-image: registry.example:99999/os', 'this is not a port', '99999'),
  config('a port of 0', 'test-image: registry.example:0/os', 'this is not a port'),
  config('an image of 600 characters', `test-image: ghcr.io/${'a'.repeat(600)}`, 'too long'),
  config('an image with a tag', 'test-image: ghcr.io/acme/os-test:latest', 'a repository has no tag'),
  config('an image with a scheme', 'test-image: https://ghcr.io/acme/os', 'no scheme'),
  config('an image in upper case', 'test-image: ghcr.io/Acme/os', 'Write acme/os'),
  config('an image without a host', 'test-image: acme/os', 'no registry host'),
  config('one repository for both', 'test-image: ghcr.io/acme/os', 'the production repository too'),
  config('an address of another scheme', 'publish: { url: "ftp://acme.example/" }', 'publish.url'),
  config('an address with a query', 'publish: { url: "https://acme.example/?a" }', 'publish.url'),
  config('a misspelt field', 'refesh: 7d', 'Did you mean refresh?'),
  config('an architecture by its Go name', 'architectures: [amd64]', 'Did you mean x86_64?'),
  config('no architecture', 'architectures: []', 'at least 1'),
  config('a build argument that is no name', 'build-arguments: { "a-b": x }', 'build-arguments'),
  config('a tool that splits no layers', 'rechunk: gzip', 'rechunk', 'chunkah'),
  config('501 layers', 'rechunk: { max-layers: 501 }', 'rechunk.max-layers'),
  config('tests outside of the repository', 'tests: /etc', 'a path inside the repository'),
  config('a stream that is no tag', 'stream: "a b"', 'stream'),
];

const templates: readonly BadInput[] = [
  policy(
    'a misspelt field',
    template('"duration_minuts": 5'),
    'duration_minuts',
    'no such field in a rollout',
  ),
  policy('no duration', template('"start_percentage": 0.5'), 'would never be complete'),
  policy('a percentage of 5', template('"duration_minutes": 5, "start_percentage": 5'), '0.05 means 5 %'),
  policy('milliseconds', template('"duration_minutes": 5, "start_epoch": 1785000000000'), 'milliseconds'),
  policy('a duration of centuries', template('"duration_minutes": 999999999'), 'too long'),
  policy('minutes of 999…d', template(`"duration_minutes": {{minutes "${'9'.repeat(400)}d"}}`), 'too long'),
  policy('half a minute', template('"duration_minutes": 0.5'), 'duration_minutes'),
  policy('a negative duration', template('"duration_minutes": -5'), 'duration_minutes'),
  policy(
    'a start on 30 February',
    template('"duration_minutes": 5, "start_epoch": {{start "2026-02-30T10:00:00Z"}}'),
    'this day does not exist',
  ),
  policy(
    'a start in centuries',
    template('"duration_minutes": 5, "start_epoch": 90000000000'),
    'would start in',
  ),
  policy('a dead-end', '{"version": "{{version}}", "metadata": {"deadend": {"reason": "x"}}}', 'dead-end'),
  policy(
    'another version',
    '{"version": "1", "metadata": {"rollout": {"start_percentage": 1}}}',
    'another version',
  ),
  policy('no JSON', 'hello', 'rollouts/stable.json.hbs'),
  policy('a second document', `${template('"start_percentage": 1')} {}`, 'rollouts/stable.json.hbs'),
  policy(
    'an unknown variable',
    `${template('"start_percentage": 1')}{{verson}}`,
    'unknown variable',
    'verson',
  ),
  policy('an unknown helper', '{{hours "5"}}', 'unknown helper', 'hours'),
  policy('a partial', '{{> x}}', 'partials are not supported'),
  policy('an open block', '{{#if version}}', 'not a Handlebars template'),
  policy('20,000 blocks', `${'{{#if version}}'.repeat(20_000)}${'{{/if}}'.repeat(20_000)}`, 'too long'),
  policy('4,000 blocks', '{{#if version}}'.repeat(4000), 'nested too deeply'),
  policy(
    '5,000 brackets',
    `{{json ${'(json '.repeat(5000)}version${')'.repeat(5000)}}}`,
    'nested too deeply',
  ),
  policy('nothing', '', 'rollouts/stable.json.hbs'),
];

const checkouts: readonly BadInput[] = [
  {
    name: 'a test of Windows',
    files: { 'tests/2.sh': '#!/bin/sh\r\n' },
    expected: ['tests/2.sh:1', 'CR LF'],
  },
  {
    name: 'a misspelt timeout',
    files: { 'tests/2.sh': '# coxswain: tmeout=1\n' },
    expected: ['tests/2.sh:1'],
  },
  {
    name: 'a misspelt hold file',
    files: { '.coxswain/hold/stabel.yaml': 'x' },
    expected: ['.coxswain/hold/stabel.yaml', 'Did you mean stable.yaml?'],
  },
  {
    name: 'a hold file with the ending yml',
    files: { '.coxswain/hold/stable.yml': 'x' },
    expected: ['.coxswain/hold/stable.yml', 'Did you mean stable.yaml?'],
  },
  { name: 'a Containerfile that is a folder', files: { Containerfile: null }, expected: ['does not exist'] },
  { name: 'an empty Containerfile', files: { Containerfile: '' }, expected: ['Containerfile'] },
  {
    name: 'a Containerfile without our base',
    files: { Containerfile: 'FROM scratch\n' },
    expected: ['Containerfile'],
  },
  {
    name: 'a Containerfile that begins with RUN',
    files: { Containerfile: 'RUN x\n' },
    expected: ['Containerfile'],
  },
  {
    name: 'a moment on 30 February',
    args: ['check', '--now', '2026-02-30'],
    expected: ['this day does not exist'],
    exitCode: 1,
  },
  { name: 'a moment in milliseconds', args: ['check', '--now', '1785000000000'], expected: ['milliseconds'] },
  { name: 'an unknown flag', args: ['check', '--fix'], expected: ['--fix'], exitCode: 2 },
];

const edits: readonly BadInput[] = [
  edit('a misspelt action', ['--action', 'paus'], 'Did you mean pause?'),
  edit('no reason', ['--action', 'pause'], 'needs --reason'),
  edit('an empty reason', ['--action', 'hold', '--reason', ' \n '], 'needs a --reason'),
  edit(
    'a reason of 100 kB',
    ['--action', 'hold', '--reason', 'x'.repeat(100_000)],
    'too long',
    'at most 1000',
  ),
  edit('an escape sequence', ['--action', 'hold', '--reason', 'a\u001b[31mred'], 'control characters'),
  edit('a bell in a name', ['--action', 'hold', '--reason', 'x', '--by', 'A\u0007da'], 'control characters'),
  edit('text that runs backwards', ['--action', 'hold', '--reason', 'a\u202eb'], 'control characters'),
  edit(
    'a pause of 999…d',
    ['--action', 'pause', '--reason', 'x', '--for', `${'9'.repeat(400)}d`],
    'too long',
  ),
  edit('a hold of 700,000 d', ['--action', 'hold', '--reason', 'x', '--for', '700000d'], 'too long'),
  edit('a hold of no time', ['--action', 'hold', '--reason', 'x', '--for', '0s'], '--for'),
  edit('a hold of minus a day', ['--action', 'hold', '--reason', 'x', '--for=-1d'], '--for'),
  edit(
    'a start in the past',
    ['--action', 'rollout', '--duration', '1h', '--start', '2020-01-01T00:00:00Z'],
    'part of the nodes would be offered it at once',
  ),
  edit(
    'a start on 30 February',
    ['--action', 'rollout', '--duration', '1h', '--start', '2030-02-30T00:00:00Z'],
    'this day does not exist',
  ),
  edit(
    'a start in the year 9000',
    ['--action', 'rollout', '--duration', '1h', '--start', '4999-01-01T00:00:00Z'],
    'away',
  ),
  edit(
    'a rollout of a complete release',
    ['--action', 'rollout', '--duration', '1h'],
    'is complete',
    '--force',
  ),
  edit('half a minute', ['--action', 'rollout', '--duration', '30s'], 'whole minutes'),
  edit(
    'a misspelt version',
    ['--action', 'barrier', '--reason', 'x', '--version', version.replace('c02', 'c03')],
    `Did you mean ${version}?`,
  ),
  edit('a pause of a complete release', ['--action', 'pause', '--reason', 'x'], 'nothing to pause'),
  {
    ...edit('a misspelt fleet', []),
    args: ['edit-updates', '--fleet', 'testin', '--action', 'hold', '--reason', 'x'],
    expected: ['testin', 'testing'],
  },
];

/** Fleet testing has one release, whose rollout is complete. */
function releasedFiles(): Record<string, string> {
  return { 'state/released': 'yes' };
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe.concurrent.each([
  ['the configuration', configurations],
  ['a rollout template', templates],
  ['a checkout', checkouts],
  ['edit-updates', edits],
] as const)('bad input in %s', (_kind, rows) => {
  it.each(rows.map((row, index) => [row.name, row, index === 0 || rows === checkouts] as const))(
    '%s',
    async (_name, row, asProgram) => {
      const git = await repository(row.files ?? {});
      const before = await everything(git);
      const args = row.args ?? ['check'];
      const { exitCode, stdout, stderr } = asProgram
        ? await cli(args, { cwd: git.directory })
        : await runHere(args, git.directory);
      const shown = `${stdout}${stderr}`;
      for (const part of row.expected) expect(shown).toContain(part);
      expect(exitCode, shown).toBe(row.exitCode ?? (/\bneeds (a )?--/.test(shown) ? 2 : 1));
      expect(shown).not.toMatch(/\n\s+at |please report it|undefined|\[object/);
      expect(shown).not.toContain('\u001b[31m');
      expect(await everything(git)).toEqual(before);
    },
    120_000,
  );
});

const verbs: Readonly<Record<string, Verb>> = { check: checkVerb, 'edit-updates': editUpdates };

async function runHere([name = '', ...args]: readonly string[], directory: string): Promise<CliResult> {
  const verb = verbs[name];
  if (verb === undefined) throw new Error(`add ${name} to the verbs of this file`);
  return inProcess(verb, args, directory);
}

it('never repeats the password of an address', async () => {
  const git = await repository({
    'coxswain.yaml': yaml('publish: { url: "https://ada:secret-word@acme.example/os/" }'),
  });
  const { exitCode, stdout, stderr } = await cli(['check'], { cwd: git.directory });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('only https://acme.example/os/');
  expect(stdout + stderr).not.toContain('secret-word');
}, 120_000);

it('accepts the checkout that every row changes', async () => {
  const git = await repository({});
  const { exitCode, stdout } = await cli(['check'], { cwd: git.directory });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('no finding')]);
}, 120_000);

/** A repository of its own for a row: a copy of a template, with the row's files committed. */
async function repository(files: Readonly<Record<string, string | null>>): Promise<Git> {
  const folder = await temporary();
  const { 'state/released': released, ...changed } = files;
  templateFolders ??= {
    plain: startRepository({ released: false }),
    released: startRepository({ released: true }),
  };
  await cp(await (released === undefined ? templateFolders.plain : templateFolders.released), folder, {
    recursive: true,
  });
  const git = new Git(folder);
  if (Object.keys(changed).length === 0) return git;
  for (const [path, text] of Object.entries(changed)) {
    await rm(join(folder, path), { force: true });
    await mkdir(dirname(join(folder, path)), { recursive: true });
    if (text === null) await mkdir(join(folder, path));
    else await writeFile(join(folder, path), text);
  }
  await git.run(['add', '--all']);
  await git.run(['commit', '--quiet', '--message', 'Change']);
  return git;
}

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-bad-'));
  folders.push(folder);
  return folder;
}

let templateFolders: Record<'plain' | 'released', Promise<string>> | undefined;

/** A committed checkout without a fault. */
async function startRepository({ released }: { readonly released: boolean }): Promise<string> {
  const git = new Git(await temporary());
  await git.run(['init', '--quiet', '--initial-branch', 'testing', '--template=']);
  for (const [path, text] of Object.entries(good)) {
    await mkdir(dirname(join(git.directory, path)), { recursive: true });
    await writeFile(join(git.directory, path), text);
  }
  await git.run(['add', '--all']);
  await git.run(['commit', '--quiet', '--message', 'Start']);
  if (released) await release(git);
  return git.directory;
}

/** A state branch with one complete release of fleet testing. */
async function release(git: Git): Promise<void> {
  const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-21T14:00:00Z' } };
  const digest = `ghcr.io/acme/os@sha256:${'0'.repeat(64)}`;
  const images = [{ architecture: 'x86_64', image: `ghcr.io/acme/os:${version}`, 'digest-ref': digest }];
  await git.run(['switch', '--quiet', '--orphan', 'coxswain']);
  await mkdir(join(git.directory, 'fleets/testing'), { recursive: true });
  const write = (name: string, content: unknown) =>
    writeFile(join(git.directory, 'fleets/testing', name), `${JSON.stringify(content, null, 2)}\n`);
  await write('releases.json', {
    ...head,
    note: '',
    releases: [{ commits: [], version, metadata: '', 'oci-images': images }],
  });
  await write('updates.json', {
    ...head,
    releases: [{ version, metadata: { rollout: { start_percentage: 1 } } }],
  });
  await git.run(['add', '--all']);
  await git.run(['commit', '--quiet', '--message', 'Release']);
  await git.run(['switch', '--quiet', 'testing']);
}

/** Every branch, and every file of the work tree. */
async function everything(git: Git): Promise<unknown> {
  const refs = await git.run(['for-each-ref', '--format=%(refname) %(objectname)']);
  const names = (await readdir(git.directory, { recursive: true, withFileTypes: true }))
    .filter(
      (entry) => entry.isFile() && !entry.parentPath.includes('.git/') && !entry.parentPath.endsWith('.git'),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return [refs, await Promise.all(names.map(async (name) => [name, await readFile(name, 'latin1')]))];
}
