import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { findStaticBusybox, readProgramKind } from '../../../../src/loop/boot-test/guest/busybox.ts';

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

describe('findStaticBusybox', () => {
  it('is refused for a guest of another architecture', async () => {
    const other = own === 'x86_64' ? 'aarch64' : 'x86_64';
    await expect(findStaticBusybox(other)).rejects.toThrow(new RegExp(`${own}.*expected ${other}`));
  });
});
