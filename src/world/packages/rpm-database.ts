import { copyFile, lstat, mkdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { defined } from '../../host/defined.ts';
import { exec } from '../../host/exec.ts';
import { isMissing, withTemporaryFolder } from '../../host/files.ts';
import { byName } from './compare.ts';
import type { Package } from './package.ts';

/**
 * Folders that may have the rpm database: that of rpm-ostree, that of Fedora (or a link to it), and that of other
 * distributions.
 */
export const databaseFolders = ['usr/share/rpm', 'usr/lib/sysimage/rpm', 'var/lib/rpm'] as const;

/** The database in each of rpm's formats (sqlite, ndb, Berkeley), with what sqlite has not moved into it yet. */
export const databaseFiles = ['rpmdb.sqlite', 'Packages.db', 'Packages'] as const;
export const companionFiles = ['rpmdb.sqlite-wal', 'Index.db'] as const;

// Keys that were imported are kept among the packages.
const notPackages = 'gpg-pubkey';
const format = '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\n';

/**
 * The packages of a root file system; undefined if it has no rpm database. Nothing of the image is run or changed.
 * @param root nothing outside it is read, wherever its links lead
 * @throws InputError when it has one, and the program rpm is not installed here
 */
export async function packagesOfRoot(root: string): Promise<Package[] | undefined> {
  for (const folder of databaseFolders) {
    const path = join(root, folder);
    if (!(await isInside(root, path)) || !(await hasDatabase(path))) continue;
    // rpm locks and writes files beside the database that it reads.
    return withTemporaryFolder('rpm', async (copy) => {
      for (const name of [...databaseFiles, ...companionFiles]) {
        if (await isPlainFile(join(path, name))) await copyFile(join(path, name), join(copy, name));
      }
      return queryDatabase(copy);
    });
  }
  return undefined;
}

/**
 * Asks rpm itself, so that every format that rpm reads is read as rpm does.
 * @param folder with the database files; locks are left in it
 * @returns by name
 */
export async function queryDatabase(folder: string): Promise<Package[]> {
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  const { stdout } = await exec(
    'rpm',
    // What the image holds is pinned by its digest; whether rpm on this machine still accepts old signatures does not matter.
    ['--dbpath', folder, '--nosignature', '--nodigest', '--query', '--all', '--queryformat', format],
    { env: { HOME: home, LC_ALL: 'C' }, doing: 'reading an rpm database' },
  );
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(readLine)
    .filter(({ name }) => name !== notPackages)
    .sort(byName);
}

function readLine(line: string): Package {
  const [name = '', epoch = '0', version = '', release = '', architecture = ''] = line.split('\t');
  return { name, ...defined({ epoch: Number(epoch) || undefined }), version, release, architecture };
}

async function hasDatabase(folder: string): Promise<boolean> {
  for (const name of databaseFiles) if (await isPlainFile(join(folder, name))) return true;
  return false;
}

async function isPlainFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function isInside(root: string, path: string): Promise<boolean> {
  try {
    return `${await realpath(path)}${sep}`.startsWith(`${await realpath(root)}${sep}`);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
