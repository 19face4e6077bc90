import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
  it('wants exactly one kernel, and its initramfs beside it', async () => {
    const root = await temporaryFolder();
    await expect(checkKernel(root, 'x')).rejects.toThrow('x: the image has no kernel');
    const folder = join(root, 'usr/lib/modules/6.1.0');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'vmlinuz'), '');
    expect(await checkKernel(root, 'x')).toMatchObject({
      result: 'failed',
      output: expect.stringContaining('no /usr/lib/modules/6.1.0/initramfs.img'),
    });
    await writeFile(join(folder, 'initramfs.img'), '');
    expect((await checkKernel(root, 'x')).result).toBe('passed');
  });
});

describe('checkLeftovers', () => {
  it('warns, or fails where the configuration says so', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'var/lib/app'), { recursive: true });
    expect(await checkLeftovers(root, 'fail')).toMatchObject({ result: 'passed', output: '' });
    await writeFile(join(root, 'var/lib/app/data'), '');
    expect(await checkLeftovers(root, 'warn')).toMatchObject({
      result: 'passed',
      output: expect.stringMatching(/^warning: 1 files .*\n\/var\/lib\/app\/data\n$/),
    });
    await mkdir(join(root, 'run'));
    await writeFile(join(root, 'run/lock'), '');
    expect(await checkLeftovers(root, 'fail')).toMatchObject({
      result: 'failed',
      output: expect.stringContaining('/run/lock'),
    });
  });
});

describe('checkLint', () => {
  it("runs the image's own bootc where it has one, in a container", async () => {
    const root = await temporaryFolder();
    const run = async (command: readonly string[]) => ({ exitCode: 1, output: `ran ${command.join(' ')}` });
    expect(await checkLint(root, run)).toBeUndefined();
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await writeFile(join(root, 'usr/bin/bootc'), '');
    await chmod(join(root, 'usr/bin/bootc'), 0o755);
    expect(await checkLint(root, run)).toMatchObject({
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
