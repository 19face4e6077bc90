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

  it('writes the answer to a file too where asked', async () => {
    const file = join(folder, 'answer.json');
    const { exitCode, stdout } = await cli([...graph, '--json', '--json-file', file], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ nodes: [], edges: [] });
    expect(await readFile(file, 'utf8')).toBe(stdout);
  });

  it('ends quietly when nobody reads its output any more', async () => {
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
