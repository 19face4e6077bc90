import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { prepareRoot } from '../../src/demo/base-roots.ts';
import type { ForeignPackages } from '../../src/demo/debian-packages.ts';
import { fetchForeignBusybox, openForeignPackages } from '../../src/demo/foreign-packages.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { listTests, runBootTest } from '../../src/loop/boot-test/machine/boot-directly.ts';
import { fetchPinnedTool } from '../../src/world/tools/tool-cache.ts';
import { serveHelper } from '../support/tool-mirror.ts';

// A machine of another architecture than this one, every instruction emulated.

const possible =
  process.arch === 'x64' &&
  findTool('qemu-system-aarch64') !== undefined &&
  findTool('apt-get') !== undefined;
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'coxswain-aarch64-'));
});

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

/**
 * Downloads the pinned helper from a mirror on loopback, as on a runner, and finds it again in the tool cache.
 * @returns undefined: boot-test finds it. If Debian has another version by now, the one that apt found.
 */
async function downloadedHelper(foreign: ForeignPackages, busybox: string): Promise<string | undefined> {
  const mirror = await serveHelper(foreign, join(place, 'mirror'));
  try {
    if (!mirror.isPinned) return busybox;
    await fetchPinnedTool(mirror.pin, { mirror: mirror.url });
    return undefined;
  } finally {
    mirror.close();
  }
}

describe.skipIf(!possible)('an image for aarch64 on a machine of another kind', () => {
  it('boots under emulation, tests and all', async () => {
    const cache = join(defaultCacheFolder(), 'foreign-arm64');
    const foreign = await openForeignPackages('arm64', cache);
    const busybox = await fetchForeignBusybox(foreign, cache);
    const { tarball } = await prepareRoot('tiny', defaultCacheFolder(), silentLog, { ...foreign, busybox });
    const [root, testsFolder] = [join(place, 'root'), join(place, 'tests')];
    await mkdir(root);
    await exec('tar', ['--extract', '--numeric-owner', '--file', tarball, '--directory', root]);
    await mkdir(testsFolder);
    await writeFile(join(testsFolder, '10-machine'), '#!/bin/sh\nuname -m; wait-for-file /etc/passwd\n');
    await chmod(join(testsFolder, '10-machine'), 0o755);
    const boot = (helper?: string) =>
      runBootTest({
        root,
        image: 'the aarch64 image',
        tests,
        testsFolder,
        architecture: 'aarch64',
        init: 'any',
        memoryMegabytes: 512,
        deadlineSeconds: 150,
        environment: {},
        outputFolder: join(place, 'output'),
        log: silentLog,
        ...(helper === undefined ? {} : { helper }),
      });
    const tests = await listTests(testsFolder);
    process.env.XDG_CACHE_HOME = join(place, 'cache');
    await expect(boot()).rejects.toThrow(/found "x86_64", expected aarch64.*--helper/);
    const report = await boot(await downloadedHelper(foreign, busybox));
    expect(report).toMatchObject({
      verdict: 'passed',
      architecture: 'aarch64',
      accelerator: 'tcg',
      acceleratorNote: 'this machine is not aarch64',
      tests: [{ name: '10-machine', result: 'passed', output: 'aarch64\n' }],
    });
    expect(report.kernel).toMatch(/arm64/);
    process.stdout.write(`\naarch64 under emulation: ${report.seconds.total} s\n`);
  }, 240_000);
});
