import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { findStaticBusybox, readProgramKind } from '../../../../src/loop/boot-test/guest/busybox.ts';
import { pinnedTools } from '../../../../src/world/tools/pinned-tools.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const own = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

describe('readProgramKind', () => {
  it('distinguishes a program with a loader from one without', async () => {
    const shell = (await readFile('/bin/sh')).subarray(0, 4096);
    expect(readProgramKind(shell)).toEqual({ architecture: own, static: false });
    const busybox = (await readFile(await findStaticBusybox())).subarray(0, 4096);
    expect(readProgramKind(busybox)).toEqual({ architecture: own, static: true });
  });

  it('knows that a script is not a program', () => {
    expect(readProgramKind(Buffer.from('#!/bin/sh\n'.padEnd(100)))).toBeUndefined();
    expect(readProgramKind(Buffer.alloc(0))).toBeUndefined();
  });
});

const other = own === 'x86_64' ? 'aarch64' : 'x86_64';

describe('findStaticBusybox', () => {
  beforeEach(async () => {
    process.env.XDG_CACHE_HOME = await temporaryFolder();
  });

  it("refuses the host's own for a guest of another architecture, and says how to get another", async () => {
    await expect(findStaticBusybox(other)).rejects.toThrow(
      new RegExp(`${own}.*expected ${other}.*coxswain set-up-host --architecture ${other}.*--helper`),
    );
  });

  it('does not take one from the tool cache that has other bytes than the pinned ones', async () => {
    const { version } = pinnedTools['busybox-static'];
    const folder = join(
      process.env.XDG_CACHE_HOME as string,
      'coxswain/tools/busybox-static',
      version,
      other,
    );
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}.complete`, '');
    await copyFile('/bin/busybox', join(folder, 'busybox-static'));
    await expect(findStaticBusybox(other)).rejects.toThrow(new RegExp(`expected ${other}`));
  });
});
