import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { thisProcess } from '../../../../src/host/temporary-names.ts';
import { asOnlyWriter } from '../../../../src/loop/boot-test/report/one-writer.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const sixMinutesAgo = () => new Date(Date.now() - 360_000);

afterEach(() => void vi.useRealTimers());

describe('the output folder of a boot test', () => {
  it('is for one boot test at a time: a second one is an error, and disturbs nothing', async () => {
    const folder = join(await temporaryFolder(), 'output');
    await asOnlyWriter(folder, async () => {
      await writeFile(join(folder, 'console.log'), 'of the first');
      const second = asOnlyWriter(folder, () => writeFile(join(folder, 'console.log'), ''));
      await expect(second).rejects.toThrow(
        new RegExp(`output: another boot test writes to this folder \\(process ${process.pid}\\).*--output`),
      );
    });
    expect(await readdir(folder)).toEqual(['console.log']);
    expect(await asOnlyWriter(folder, () => Promise.resolve('again'))).toBe('again');
  });

  it('is free again after a failure, and is not made for nothing', async () => {
    const folder = join(await temporaryFolder(), 'output');
    await expect(asOnlyWriter(folder, () => Promise.reject(new Error('stop')))).rejects.toThrow('stop');
    expect(existsSync(folder)).toBe(false);
  });

  it('is free after a boot test that was killed, and not if that cannot be known', async () => {
    const folder = await temporaryFolder();
    const killed = (thisProcess() ?? '').replace(/\d+$/, '1');
    await writeFile(join(folder, '.in-use'), killed);
    expect(await asOnlyWriter(folder, () => Promise.resolve('done'))).toBe('done');
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, '.in-use'), `00000000.4194304.1`);
    await expect(asOnlyWriter(folder, () => Promise.resolve(''))).rejects.toThrow(/remove \.in-use/);
  });

  it('is free after a boot test of another container, or from before a restart, when that was silent for 5 minutes', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, '.in-use');
    await writeFile(file, '00000000.1.1');
    await utimes(file, sixMinutesAgo(), sixMinutesAgo());
    expect(await asOnlyWriter(folder, () => Promise.resolve('done'))).toBe('done');
  });

  it('is not free while a boot test of another container gives signs of life', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const folder = await temporaryFolder();
    const file = join(folder, '.in-use');
    await asOnlyWriter(folder, async () => {
      await utimes(file, sixMinutesAgo(), sixMinutesAgo());
      vi.advanceTimersByTime(30_000);
      await vi.waitFor(async () => expect(Date.now() - (await stat(file)).mtimeMs).toBeLessThan(60_000));
    });
    expect(vi.getTimerCount()).toBe(0);
  });
});
