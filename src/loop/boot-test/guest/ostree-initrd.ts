import { readFile } from 'node:fs/promises';
import { type GuestSettings, settingsText } from './guest-scripts.ts';
import { type ArchiveEntry, folder, writeNewc } from './newc.ts';
import enter from './shell/enter.sh';
import enterHarness from './shell/enter-harness.sh';
import initramfsFailed from './shell/initramfs-failed.sh';
import library from './shell/library.sh';

/** The kernel argument that makes our script the first process of an initramfs; it then starts `/init`. */
export const enterArgument = 'rdinit=/coxswain/enter';

/**
 * Puts the harness before an image's own initramfs, whose bytes do not change. It comes first, because the kernel
 * silently ignores an archive after some compressed ones.
 */
export async function makeOstreeInitrd(options: {
  /** The host's static busybox. */
  readonly busybox: string;
  /** Path of the image's initramfs. */
  readonly initramfs: string;
  readonly settings: GuestSettings;
  /** Begins each line that the harness writes. */
  readonly nonce: string;
}): Promise<Buffer> {
  const file = (name: string, content: string | Uint8Array, mode = 0o644): ArchiveEntry => ({
    path: `coxswain/${name}`,
    content,
    mode,
  });
  const own = writeNewc([
    { path: 'coxswain', content: folder, mode: 0o700 },
    file('busybox', await readFile(options.busybox), 0o755),
    file('enter', enter, 0o755),
    file('enter-harness', enterHarness),
    file('initramfs-failed', initramfsFailed),
    file('settings', settingsText(options.settings)),
    file('library', library),
    file('nonce', `${options.nonce}\n`, 0o600),
    file('coxswain.service', unit('enter-harness', '!')),
    file('coxswain-initramfs.service', unit('initramfs-failed', '')),
  ]);
  // The kernel requires an archive to begin at a multiple of four bytes. dracut pads its own archives to whole blocks.
  const padding = Buffer.alloc((512 - (own.length % 512)) % 512);
  return Buffer.concat([own, padding, await readFile(options.initramfs)]);
}

/** The unit has no default dependencies, so that it starts in emergency mode too. */
function unit(script: string, unless: '' | '!'): string {
  return `[Unit]
Description=Coxswain boot test
DefaultDependencies=no
Conflicts=shutdown.target
ConditionPathExists=${unless}/etc/initrd-release

[Service]
ExecStart=/run/coxswain-start/busybox sh /run/coxswain-start/${script}
ExecStopPost=/run/coxswain-start/busybox poweroff -f
OOMScoreAdjust=-900
`;
}
