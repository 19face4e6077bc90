import { randomBytes } from 'node:crypto';
import { onInterrupt } from '../host/cleanup.ts';
import { InputError } from '../host/errors.ts';
import { exec } from '../host/exec.ts';
import { type Log, silentLog } from '../host/log.ts';
import { requireTools } from '../host/tools.ts';
import { isLoopback } from '../registry/authentication.ts';
import { type DigestReference, formatRepository } from '../registry/reference.ts';

// Everything that needs root (or `buildah unshare`, one day) to see an image's files as they are is in this file.

/** buildah's exit codes for "done" and for "there is no such thing", which is as good here. */
const orNot = [0, 1, 125];

/**
 * Pulls exactly this image and gives `work` the folder its root file system is mounted at, read by nobody else and
 * gone afterwards, also after an error or Ctrl-C; as is the image, unless it was in buildah's storage before.
 * @throws InputError unless root; OutsideError when the pull fails
 */
export async function withRootFilesystem<T>(
  image: DigestReference,
  work: (rootDirectory: string) => Promise<T>,
  options: { readonly log?: Log } = {},
): Promise<T> {
  requireRoot();
  requireTools(['buildah']);
  // The digest alone: `name:tag@digest` is refused by older buildah.
  const name = `${formatRepository(image.repository)}@${image.digest}`;
  const container = `coxswain-boot-${randomBytes(6).toString('hex')}`;
  const known = await exec('buildah', ['inspect', '--type', 'image', name], { allow: orNot });
  const remove = async () => {
    await exec('buildah', ['umount', container], { allow: orNot });
    await exec('buildah', ['rm', container], { allow: orNot });
    // An image that somebody else has begun to use stays: without --force it is not removed.
    if (known.exitCode !== 0) await exec('buildah', ['rmi', name], { allow: orNot });
  };
  const forget = onInterrupt(remove);
  try {
    const insecure = isLoopback(new URL(`http://${image.repository.registry}`)) ? ['--tls-verify=false'] : [];
    await (options.log ?? silentLog).task(`pulling ${name}`, (report) =>
      exec('buildah', ['from', '--name', container, ...insecure, `docker://${name}`], {
        doing: `pulling ${name}`,
        onLine: (line) => report(line.trim().slice(0, 60)),
      }),
    );
    const { stdout } = await exec('buildah', ['mount', container]);
    return await work(stdout.trim());
  } finally {
    forget();
    await remove();
  }
}

/**
 * Runs a program of an image that `withRootFilesystem` has, in a container of its own: what it writes is seen by nobody.
 * @throws OutsideError when the container cannot be made
 */
export async function runInImage(
  image: DigestReference,
  command: readonly string[],
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const name = `${formatRepository(image.repository)}@${image.digest}`;
  const container = `coxswain-run-${randomBytes(6).toString('hex')}`;
  const remove = async () => {
    await exec('buildah', ['rm', container], { allow: orNot });
  };
  const forget = onInterrupt(remove);
  try {
    await exec('buildah', ['from', '--quiet', '--pull-never', '--name', container, name]);
    const args = runArguments(container, command);
    const { exitCode, stdout, stderr } = await exec('buildah', args, { allow: anyExitCode });
    return { exitCode, output: `${stdout}${stderr}` };
  } finally {
    forget();
    await remove();
  }
}

const anyExitCode = Array.from({ length: 256 }, (_, code) => code);

/** The isolation that needs no container runtime. */
export function runArguments(container: string, command: readonly string[]): string[] {
  return ['run', '--isolation', 'chroot', container, '--', ...command];
}

/** Makes a read-only image file of a root file system, with owners, modes and extended attributes as they are. */
export async function makeRootImage(root: string, file: string): Promise<void> {
  requireRoot();
  await exec('mkfs.erofs', [file, root], { doing: `making a file system image of ${root}` });
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new InputError({
    problem: 'the files of an image can only be seen as they are by root',
    remedy: 'Run this with sudo.',
  });
}
