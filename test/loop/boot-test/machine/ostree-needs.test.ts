import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { insideRoot } from '../../../../src/host/inside-root.ts';
import { writeNewc } from '../../../../src/loop/boot-test/guest/newc.ts';
import {
  chooseOstree,
  isOstreeCommit,
  requireOstree,
} from '../../../../src/loop/boot-test/machine/ostree-needs.ts';
import { digestOf } from '../../../../src/world/registry/reference.ts';
import { temporaryFolder } from '../../../support/repository.ts';
import { makeUnifiedKernel } from '../../../support/unified-kernel.ts';

const modules = 'usr/lib/modules/6.1';
let folder: string;
let programs: string;

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

const initramfs = (...paths: string[]) =>
  writeNewc(['init', ...paths].map((path) => ({ path, content: 'x', mode: 0o755 })));

beforeEach(async () => {
  folder = await temporaryFolder();
  programs = await temporaryFolder();
  for (const name of ['skopeo', 'mkfs.ext4', 'e2fsck', 'debugfs', 'du', 'ostree-deploy']) {
    await writeFile(join(programs, name), '', { mode: 0o755 });
  }
  await write(`${modules}/vmlinuz`, '');
  await write(`${modules}/initramfs.img`, initramfs('usr/lib/ostree/ostree-prepare-root'));
});

const config = {
  ...{ architecture: 'amd64', os: 'linux', created: '2026-07-07T12:00:00Z', diffIds: [] },
  labels: { 'ostree.final-diffid': 'sha256:0' } as Readonly<Record<string, string>>,
  digest: digestOf('config'),
};
const run = async () => ({ exitCode: 0, output: '' });

const choose = (more: Partial<Parameters<typeof chooseOstree>[0]> = {}) =>
  chooseOstree(
    { root: insideRoot(folder), name: 'x', config, run, ignition: false, ...more },
    { PATH: programs },
  );

describe('chooseOstree', () => {
  it('takes an ostree commit with ostree-prepare-root, and deploys it by the program of this machine', async () => {
    expect((await choose()).tool?.name).toBe('ostree-deploy');
  });

  it("prefers the image's own rpm-ostree or bootc", async () => {
    await write('usr/libexec/libostree/ext/ostree-container', '');
    expect((await choose()).tool?.name).toBe('the ostree of the image');
  });

  it.each<[string, RegExp, () => Promise<Partial<Parameters<typeof chooseOstree>[0]>>]>([
    [
      'that is not an ostree commit',
      /not an ostree commit/,
      async () => ({ config: { ...config, labels: {} } }),
    ],
    ['of another architecture', /another architecture/, async () => ({ run: undefined })],
    [
      'whose initramfs cannot be read',
      /cannot be read/,
      async () => {
        await write(`${modules}/initramfs.img`, 'garbage');
        return {};
      },
    ],
    [
      'without ostree-prepare-root',
      /no ostree-prepare-root/,
      async () => {
        await write(`${modules}/initramfs.img`, initramfs());
        return {};
      },
    ],
    ['without Ignition that is to be configured by it', /no Ignition/, async () => ({ ignition: true })],
    [
      'with a unified kernel image alone',
      /unified kernel image/,
      async () => {
        await rm(join(folder, modules, 'vmlinuz'));
        await write(`${modules}/linux.efi`, makeUnifiedKernel({ '.linux': Buffer.from('kernel') }));
        return {};
      },
    ],
    [
      'that insists on composefs',
      /wants composefs, which ostree-deploy does not make/,
      async () => {
        await write(
          'usr/lib/ostree/prepare-root.conf',
          '[sysroot]\nreadonly=true\n[composefs]\nenabled = yes\n',
        );
        return {};
      },
    ],
    [
      'that is sealed: with signed composefs',
      /wants composefs/,
      async () => {
        await write('usr/lib/ostree/prepare-root.conf', '[composefs]\nenabled=signed\n');
        return {};
      },
    ],
  ])('names what is in the way of an image %s', async (_title, obstacle, prepare) => {
    const choice = await choose(await prepare());
    expect(choice.tool).toBeUndefined();
    expect(choice.obstacles?.join('\n')).toMatch(obstacle);
    expect(() => requireOstree(choice)).toThrow(obstacle);
  });

  it('takes an image that can do without composefs', async () => {
    await write('usr/lib/ostree/prepare-root.conf', '[composefs]\nenabled = maybe\n');
    expect((await choose()).tool).toBeDefined();
  });

  it('names everything at once, programs of this machine too', async () => {
    await rm(join(programs, 'ostree-deploy'));
    await rm(join(programs, 'skopeo'));
    await rm(join(folder, modules, 'initramfs.img'));
    const { obstacles = [] } = await choose({ config: { ...config, labels: {} } });
    expect(obstacles).toHaveLength(4);
    expect(obstacles.join('\n')).toMatch(
      /not an ostree commit[\s\S]*no initramfs[\s\S]*skopeo cannot be found[\s\S]*nothing here can deploy it/,
    );
  });
});

describe('isOstreeCommit', () => {
  it('decides by the label that ostree-ext writes', () => {
    expect(isOstreeCommit(config)).toBe(true);
    expect(isOstreeCommit({ ...config, labels: { 'containers.bootc': '1' } })).toBe(false);
  });
});
