import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { insideRoot } from '../../../src/host/inside-root.ts';
import { silentLog } from '../../../src/host/log.ts';
import { type ModeOptions, machineOfMode } from '../../../src/loop/boot-test/machine-of-mode.ts';
import { digestOf } from '../../../src/world/registry/reference.ts';
import { temporaryFolder } from '../../support/repository.ts';

let root: string;

beforeEach(async () => {
  root = await temporaryFolder();
  await mkdir(join(root, 'usr/lib/modules/6.1'), { recursive: true });
  await writeFile(join(root, 'usr/lib/modules/6.1/vmlinuz'), 'kernel');
});

async function machine(more: Partial<ModeOptions>, labels: Readonly<Record<string, string>> = {}) {
  const found = await machineOfMode({
    source: { name: 'the image', place: 'none', plainHttp: false },
    root: insideRoot(root),
    stored: { run: async () => ({ exitCode: 0, output: '' }) },
    wanted: undefined,
    config: {
      ...{ architecture: 'amd64', os: 'linux', created: '2026-07-07T12:00:00Z', diffIds: [] },
      ...{ labels, digest: digestOf('config') },
    },
    foreign: false,
    folder: await temporaryFolder(),
    log: silentLog,
    ...more,
  });
  return { found };
}

const commit = { 'ostree.final-diffid': 'sha256:0' };

describe('without a mode in the configuration', () => {
  it('an image is booted directly, an ostree commit too', async () => {
    expect((await machine({})).found).toMatchObject({ mode: 'direct' });
    expect((await machine({}, commit)).found).toMatchObject({ mode: 'direct' });
  });
});

describe('a mode that was asked for', () => {
  it('is taken, or refused with everything that is in the way', async () => {
    expect((await machine({ wanted: 'direct' }, commit)).found.mode).toBe('direct');
    await expect(machine({ wanted: 'ostree' })).rejects.toThrow(/not an ostree commit.*no initramfs/);
  });

  it('is not the mode direct with a configuration for Ignition, which runs in the initramfs', async () => {
    await expect(machine({ wanted: 'direct', ignition: '/x' })).rejects.toThrow(/boot-test\.ignition/);
    await expect(machine({ ignition: '/x' })).rejects.toThrow(/cannot be deployed with ostree here/);
  });
});
