import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { programHelp, verbHelp } from '../../src/cli/help.ts';
import { askedHelp, helpFile, madeHelp } from '../../src/cli/made-help.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { cliFolder } from '../support/build-cli.ts';

const program = pathToFileURL(join(cliFolder, 'main.mjs')).href;

describe('askedHelp', () => {
  it.each([
    [[], { exitCode: 2 }],
    [['--help'], { exitCode: 0 }],
    [['-h'], { exitCode: 0 }],
    [['help'], { exitCode: 0 }],
    [['help', 'status'], { verb: 'status', exitCode: 0 }],
    [['status', '--fleet', 'stable', '--help'], { verb: 'status', exitCode: 0 }],
    [['status', '-h'], { verb: 'status', exitCode: 0 }],
    [['status'], undefined],
    [['--version'], undefined],
    [['--directory', 'os', 'status', '--help'], undefined],
  ])('%j asks for %j', (args, asked) => {
    expect(askedHelp(args)).toEqual(asked);
  });
});

describe('madeHelp', () => {
  it('is what the verbs of this moment say', async () => {
    const names = (await readdir('src/verbs')).map((file) => basename(file, '.ts')).sort();
    const summaries: [string, string][] = [];
    for (const name of names) {
      const { default: verb }: { default: Verb } = await import(`../../src/verbs/${name}.ts`);
      summaries.push([name, verb.summary]);
      expect(madeHelp([name, '--help'], program)).toEqual({ text: verbHelp(name, verb), exitCode: 0 });
    }
    expect(madeHelp([], program)).toEqual({ text: programHelp(summaries), exitCode: 2 });
    expect(Object.keys(JSON.parse(await readFile(join(cliFolder, helpFile), 'utf8')).verbs)).toEqual(names);
  });

  it.each([
    [['no-such-verb', '--help']],
    [['toString', '--help']],
    [['__complete', 'status', '--help']],
    [['version', '--help']],
  ])('leaves %j to the program', (args) => {
    expect(madeHelp(args, program)).toBeUndefined();
  });

  it('leaves everything to the program without the file of help texts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coxswain-help-'));
    expect(madeHelp(['--help'], pathToFileURL(join(folder, 'main.mjs')).href)).toBeUndefined();
    await rm(folder, { recursive: true });
  });
});
