import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { onInterrupt } from '../../../host/cleanup.ts';
import { defined } from '../../../host/defined.ts';
import { InputError } from '../../../host/errors.ts';
import { exec } from '../../../host/exec.ts';
import { withTemporaryFolder } from '../../../host/files.ts';
import { type Log, silentLog } from '../../../host/log.ts';
import { removeAbandoned } from '../../../host/temporary-names.ts';
import { requireTools } from '../../../host/tools.ts';
import { downloadFolder } from '../../../release/candidate/space.ts';
import { makeRootOfLayers } from '../../../world/layers/root-of-layers.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import { type ImageSource, packedLayers } from '../image-source.ts';

// Everything that needs root to see an image's files as they are is in this file: root of the machine, or of a user
// namespace that `buildah unshare` made (see host/root.ts).

/** The exit codes of buildah that are expected here: success, and "it does not exist". */
const orNot = [0, 1, 125];

/** An image, during the work on it. */
export interface StoredImage {
  readonly run: RunInImage;
}

export interface ContainerOptions {
  /** Folders of the host, and their paths in the container. Programs write to them with all of root's capabilities. */
  readonly folders?: Readonly<Record<string, string>>;
}

/** A program of the image, run in a copy of it: what it writes is dropped with the copy. */
export type RunInImage = (
  command: readonly string[],
  options?: ContainerOptions,
) => Promise<{ readonly exitCode: number; readonly output: string }>;

/**
 * Makes the root file system of exactly this image from its layers, and gives `work` its folder. It needs no container
 * storage and no mount, so the image may have any number of layers. Nobody else can read the folder, and it is removed
 * afterwards, also after an error or Ctrl-C.
 * @throws InputError unless root, and for layers that cannot be unpacked; OutsideError when they cannot be read
 */
export async function withRootFilesystem<T>(
  source: ImageSource,
  work: (rootDirectory: string, stored: StoredImage) => Promise<T>,
  options: { readonly log?: Log; readonly architecture?: Architecture } = {},
): Promise<T> {
  requireRoot();
  const log = options.log ?? silentLog;
  const place = downloadFolder(process.env);
  // After SIGKILL, as of a runner that ends a job, the files of a whole image are left.
  for (const each of new Set([place, tmpdir()])) {
    for (const path of await removeAbandoned(each)) log.info(`removed ${path}, which a killed run left`);
  }
  return withTemporaryFolder(
    'root',
    async (folder) => {
      const root = await log.task(`pulling ${source.name}`, async (report) => {
        const layers = await packedLayers(source, {
          log,
          ...defined({ architecture: options.architecture }),
        });
        const onLayer = (done: number) => report(`${done} of ${layers.length} layers`);
        return makeRootOfLayers(layers, folder, { onLayer });
      });
      return work(root, { run: inCopyOf(root) });
    },
    place,
  );
}

/**
 * Programs run in a container with a copy of the root, each in one of its own: what one of them writes, the next does
 * not see. It is removed at once, because it is as large as the image.
 */
function inCopyOf(root: string): RunInImage {
  return async (command, options) => {
    requireTools(['buildah', 'cp']);
    const container = `coxswain-run-${randomBytes(6).toString('hex')}`;
    const remove = async () => {
      await exec('buildah', ['umount', container], { allow: orNot });
      await exec('buildah', ['rm', container], { allow: orNot });
    };
    const forget = onInterrupt(remove);
    try {
      await exec('buildah', ['from', '--quiet', '--name', container, 'scratch']);
      const { stdout } = await exec('buildah', ['mount', container]);
      const doing = "copying the image's files for its own programs";
      await exec('cp', ['--archive', '--reflink=auto', `${root}/.`, stdout.trim()], { doing });
      const args = runArguments(container, command, options);
      const { exitCode, stdout: output, stderr } = await exec('buildah', args, { allow: anyExitCode });
      return { exitCode, output: `${output}${stderr}` };
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
