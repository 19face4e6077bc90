import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Debian's units that make caches which an image has already, or maintain a machine that is updated by packages. */
export const maintenanceUnits = [
  ...['ldconfig.service', 'systemd-hwdb-update.service', 'systemd-journal-catalog-update.service'],
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_reap.service'],
  ...['e2scrub_all.timer', 'fstrim.timer'],
];

/** What a virtual machine without a screen, a keyboard and other disks starts in vain. */
const vainUnits = [
  ...['dev-hugepages.mount', 'dev-mqueue.mount', 'sys-kernel-debug.mount', 'sys-kernel-tracing.mount'],
  ...['sys-fs-fuse-connections.mount', 'sys-kernel-config.mount', 'proc-sys-fs-binfmt_misc.automount'],
  ...['modprobe@.service', 'systemd-pstore.service', 'systemd-repart.service', 'getty@.service'],
  ...['serial-getty@.service', 'getty-static.service', 'systemd-update-utmp.service'],
  ...['systemd-update-utmp-runlevel.service', 'systemd-initctl.socket', 'systemd-ask-password-console.path'],
  ...['systemd-ask-password-wall.path', 'cryptsetup.target', 'integritysetup.target', 'veritysetup.target'],
];

/** Each is a process at every start of systemd. */
const vainGenerators =
  /^systemd-(cryptsetup|getty|gpt-auto|hibernate-resume|integritysetup|rc-local|system-update|sysv|veritysetup)-generator$/;

/** Disks, networks and terminals have others. */
const vainRules =
  /-(drm|evdev|fido-id|infiniband|input-id|persistent-alsa|persistent-input|persistent-storage-(dm|tape)|persistent-v4l|sensor|btrfs|camera|joystick|memory|mouse|power-switch|touchpad|uaccess|seat|seat-late|probe_mtd|sound-card|cdrom_id|autosuspend|dm|firmware|vm-changes|kvm)\.rules$/;

/**
 * Removes what no test looks at from a root file system of Debian. An emulated processor needs about a second for each
 * unit, and for half of a boot nothing else would happen.
 */
export async function removeNeedlessUnits(root: string): Promise<void> {
  const units = join(root, 'usr/lib/systemd/system');
  for (const name of [...maintenanceUnits, ...vainUnits]) await rm(join(units, name), { force: true });
  await removeMatching(join(root, 'usr/lib/systemd/system-generators'), vainGenerators);
  const udev = join(root, 'usr/lib/udev');
  await removeMatching(join(udev, 'rules.d'), vainRules);
  await removeMatching(udev, /^hwdb\.(bin|d)$/);
}

async function removeMatching(folder: string, names: RegExp): Promise<void> {
  for (const name of await readdir(folder))
    if (names.test(name)) await rm(join(folder, name), { recursive: true });
}
