import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../host/exec.ts';
import { exists } from '../host/files.ts';
import { type ForeignPackages, unpackPackages, versionOf } from './debian-packages.ts';

/**
 * Sets up separate folders of apt for the packages of another architecture, and downloads the lists.
 * @param folder kept by the caller; used again if it exists
 * @throws OutsideError when the distribution's mirror cannot be reached
 */
export async function openForeignPackages(architecture: string, folder: string): Promise<ForeignPackages> {
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await writeFile(join(folder, 'status'), '');
  const configuration = join(folder, 'apt.conf');
  await writeFile(
    configuration,
    `Dir::State::Lists ${JSON.stringify(join(folder, 'lists'))};
Dir::State::status ${JSON.stringify(join(folder, 'status'))};
Dir::Cache ${JSON.stringify(join(folder, 'cache'))};
APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Sandbox::User "root";
`,
  );
  const foreign = { architecture, env: { APT_CONFIG: configuration } };
  await exec('apt-get', ['update', '--quiet'], { env: foreign.env });
  return foreign;
}

/** Path of the static busybox for that architecture. */
export async function fetchForeignBusybox(foreign: ForeignPackages, folder: string): Promise<string> {
  const version = await versionOf('busybox-static', foreign);
  const place = join(folder, `busybox-static_${version.replace(/[^\w.+~-]/g, '_')}`);
  const path = join(place, 'bin/busybox');
  if (!(await exists(path))) await unpackPackages([{ name: 'busybox-static', version }], place, foreign);
  return path;
}
