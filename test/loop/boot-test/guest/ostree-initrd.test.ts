import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInitramfs } from '../../../../src/loop/boot-test/guest/initramfs.ts';
import { writeNewc } from '../../../../src/loop/boot-test/guest/newc.ts';
import { makeOstreeInitrd } from '../../../../src/loop/boot-test/guest/ostree-initrd.ts';

let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'coxswain-initrd-'));
});

afterAll(() => rm(place, { recursive: true }));

describe('the initrd of an ostree deployment', () => {
  it("ends with the image's own initramfs, every byte of it, and the kernel can read both", async () => {
    const own = gzipSync(
      writeNewc([
        { path: 'init', content: '#!/bin/sh\n', mode: 0o755 },
        { path: 'usr/lib/ostree/ostree-prepare-root', content: 'x', mode: 0o755 },
        { path: 'usr/bin/ignition', content: 'x', mode: 0o755 },
      ]),
    );
    const [initramfs, busybox] = [join(place, 'initramfs'), join(place, 'busybox')];
    await writeFile(initramfs, own);
    await writeFile(busybox, 'busybox');
    const settings = {
      ...{ systemd: '/usr/lib/systemd/systemd', rootType: 'ext4' as const, fallbackTerminal: 'ttyS1' },
      ...{ systemSeconds: 60, environment: {}, tests: [] },
    };
    const initrd = await makeOstreeInitrd({ busybox, initramfs, settings, nonce: 'abc' });
    expect(initrd.subarray(-own.length).equals(own)).toBe(true);
    // The kernel wants an archive to begin at a multiple of four bytes.
    expect((initrd.length - own.length) % 4).toBe(0);
    expect(initrd.subarray(0, 6).toString()).toBe('070701');
    // /init is still that of the image: rdinit= starts ours.
    expect(initrd.subarray(0, -own.length).includes('init\0')).toBe(false);
    expect(await readInitramfs(initrd)).toMatchObject({
      hasInit: true,
      hasPrepareRoot: true,
      hasIgnition: true,
    });
  });
});
