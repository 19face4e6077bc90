import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliFolder } from './support/build-cli.ts';
import { cli } from './support/cli.ts';

const verbs = readdirSync('src/verbs').map((file) => basename(file, '.ts'));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-main-'));
  await writeFile(join(folder, 'releases.json'), '{ "stream": "stable", "metadata": {}, "releases": [] }');
});
afterAll(() => rm(folder, { recursive: true }));

const graph = [
  'render-graph',
  '--releases',
  'releases.json',
  '--updates',
  'releases.json',
  '--basearch',
  'x86_64',
];

describe('coxswain', () => {
  it('lists every verb with what it does', async () => {
    const { exitCode, stdout } = await cli(['--help'], { cwd: folder });
    expect(exitCode).toBe(0);
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^  ${verb} +[A-Z]`, 'm'));
  });

  it.each(verbs)('%s --help exits with 0', async (verb) => {
    const { exitCode, stdout, stderr } = await cli([verb, '--help'], { cwd: folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Usage: coxswain ${verb}`);
  });

  it('lists no verb outside of the groups of its help', async () => {
    expect((await cli(['--help'], { cwd: folder })).stdout).not.toMatch(/^More:/m);
  });

  it('help VERB is VERB --help', async () => {
    const [one, other] = [
      ['help', 'status'],
      ['status', '--help'],
    ];
    expect((await cli(one, { cwd: folder })).stdout).toBe((await cli(other, { cwd: folder })).stdout);
  });

  it.each([['--version'], ['-V'], ['version']])(
    '%s names the version and Node.js, from any folder',
    async (flag) => {
      const { version } = JSON.parse(await readFile('package.json', 'utf8'));
      const { exitCode, stdout } = await cli([flag], { cwd: folder });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        new RegExp(
          `^coxswain ${version.replaceAll('.', '\\.')}( \\(commit [0-9a-f]{12}\\))?, Node\\.js \\d+`,
        ),
      );
    },
  );

  it.each([
    ['statsu', 'status'],
    ['publish', undefined],
    ['roll_back', 'roll-back'],
    ['promote-img', 'promote-image'],
  ])('asks of the unknown verb %s whether %s was meant', async (verb, meant) => {
    const { exitCode, stderr } = await cli([verb], { cwd: folder });
    expect(exitCode).toBe(2);
    if (meant === undefined) expect(stderr).not.toContain('Did you mean');
    else expect(stderr).toContain(`Did you mean ${meant}?`);
  });

  it('says an error as JSON too if the answer was to be JSON', async () => {
    const usage = await cli(['status', '--json', '--flet', 'x'], { cwd: folder });
    expect(JSON.parse(usage.stdout)).toEqual({
      error: { kind: 'usage', exitCode: 2, message: expect.stringContaining('Did you mean --fleet?') },
    });
    const input = await cli([...graph, '--json', '--now', '1784728800000'], { cwd: folder });
    expect(input.exitCode).toBe(1);
    expect(JSON.parse(input.stdout)).toMatchObject({
      error: { kind: 'input', exitCode: 1, field: '--now', found: '1784728800000' },
    });
  });

  it.each([
    ['a folder', '.'],
    ['a path through a file', 'releases.json/x/answer.json'],
    ['a file system that takes no files', '/proc/coxswain/answer.json'],
    ['a name that is too long', 'x'.repeat(300)],
  ])('refuses %s as the file for the answer by one line', async (_, file) => {
    const { exitCode, stderr } = await cli([...graph, '--json-file', file], { cwd: folder });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: .*cannot be written: [^\n]*\n$/);
  });

  it.each([[[]], [['no-such-verb']], [['../main']], [['render-graph']], [[...graph, '--no-such-flag']]])(
    'wrong usage %j exits with 2',
    async (args) => {
      expect(await cli(args, { cwd: folder })).toMatchObject({ exitCode: 2 });
    },
  );

  it('wrong input exits with 1 and one line that says where', async () => {
    const result = await cli([...graph, '--now', '1784728800000'], { cwd: folder });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^error: --now: this looks like milliseconds.*\n$/);
  });

  it('exits with 3 if something outside failed', async () => {
    const ref = '127.0.0.1:1/acme/os:x';
    const args = ['explain', '--image', ref, '--with', ref, '--json'];
    const { exitCode, stdout } = await cli(args, { cwd: folder, killAfter: 120_000 });
    expect({ exitCode, answer: JSON.parse(stdout) }).toMatchObject({
      exitCode: 3,
      answer: { error: { kind: 'outside', exitCode: 3 } },
    });
  }, 130_000);

  it('writes the answer to a file too if asked', async () => {
    const file = join(folder, 'answer.json');
    const { exitCode, stdout } = await cli([...graph, '--json', '--json-file', file], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ nodes: [], edges: [] });
    expect(await readFile(file, 'utf8')).toBe(stdout);
  });

  it('ends quietly when its output is no longer read', async () => {
    const child = spawn(process.execPath, [join(cliFolder, 'main.mjs'), '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toBe('');
  });
});
