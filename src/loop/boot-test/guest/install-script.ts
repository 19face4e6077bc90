import { diskNames } from '../machine/machine-types.ts';
import { quoted } from './guest-scripts.ts';
import install from './shell/install.sh';

/** Where the machine that installs has the image. */
const imageFolder = '/run/coxswain-image';

/** Name of the test that is the installation. */
export const installTestName = 'installation on a disk';

/**
 * The installation of an image as one shell script, for a machine that was booted from that image.
 * @param commandFor the command, given the image as bootc names it; the device of the disk comes after it
 * @param layout name of the image in its OCI layout
 */
export function installScript(commandFor: (source: string) => readonly string[], layout: string): string {
  const values = {
    image_disk: diskNames.image,
    target_disk: diskNames.target,
    image_folder: imageFolder,
  };
  const settings = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}\n`);
  const command = commandFor(`oci:${imageFolder}:${layout}`);
  return `#!/run/coxswain/busybox sh
${settings.join('')}install() { ${command.map(quoted).join(' ')} "$@"; }
${install}`;
}
