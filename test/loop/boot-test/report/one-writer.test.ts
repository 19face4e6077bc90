import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../../../src/host/temporary-names.ts';
import { asOnlyWriter } from '../../../../src/loop/boot-test/report/one-writer.ts';
import { temporaryFolder } from '../../../support/repository.ts';

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
});
