import { lstat, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError, OutsideError } from '../../../host/errors.ts';
import { isMissing } from '../../../host/files.ts';
import { Git } from '../../../world/git/git.ts';

/** Checks a folder as checkOwnFolder does, and creates it. @returns the folder, without links in its path */
export async function openOwnFolder(folder: string): Promise<string> {
  await checkOwnFolder(folder);
  return createFolder(folder);
}

/**
 * Makes sure that a folder holds published files only. Everything in it becomes public, so files of a commit, links,
 * and folders with other files are refused.
 * @throws InputError; changes nothing
 */
export async function checkOwnFolder(folder: string): Promise<void> {
  const kind = await kindOf(folder);
  if (kind === undefined) return refuseCommitted(folder);
  if (kind !== 'folder') throw refused(folder, `this is a ${kind}`, 'a folder');
  await refuseCommitted(folder);
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd !== undefined) {
    throw refused(
      join(odd.parentPath, odd.name),
      odd.isSymbolicLink() ? 'a link in the folder to publish to' : 'not a file or a folder',
      'files only: what a link leads to would be published',
    );
  }
  const files = entries.filter((entry) => entry.isFile() && !isTemporary(entry.name));
  if (files.length > 0 && !files.some(({ name }) => ourNames.includes(name))) {
    throw refused(
      folder,
      'this folder has files, and none that publish-updates wrote',
      'an empty folder, or a new one',
    );
  }
}

/** Names of the files that publish-updates writes first. */
const ourNames = ['release.json', 'releases.json', 'updates.json', 'graph'];

/** No run takes this long for one file: what is older was left by a killed run. In milliseconds. */
const leftAfter = 10 * 60_000;

/** Removes what killed runs left half-written. A file of a run that goes on beside this one is younger, and stays. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !isTemporary(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    if (await isOlder(file)) await rm(file, { force: true });
  }
}

async function isOlder(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).mtimeMs < Date.now() - leftAfter;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** As writeFileAtomically names them. */
function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}$/.test(name);
}

async function kindOf(path: string): Promise<'folder' | 'link' | 'file' | undefined> {
  try {
    const found = await lstat(path);
    return found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'file';
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** One folder after the other: if a file system refuses (/proc), Node's own recursion never ends. */
async function createFolder(folder: string): Promise<string> {
  const parent = dirname(folder);
  if (parent !== folder && (await kindOf(parent)) === undefined) await createFolder(parent);
  try {
    await mkdir(folder);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!exists) {
      throw new OutsideError(`creating ${folder}`, error instanceof Error ? error.message : String(error));
    }
  }
  return realpath(folder);
}

/** A committed folder would publish whatever a pull request adds to it. */
async function refuseCommitted(folder: string): Promise<void> {
  let existing = dirname(folder);
  while ((await kindOf(existing)) !== 'folder' && dirname(existing) !== existing)
    existing = dirname(existing);
  const tracked = await new Git(existing).try(['ls-files', '-z', '--', folder]);
  const [first] = (tracked ?? '').split('\0');
  if (first === undefined || first === '') return;
  throw refused(
    folder,
    `files in this folder are committed (${basename(first) === first ? first : join(existing, first)})`,
    'a folder that is not part of a commit',
    'Choose another folder with --output, or remove this one from the repository (git rm -r), and put it into .gitignore.',
  );
}

function refused(
  where: string,
  problem: string,
  expected: string,
  remedy = 'Choose another folder with --output.',
): InputError {
  return new InputError({ where, field: '--output', problem, expected, remedy });
}
