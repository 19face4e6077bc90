import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import { insideRoot } from '../../../../src/host/inside-root.ts';
import type { GuestSettings } from '../../../../src/loop/boot-test/guest/guest-scripts.ts';
import { makeInitrd } from '../../../../src/loop/boot-test/guest/initrd.ts';
import type { Kernel } from '../../../../src/loop/boot-test/guest/kernel.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const settings: GuestSettings = {
  systemd: '/usr/lib/systemd/systemd',
  rootType: 'erofs',
  fallbackTerminal: 'ttyS1',
  systemSeconds: 300,
  environment: {},
  tests: [],
};

const kernelIn = (folder: string): Kernel => ({
  root: insideRoot(folder),
  version: '6.1.0',
  modules: '/lib',
  path: '/lib/vmlinuz',
  file: undefined,
  unified: undefined,
});

const unpack = async (initrd: Buffer) => {
  const place = await temporaryFolder();
  await writeFile(join(place, 'initrd'), initrd);
  await exec('cpio', ['--extract', '--quiet', '--file', 'initrd'], { cwd: place });
  return (path: string) => readFile(join(place, path), 'utf8');
};

describe('makeInitrd', () => {
  it('has the modules decompressed and in order, the scripts, and the nonce', async () => {
    const root = await temporaryFolder();
    const modules = join(root, 'lib');
    await mkdir(join(modules, 'kernel'), { recursive: true });
    const compressors = { xz: ['xz', '-z'], zst: ['zstd', '--rm', '-q'], gz: ['gzip'], plain: undefined };
    for (const [name, compressor] of Object.entries(compressors)) {
      const file = join(modules, `kernel/m-${name}.ko`);
      await writeFile(file, `module ${name}`);
      if (compressor !== undefined) await exec(compressor[0] as string, [...compressor.slice(1), file]);
    }
    const initrd = await makeInitrd({
      busybox: '/bin/sh',
      kernel: kernelIn(root),
      moduleFiles: ['kernel/m-xz.ko.xz', 'kernel/m-zst.ko.zst', 'kernel/m-gz.ko.gz', 'kernel/m-plain.ko'],
      settings,
      nonce: '0123456789ab',
    });
    const text = await unpack(initrd);
    const names = Object.keys(compressors).map((name, index) => `00${index}-m-${name}.ko`);
    expect(await text('modules/order')).toBe(names.map((name) => `${name}\n`).join(''));
    for (const name of names)
      expect(await text(`modules/${name}`)).toBe(`module ${name.slice(6, -'.ko'.length)}`);
    expect(await text('nonce')).toBe('0123456789ab\n');
    expect(await text('init')).toContain('#!/bin/busybox sh');
    expect(await text('coxswain/settings')).toContain('root_type=');
  });

  it('refuses a module of an unknown compression, or that the image does not have', async () => {
    const options = { busybox: '/bin/sh', kernel: kernelIn('/nowhere'), settings, nonce: 'n' };
    await expect(makeInitrd({ ...options, moduleFiles: ['kernel/a.ko.br'] })).rejects.toThrow(
      /unknown compression/,
    );
    await expect(makeInitrd({ ...options, moduleFiles: ['kernel/a.ko'] })).rejects.toThrow(
      /modules.dep names a kernel module that the image does not have/,
    );
  });
});
