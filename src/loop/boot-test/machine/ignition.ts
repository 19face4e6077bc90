// How a machine gets a configuration of Ignition from QEMU (Ignition's documentation, "Supported platforms": QEMU).

/** What makes Ignition run in the initramfs: this is the machine's first boot, and QEMU is where it runs. */
export const ignitionArguments: readonly string[] = ['ignition.firstboot', 'ignition.platform.id=qemu'];

/** Files that the firmware shows to the guest, by their names there. @param path of the configuration */
export function ignitionFiles(path: string): Readonly<Record<string, string>> {
  return { 'opt/com.coreos/config': path };
}
