import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { removeAbandoned } from '../../src/host/temporary-names.ts';

let place: string;
let program: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'coxswain-names-'));
  const { rolldown } = await import('rolldown');
  const input = 'test/support/works-in-a-folder.ts';
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  program = join(place, 'worker.mjs');
  await bundle.write({ file: program, format: 'esm' });
});
afterAll(() => rm(place, { recursive: true, force: true }));

/** Another process that works in a temporary folder until it is killed. */
async function startWorker() {
  const child = spawn(process.execPath, [program, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [folder] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { folder: folder.toString(), kill };
}

describe('a temporary folder', () => {
  it('is removed by a later run only if the process that made it was killed', async () => {
    const [killed, alive] = [await startWorker(), await startWorker()];
    await killed.kill();
    expect(existsSync(join(killed.folder, 'layer'))).toBe(true);
    await withTemporaryFolder(
      'root',
      async (own) => {
        expect(await removeAbandoned(place)).toEqual([killed.folder]);
        expect([killed.folder, alive.folder, own].map(existsSync)).toEqual([false, true, true]);
      },
      place,
    );
    await alive.kill();
  });

  it('of a process whose id another process has now is removed', async () => {
    await withTemporaryFolder(
      'root',
      async (own) => {
        // The same process id, and another start.
        const earlier = own.replace(/\.\d+-/, '.1-');
        await mkdir(earlier);
        expect(await removeAbandoned(place)).toContain(earlier);
        expect(existsSync(own)).toBe(true);
      },
      place,
    );
  });

  it('stays if its maker cannot be known: another start of the machine, another container, another name', async () => {
    const names = await withTemporaryFolder(
      'root',
      (own) =>
        Promise.resolve([
          basename(own)
            .replace(/-[0-9a-f]{8}\./, '-00000000.')
            .replace(/\.\d+\./, '.4194304.'),
          'coxswain-root-AbCdEf',
          basename(own)
            .replace('coxswain', 'other')
            .replace(/\.\d+\./, '.4194304.'),
        ]),
      place,
    );
    for (const name of names) await writeFile(join(place, name), '');
    expect(await removeAbandoned(place)).toEqual([]);
    expect(await readdir(place)).toEqual(expect.arrayContaining(names));
  });

  it.skipIf(process.getuid?.() !== 0)('of another user stays', async () => {
    const folder = await withTemporaryFolder('root', (own) => Promise.resolve(own), place);
    const name = folder.replace(/\.\d+\./, '.4194304.');
    await mkdir(name);
    await chown(name, 12_345, 12_345);
    expect(await removeAbandoned(place)).toEqual([]);
    await chown(name, 0, 0);
    expect(await removeAbandoned(place)).toEqual([name]);
  });

  it('is looked for in a place that cannot be listed, without an error', async () => {
    expect(await removeAbandoned(join(place, 'absent'))).toEqual([]);
  });
});
