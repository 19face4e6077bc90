import { randomBytes } from 'node:crypto';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onInterrupt } from '../../../host/cleanup.ts';
import { defined } from '../../../host/defined.ts';
import { InputError } from '../../../host/errors.ts';
import { exec } from '../../../host/exec.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { type Log, silentLog } from '../../../host/log.ts';
import { requireTools } from '../../../host/tools.ts';
import type { ImageSource } from '../image-source.ts';

// Everything that needs root to see an image's files as they are is in this file: root of the machine, or of a user
// namespace that `buildah unshare` made (see host/root.ts).

/** The exit codes of buildah that are expected here: success, and "it does not exist". */
const orNot = [0, 1, 125];

/** An image in buildah's storage, during the work on it. */
export interface StoredImage {
  readonly run: RunInImage;
}

export interface ContainerOptions {
  /** Folders of the host, and their paths in the container. Programs write to them with all of root's capabilities. */
  readonly folders?: Readonly<Record<string, string>>;
}

/** A program of the image, run in a container of its own: what it writes is dropped. */
export type RunInImage = (
  command: readonly string[],
  options?: ContainerOptions,
) => Promise<{ readonly exitCode: number; readonly output: string }>;

/**
 * Gets exactly this image and gives `work` the folder where its root file system is mounted. Nobody else can read the
 * folder, and it is removed afterwards, also after an error or Ctrl-C. So is the image, unless it was in buildah's
 * storage before.
 * @throws InputError unless root; OutsideError when the pull fails
 */
export async function withRootFilesystem<T>(
  source: ImageSource,
  work: (rootDirectory: string, stored: StoredImage) => Promise<T>,
  options: { readonly log?: Log } = {},
): Promise<T> {
  requireRoot();
  requireTools(['buildah']);
  const container = `coxswain-boot-${randomBytes(6).toString('hex')}`;
  const before = await storedImages();
  let id: string | undefined;
  const remove = async () => {
    await exec('buildah', ['umount', container], { allow: orNot });
    await exec('buildah', ['rm', container], { allow: orNot });
    // Removes the image by its name, because others may have the same image under other names, and without --force,
    // because others may be using it.
    const stored = source.storedAs ?? id;
    if (stored !== undefined && !before.has(stored)) await exec('buildah', ['rmi', stored], { allow: orNot });
  };
  const forget = onInterrupt(remove);
  try {
    const insecure = source.plainHttp ? ['--tls-verify=false'] : [];
    await (options.log ?? silentLog).task(`pulling ${source.name}`, (report) =>
      withPlainPlace(source.place, ({ place, folder }) =>
        exec('buildah', ['from', '--name', container, ...insecure, place], {
          doing: `pulling ${source.name}`,
          onLine: (line) => report(line.trim().slice(0, 60)),
          ...defined({ cwd: folder }),
        }),
      ),
    );
    id = await imageOf(container);
    const { stdout } = await exec('buildah', ['mount', container]);
    return await work(stdout.trim(), { run: runner(id) });
  } finally {
    forget();
    await remove();
  }
}

/**
 * buildah turns a layout's path into a local name, and refuses capitals in it: `oci:/home/runner/work/OS/image:tag`.
 * It gets such a folder by another path.
 */
async function withPlainPlace<T>(
  place: string,
  work: (plain: { readonly place: string; readonly folder?: string }) => Promise<T>,
): Promise<T> {
  const [, layout, tag] = /^oci:(.+):([^:]+)$/.exec(place) ?? [];
  if (layout === undefined || tag === undefined) return work({ place });
  return withTemporaryFolder('layout', async (folder) => {
    await symlink(resolve(layout), join(folder, 'layout'));
    return work({ place: `oci:layout:${tag}`, folder });
  });
}

/** The ids of all images in buildah's storage, and the names they have there: `repository@digest`. */
async function storedImages(): Promise<ReadonlySet<string>> {
  const format = ['--format', '{{.Name}}@{{.Digest}} {{.ID}}'];
  const { stdout } = await exec('buildah', ['images', '--all', '--no-trunc', ...format]);
  return new Set(stdout.split(/\s+/).map((word) => word.replace(/^sha256:/, '')));
}

async function imageOf(container: string): Promise<string> {
  const format = ['--type', 'container', '--format', '{{.FromImageID}}'];
  const { stdout } = await exec('buildah', ['inspect', ...format, container]);
  return stdout.trim().replace(/^sha256:/, '');
}

function runner(imageId: string): RunInImage {
  return async (command, options) => {
    const container = `coxswain-run-${randomBytes(6).toString('hex')}`;
    const remove = async () => {
      await exec('buildah', ['rm', container], { allow: orNot });
    };
    const forget = onInterrupt(remove);
    try {
      await exec('buildah', ['from', '--quiet', '--pull-never', '--name', container, imageId]);
      const args = runArguments(container, command, options);
      const { exitCode, stdout, stderr } = await exec('buildah', args, { allow: anyExitCode });
      return { exitCode, output: `${stdout}${stderr}` };
    } finally {
      forget();
      await remove();
    }
  };
}

const anyExitCode = Array.from({ length: 256 }, (_, code) => code);

/** The isolation that needs no container runtime. */
export function runArguments(
  container: string,
  command: readonly string[],
  { folders = {} }: ContainerOptions = {},
): string[] {
  const volumes = Object.entries(folders).flatMap(([host, guest]) => ['--volume', `${host}:${guest}`]);
  return [
    ...['run', '--isolation', 'chroot'],
    ...(volumes.length === 0 ? [] : ['--cap-add', 'all', ...volumes]),
    ...[container, '--', ...command],
  ];
}

/** @throws InputError unless this is root, of the machine or of a user namespace */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new InputError({
    problem: 'the files of an image can only be seen as they are by root',
    remedy: 'Run this with sudo.',
  });
}
