import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../src/host/exec.ts';
import type { Package } from '../../src/world/packages/package.ts';

/** `name-[epoch:]version-release`, of the architecture noarch. */
export function aPackage(text: string): Package {
  const [, name, epoch, version, release] = /^(.+)-(?:(\d+):)?([^-]+)-([^-]+)$/.exec(text) ?? [];
  if (name === undefined || version === undefined || release === undefined) throw new Error(text);
  return {
    name,
    ...(epoch === undefined ? {} : { epoch: Number(epoch) }),
    version,
    release,
    architecture: 'noarch',
  };
}

/**
 * Makes a real rpm database: builds the packages with rpmbuild and installs them with rpm.
 * @param folder an empty folder to work in
 * @returns the folder that holds `rpmdb.sqlite`
 */
export async function makeDatabase(folder: string, packages: readonly Package[]): Promise<string> {
  const database = join(folder, 'database');
  await mkdir(database, { recursive: true });
  const home = { env: { HOME: folder, LC_ALL: 'C' } };
  const macros = ['--dbpath', database, '--define', '_db_backend sqlite'];
  await exec('rpm', [...macros, '--initdb'], home);
  if (packages.length === 0) return database;
  const specs = await Promise.all(
    packages.map(async (each, index) => {
      const file = join(folder, `${index}.spec`);
      await writeFile(file, specOf(each));
      return file;
    }),
  );
  await exec('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${folder}/build`, ...specs], home);
  const built = await readdir(join(folder, 'build/RPMS/noarch'));
  const files = built.map((name) => join(folder, 'build/RPMS/noarch', name));
  // Only the database, because the packages have no files. --force: several versions of one package, as kernels.
  await exec('rpm', [...macros, '--install', '--justdb', '--nodeps', '--force', ...files], home);
  return database;
}

/** The database's one file, as a layer holds it. */
export async function databaseBytes(folder: string, packages: readonly Package[]): Promise<Uint8Array> {
  const database = await makeDatabase(folder, packages);
  // rpm leaves everything in the main file when it ends.
  return readFile(join(database, 'rpmdb.sqlite'));
}

function specOf({ name, epoch, version, release, architecture }: Package): string {
  return `Name: ${name}
${epoch === undefined ? '' : `Epoch: ${epoch}\n`}Version: ${version}
Release: ${release}
Summary: A package
License: none
BuildArch: ${architecture}
%description
A package.
%files
`;
}
