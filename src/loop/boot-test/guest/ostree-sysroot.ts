import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../../host/errors.ts';
import type { Log } from '../../../host/log.ts';
import type { DeployTool } from './deploy-tool.ts';

// An ostree system root in a folder of the host, which becomes the disk of a machine. The deploy tool does what a
// node does, by the same code; only the work of an installer is written here.

/** The "stateroot": ostree(1) calls it the name of the operating system. */
export const stateroot = 'default';

/** The device of the root. Deployments that ostree makes in the machine inherit these arguments. */
const rootArguments = ['root=/dev/vda', 'rootfstype=ext4', 'rw'];

/** A boot entry of a system root (Boot Loader Specification, type 1). */
export interface BootEntry {
  /** Higher is newer; the boot loader starts the highest. */
  readonly version: number;
  /** Paths below /boot. */
  readonly kernel: string;
  readonly initrd: string;
  readonly options: readonly string[];
}

/** Makes an empty system root: what `ostree admin init-fs` and `ostree admin stateroot-init` make. */
export async function initSysroot(sysroot: string): Promise<void> {
  const repository = join(sysroot, 'ostree/repo');
  for (const name of [
    ...['objects', 'extensions', 'state', 'tmp/cache'],
    ...['refs/heads', 'refs/mirrors', 'refs/remotes'],
  ]) {
    await mkdir(join(repository, name), { recursive: true });
  }
  // There is no boot loader, because the machine gets its kernel from outside. The system root is read-only as on
  // Fedora CoreOS (ostree.repo-config(5)).
  await writeFile(
    join(repository, 'config'),
    '[core]\nrepo_version=1\nmode=bare\n\n[sysroot]\nreadonly=true\nbootloader=none\nbootprefix=true\n',
  );
  for (const name of ['boot', 'dev', 'home', 'proc', 'root', 'run', 'sys', 'tmp']) {
    await mkdir(join(sysroot, name), { recursive: true });
  }
  for (const name of ['lib', 'log', 'tmp']) {
    await mkdir(join(sysroot, 'ostree/deploy', stateroot, 'var', name), { recursive: true });
  }
}

/** Adds an image to the repository and deploys it as the first deployment of the system root. */
export async function deployImage(
  tool: DeployTool,
  options: { readonly sysroot: string; readonly layout: string; readonly target: string; readonly log: Log },
): Promise<void> {
  const { sysroot, layout, target, log } = options;
  await log.task(`deploying the image with ostree (${tool.name})`, () =>
    tool.run({
      folders: { sysroot, layout },
      args: ({ sysroot, layout }) => [
        ...['container', 'image', 'deploy', '--sysroot', sysroot, '--stateroot', stateroot],
        ...['--imgref', unverified(`oci:${layout}`)],
        ...['--target-imgref', unverified(`registry:${target}`)],
        ...rootArguments.flatMap((each) => ['--karg', each]),
      ],
    }),
  );
}

/**
 * Adds an image to the repository, as a node downloads it before it deploys it.
 * @returns the ostree commit of the image
 */
export async function pullImage(
  tool: DeployTool,
  options: { readonly sysroot: string; readonly layout: string; readonly log: Log },
): Promise<string> {
  const { sysroot, layout, log } = options;
  const before = await imageCommits(sysroot);
  await log.task(`getting the image into the ostree repository (${tool.name})`, () =>
    tool.run({
      folders: { sysroot, layout },
      args: ({ sysroot, layout }) => [
        ...['container', 'image', 'pull', '--quiet', `${sysroot}/ostree/repo`, unverified(`oci:${layout}`)],
      ],
    }),
  );
  const [added] = [...(await imageCommits(sysroot))].filter(([ref]) => !before.has(ref));
  if (added !== undefined) return added[1];
  throw new InputError({ where: layout, problem: 'ostree has this image already' });
}

/** The name of an image in the origin of its deployment. The machine has no policy for signatures. */
export function unverified(reference: string): string {
  return `ostree-unverified-image:${reference}`;
}

/** Commits of the images in a repository, by their refs (ostree-ext: `ostree/container/image/…`). */
async function imageCommits(sysroot: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(sysroot, 'ostree/repo/refs/heads/ostree/container/image');
  const found = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path, (await readFile(path, 'utf8')).trim());
  }
  return found;
}

/** Reads a boot entry: lines of a key and a value. */
export function readBootEntry(text: string, where: string): BootEntry {
  const value = (key: string) => new RegExp(`^${key}[ \\t]+(.*)$`, 'm').exec(text)?.[1]?.trim();
  const [kernel, initrd, options] = [value('linux'), value('initrd'), value('options')];
  if (kernel === undefined || initrd === undefined || options === undefined) {
    throw new InputError({
      where,
      problem: 'this boot entry lacks linux, initrd or options',
      found: text.slice(0, 500),
    });
  }
  const plain = (path: string) => path.replace(/^\/+(boot\/)?/, '');
  return {
    version: Number(value('version') ?? 0),
    kernel: plain(kernel),
    initrd: plain(initrd),
    options: options.split(/\s+/),
  };
}
