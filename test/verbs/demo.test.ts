import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import demo from '../../src/verbs/demo.ts';
import { contextAt } from '../support/project.ts';
import { temporaryFolder } from '../support/repository.ts';

// The stories themselves take a minute: CI plays them by script/demo.

const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

const run = (output: string, args: readonly string[] = []) =>
  demo.run(readArguments(demo.inputs, ['--output', output, ...args]), contextAt(0));

describe('demo', () => {
  it('names every missing program before it does anything', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'summary.json'), '{}');
    process.env.PATH = folder;
    await expect(run(folder)).rejects.toThrow(
      /not installed: .*buildah.*docker-registry.*git.*apt-get install/,
    );
    expect(await readdir(folder)).toEqual(['summary.json']);
  });

  it('deletes no folder that an earlier demo did not write', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'photos'));
    await expect(run(folder)).rejects.toThrow(/^--output: .*not the results of an earlier demo/);
    expect(await readdir(folder)).toEqual(['photos']);
  });

  it('keeps the results of an earlier demo if it is called wrongly', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'summary.json'), '{"of": "an earlier demo"}');
    await expect(run(folder, ['--node', '--failing-test'])).rejects.toThrow(/--node/);
    expect(await readFile(join(folder, 'summary.json'), 'utf8')).toContain('earlier');
  });

  it('can be run again in the folder of a demo that did not get to its end', async () => {
    const folder = await temporaryFolder();
    const broken = ['--base', '127.0.0.1:1/no/registry:here'];
    await expect(run(folder, broken)).rejects.toThrow(/127\.0\.0\.1:1/);
    await writeFile(join(folder, 'half.log'), 'half');
    await expect(run(folder, broken)).rejects.toThrow(/127\.0\.0\.1:1/);
    expect(await readdir(folder)).toEqual(['summary.json']);
  });
});
