import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { insideRoot } from '../../../src/host/inside-root.ts';
import { writeNewc } from '../../../src/loop/boot-test/guest/newc.ts';
import { runArguments } from '../../../src/loop/boot-test/guest/root-filesystem.ts';
import {
  checkKernel,
  checkLabels,
  checkLeftovers,
  checkLint,
  lintCommand,
} from '../../../src/loop/boot-test/image-check.ts';
import { digestOf } from '../../../src/world/registry/reference.ts';
import { temporaryFolder } from '../../support/repository.ts';

const labels = {
  'containers.bootc': '1',
  'com.coreos.stream': 'stable',
  'org.opencontainers.image.version': '44.1',
};
const config = {
  architecture: 'amd64',
  os: 'linux',
  created: '2026-07-07T12:00:00Z',
  labels,
  diffIds: [],
  digest: digestOf('config'),
};

describe('checkLabels', () => {
  it('takes an image that has all a node needs', () => {
    expect(checkLabels(config, 'stable')).toEqual({
      name: 'check: labels',
      result: 'passed',
      exitCode: 0,
      seconds: 0,
      output: '',
    });
  });

  it.each(Object.keys(labels))('misses %s, and says who needs it', (name) => {
    const { [name as keyof typeof labels]: _left, ...others } = labels;
    const result = checkLabels({ ...config, labels: others }, 'stable');
    expect(result).toMatchObject({ result: 'failed', output: expect.stringContaining(`no label ${name}: `) });
  });

  it('refuses another stream, and a time that no update is newer than', () => {
    expect(checkLabels(config, 'next').output).toMatch(/"stable", and stream of coxswain\.yaml is "next"/);
    expect(checkLabels({ ...config, created: '1970-01-01T00:00:00Z' }, 'stable').result).toBe('failed');
    const { created: _created, ...timeless } = config;
    expect(checkLabels(timeless, 'stable').output).toContain('created at no time');
  });
});

describe('checkKernel', () => {
  const initramfs = writeNewc([{ path: 'init', content: '#!/bin/sh', mode: 0o755 }]);

  it('wants exactly one kernel, and an initramfs beside it that a kernel can read', async () => {
    const folder = await temporaryFolder();
    const root = insideRoot(folder);
    await expect(checkKernel(root, 'x')).rejects.toThrow('x: the image has no kernel');
    const modules = join(folder, 'usr/lib/modules/6.1.0');
    await mkdir(modules, { recursive: true });
    await writeFile(join(modules, 'vmlinuz'), '');
    expect(await checkKernel(root, 'x')).toMatchObject({
      result: 'failed',
      output: expect.stringContaining('/usr/lib/modules/6.1.0/initramfs.img: there is none'),
    });
    await writeFile(join(modules, 'initramfs.img'), 'garbage');
    expect(await checkKernel(root, 'x')).toMatchObject({
      result: 'failed',
      output: expect.stringContaining('it cannot be read: no cpio archive'),
    });
    await writeFile(join(modules, 'initramfs.img'), initramfs);
    expect((await checkKernel(root, 'x')).result).toBe('passed');
    expect(await checkKernel(root, 'x', { prepareRoot: true })).toMatchObject({
      result: 'failed',
      output: expect.stringContaining('no ostree-prepare-root'),
    });
  });

  it('follows an absolute link inside the image, and refuses a folder and a second kernel', async () => {
    const folder = await temporaryFolder();
    const root = insideRoot(folder);
    const modules = join(folder, 'usr/lib/modules/6.1.0');
    await mkdir(join(folder, 'boot'), { recursive: true });
    await mkdir(modules, { recursive: true });
    await writeFile(join(folder, 'boot/kernel'), '');
    await symlink('/boot/kernel', join(modules, 'vmlinuz'));
    await writeFile(join(modules, 'initramfs.img'), initramfs);
    expect((await checkKernel(root, 'x')).result).toBe('passed');
    const other = join(folder, 'usr/lib/modules/6.2.0');
    await mkdir(join(other, 'vmlinuz'), { recursive: true });
    await expect(checkKernel(root, 'x')).rejects.toThrow(
      /not a file that a kernel can be in, found "folder"/,
    );
    await rm(join(other, 'vmlinuz'), { recursive: true });
    await writeFile(join(other, 'vmlinuz'), '');
    await expect(checkKernel(root, 'x')).rejects.toThrow('the image has 2 kernels');
  });

  it('refuses a kernel that would look for its modules in another folder', async () => {
    const folder = await temporaryFolder();
    const modules = join(folder, 'usr/lib/modules/6.1.0');
    await mkdir(modules, { recursive: true });
    await writeFile(join(modules, 'initramfs.img'), initramfs);
    const kernel = Buffer.alloc(2048);
    kernel.write('HdrS', 0x202);
    kernel.writeUInt16LE(0x300, 0x20e);
    const check = async (version: string) => {
      kernel.write(`${version} (somebody@example.com) #1 SMP\0`, 0x500);
      await writeFile(join(modules, 'vmlinuz'), kernel);
      return checkKernel(insideRoot(folder), 'x');
    };
    expect((await check('6.1.0')).result).toBe('passed');
    expect(await check('6.1.0-rc1')).toMatchObject({
      result: 'failed',
      output: expect.stringContaining('vmlinuz: the kernel is 6.1.0-rc1, and finds no modules'),
    });
  });
});

describe('checkLeftovers', () => {
  it('warns, or fails if the configuration says so', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'var/lib/app'), { recursive: true });
    expect(await checkLeftovers(insideRoot(root), 'fail')).toMatchObject({ result: 'passed', output: '' });
    await writeFile(join(root, 'var/lib/app/data'), '');
    expect(await checkLeftovers(insideRoot(root), 'warn')).toMatchObject({
      result: 'passed',
      output: expect.stringMatching(/^warning: 1 files .*\n\/var\/lib\/app\/data\n$/),
    });
    await mkdir(join(root, 'run'));
    await writeFile(join(root, 'run/lock'), '');
    expect(await checkLeftovers(insideRoot(root), 'fail')).toMatchObject({
      result: 'failed',
      output: expect.stringContaining('/run/lock'),
    });
  });
});

describe('checkLint', () => {
  it("runs the image's own bootc if it has one, in a container", async () => {
    const root = await temporaryFolder();
    const run = async (command: readonly string[]) => ({ exitCode: 1, output: `ran ${command.join(' ')}` });
    expect(await checkLint(insideRoot(root), run)).toBeUndefined();
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await writeFile(join(root, 'usr/bin/bootc'), '');
    await chmod(join(root, 'usr/bin/bootc'), 0o755);
    expect(await checkLint(insideRoot(root), run)).toMatchObject({
      name: 'check: bootc lint',
      result: 'failed',
      exitCode: 1,
      output: 'ran /usr/bin/bootc container lint',
    });
    await rm(join(root, 'usr/bin/bootc'));
    expect(runArguments('box', lintCommand)).toEqual([
      ...['run', '--isolation', 'chroot', 'box', '--'],
      ...['/usr/bin/bootc', 'container', 'lint'],
    ]);
  });
});
