import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exec } from '../../src/host/exec.ts';
import mergeEtc from '../../src/loop/boot-test/guest/shell/merge-etc.sh';
import { temporaryFolder } from './temporary-folders.ts';

// The /etc of a machine that updates: merged by the rehearsal in the mode direct, and by ostree itself.

/** Text, a link or a folder, each with a mode; or nothing. */
export type Entry =
  | string
  | { readonly to: string }
  | 'FOLDER'
  | { readonly text: string; readonly mode: number }
  | undefined;
/** By path. */
export type Tree = Readonly<Record<string, Entry>>;

/** The /etc after an update, by path; or why there is no update. */
export type Merged =
  | { readonly etc: Readonly<Record<string, string>>; readonly refused?: undefined }
  | { readonly refused: string; readonly etc?: undefined };

/** An image, what a machine that was installed from it has changed in /etc, and the differences in a newer image. */
export interface Situation {
  readonly image: Tree;
  readonly machine: Tree;
  readonly next: Tree;
}

export async function writeTree(top: string, tree: Tree): Promise<void> {
  for (const [path, entry] of Object.entries(tree)) {
    const place = join(top, path);
    await rm(place, { recursive: true, force: true });
    if (entry === undefined) continue;
    await mkdir(dirname(place), { recursive: true });
    if (entry === 'FOLDER') await mkdir(place);
    else if (typeof entry === 'string') await writeFile(place, entry);
    else if ('to' in entry) await symlink(entry.to, place);
    else {
      await writeFile(place, entry.text);
      await chmod(place, entry.mode);
    }
  }
}

async function readTree(top: string, below = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(join(top, below))).sort()) {
    const path = join(below, name);
    const entry = await lstat(join(top, path));
    if (entry.isDirectory()) Object.assign(found, { [path]: 'folder' }, await readTree(top, path));
    else if (entry.isSymbolicLink()) found[path] = `-> ${await readlink(join(top, path))}`;
    else found[path] = `${await readFile(join(top, path), 'utf8')} ${(entry.mode & 0o777).toString(8)}`;
  }
  return found;
}

/** The merge of a rehearsal in the mode direct, by the busybox that does it in a machine. */
export async function mergeByRehearsal({ image, machine, next }: Situation): Promise<Merged> {
  const folder = await temporaryFolder();
  const place = (name: string) => join(folder, name);
  for (const name of ['defaults', 'current', 'image', 'work']) await mkdir(place(name));
  for (const name of ['defaults', 'current', 'image']) await writeTree(place(name), image);
  await writeTree(place('current'), machine);
  await writeTree(place('image'), next);
  const places = ['defaults', 'current', 'image', 'new', 'work'].map((name) => `'${place(name)}'`).join(' ');
  const { stdout, exitCode } = await exec('busybox', ['sh'], {
    input: `umask 022\nfail() { echo "$1"; exit 7; }\n${mergeEtc}\nmerge_etc ${places}`,
    allow: [0, 7],
  });
  return exitCode === 7 ? { refused: stdout.trim() } : { etc: await readTree(place('new')) };
}

/** ostree reads it from an image; nothing starts it here. */
const aroundEtc: Tree = {
  'usr/lib/modules/1/vmlinuz': 'a kernel',
  'usr/lib/modules/1/initramfs.img': 'an initramfs',
  'usr/lib/os-release': 'ID=test\nPRETTY_NAME=test\n',
  'usr/etc': 'FOLDER',
  var: 'FOLDER',
};

/** The merge of a node: the ostree of this machine deploys both images, one after the other, in a folder. */
export async function mergeByOstree({ image, machine, next }: Situation): Promise<Merged> {
  const folder = await temporaryFolder();
  const sysroot = join(folder, 'sysroot');
  const repository = `--repo=${join(sysroot, 'ostree/repo')}`;
  await mkdir(sysroot);
  await ostree('admin', 'init-fs', sysroot);
  await ostree('admin', 'os-init', `--sysroot=${sysroot}`, 'test');
  await ostree('config', repository, 'set', 'sysroot.bootloader', 'none');
  for (const [name, trees] of Object.entries({ image: [image], next: [image, next] })) {
    const tree = join(folder, name);
    await writeTree(tree, aroundEtc);
    for (const each of trees) await writeTree(join(tree, 'usr/etc'), each);
    // Distinguishes two images with the same /etc.
    await writeFile(join(tree, 'usr/lib/image'), name);
    await ostree('commit', repository, `--branch=${name}`, `--tree=dir=${tree}`);
  }
  const deploy = (name: string) => ostree('admin', 'deploy', `--sysroot=${sysroot}`, '--os=test', name);
  await deploy('image');
  const deployments = join(sysroot, 'ostree/deploy/test/deploy');
  const [first] = await foldersIn(deployments);
  await writeTree(join(deployments, first as string, 'etc'), machine);
  const { exitCode, stderr } = await deploy('next');
  if (exitCode !== 0) return { refused: stderr.trim() };
  const second = (await foldersIn(deployments)).find((name) => name !== first);
  return { etc: await readTree(join(deployments, second as string, 'etc')) };
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((each) => each.isDirectory()).map(({ name }) => name);
}

async function ostree(...args: string[]) {
  // A folder of a test must be removable, and need not be on the disk if the machine ends.
  const env = { OSTREE_SYSROOT_DEBUG: 'mutable-deployments', OSTREE_SYSROOT_OPTS: 'skip-sync' };
  const deploys = args[1] === 'deploy';
  return exec('ostree', args, { env, allow: deploys ? [0, 1] : [0] });
}
