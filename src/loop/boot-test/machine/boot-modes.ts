/**
 * How the machine of a boot test starts: `direct`, by the image's kernel and an initrd of ours; `ostree`, as a real
 * ostree deployment by the image's own initramfs; `disk`, from an installed disk, through the firmware.
 */
export const bootModes = ['direct', 'ostree', 'disk'] as const;
export type BootMode = (typeof bootModes)[number];
