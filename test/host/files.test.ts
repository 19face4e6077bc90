import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileIfThere, withTemporaryFolder, writeFileAtomically } from '../../src/host/files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('writeFileAtomically', () => {
  it('makes folders, replaces whole files and leaves nothing else behind', async () => {
    const path = join(folder, 'a', 'b.json');
    await writeFileAtomically(path, 'one');
    await writeFileAtomically(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'a'))).toEqual(['b.json']);
  });

  it('leaves no half file when the place cannot be written', async () => {
    await writeFileAtomically(join(folder, 'plain'), 'x');
    await expect(writeFileAtomically(join(folder, 'plain', 'below'), 'y')).rejects.toThrow();
    expect(await readFile(join(folder, 'plain'), 'utf8')).toBe('x');
  });
});

describe('withTemporaryFolder', () => {
  it('is gone after an error too', async () => {
    let seen = '';
    await expect(
      withTemporaryFolder('test', async (path) => {
        seen = path;
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(seen).not.toBe('');
    expect(existsSync(seen)).toBe(false);
  });
});

describe('readFileIfThere', () => {
  it('distinguishes absence from failure', async () => {
    expect(await readFileIfThere(join(folder, 'nothing'))).toBeUndefined();
    await expect(readFileIfThere(folder)).rejects.toThrow();
  });
});
