import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { onInterrupt } from '../../../host/cleanup.ts';
import { definedVariables } from '../../../host/defined.ts';
import { InputError, OutsideError } from '../../../host/errors.ts';
import { type ExecOptions, exec } from '../../../host/exec.ts';
import type { Log } from '../../../host/log.ts';
import { findTool, requireTools } from '../../../host/tools.ts';
import type { Rechunk } from '../../../project/configuration/rechunk.ts';
import { isLoopback } from '../../../world/loopback.ts';
import { type Architecture, goArchitecture } from '../../../world/registry/architecture.ts';
import type { RegistryClient } from '../../../world/registry/client.ts';
import { atDigest, formatReference, parseReference } from '../../../world/registry/reference.ts';
import { chooseIsolation, execIsolated, namesToUnset } from '../isolated.ts';
import readOnlyScript from '../shell/read-only.sh';

const program = 'chunkah';

/** Its messages without colours. */
const plain = 'NO_COLOR=1';

/** The name of the image that chunkah writes. */
export const splitName = 'split';

/** What chunkah says of files that none of its sources of components knows (0.6.0, cmd_build.rs). */
const nothingToSplit = /no supported component repo found/;

/** One run of chunkah. */
export interface SplitOrder {
  /** Folder with the files. */
  readonly root: string;
  /** Folder that gets the folder `image`, an OCI image layout. */
  readonly output: string;
  readonly mostLayers: number;
  /** UNIX seconds from which the age of a package counts; times of files are never later. */
  readonly epoch: number;
  readonly architecture: Architecture;
}

/** @returns whether there is an image: chunkah makes none of files that it knows nothing about */
export type Splitter = (order: SplitOrder) => Promise<boolean>;

/**
 * The arguments of a run. Whatever decides the layers is one of them, because chunkah also reads its environment: the
 * same files give the same layers on every machine.
 */
export function chunkahArguments(order: SplitOrder): string[] {
  return [
    'build',
    `--rootfs=${order.root}`,
    `--output=oci:${order.output}/image`,
    `--tag=${splitName}`,
    `--max-layers=${order.mostLayers}`,
    `--source-date-epoch=${order.epoch}`,
    `--arch=${goArchitecture(order.architecture)}`,
    '--config-str={}',
    '--compressed',
    '--compression-level=6',
  ];
}

/**
 * Makes sure that chunkah can be run, before anything is built.
 * @throws InputError if it is not installed, and coxswain.yaml names no image of it, or one that does not exist
 */
export async function requireChunkah(
  rechunk: Rechunk,
  { client, env }: { readonly client: Pick<RegistryClient, 'resolve'>; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { image } = rechunk;
  if (image === undefined) return requireProgram(env);
  const field = 'rechunk.image';
  if ((await client.resolve(parseReference(image, { field }))) !== undefined) return;
  throw new InputError({ field, problem: 'this image does not exist', found: image });
}

function requireProgram(env: NodeJS.ProcessEnv): void {
  if (findTool(program, env) === undefined) {
    throw new InputError({
      field: 'rechunk',
      problem: `a program is not installed: ${program}`,
      remedy:
        'Install it (Fedora: dnf install chunkah), or name its image in coxswain.yaml, which buildah then runs: rechunk: { image: quay.io/coreos/chunkah@sha256:… }',
    });
  }
  // chunkah asks rpm which package owns which file.
  requireTools(['rpm', 'unshare', 'mount'], env);
}

/** exec(), or what behaves like it. */
type Run = (program: string, args: readonly string[], options: ExecOptions) => Promise<unknown>;

/**
 * Gives `work` a chunkah that is ready: the installed one, or that of the image which coxswain.yaml names. The image is
 * pulled now, and stays in storage, as one that a Containerfile copies from.
 * @param options.folder an existing folder for files of the run
 * @throws OutsideError if the image cannot be pulled
 */
export async function withChunkah<T>(
  rechunk: Rechunk,
  options: { readonly env: NodeJS.ProcessEnv; readonly log: Log; readonly folder: string },
  work: (splitter: Splitter) => Promise<T>,
): Promise<T> {
  const { log, folder } = options;
  const env = definedVariables(options.env);
  const { image } = rechunk;
  if (image === undefined) {
    requireProgram(options.env);
    const path = findTool(program, options.env) ?? program;
    // It reads files that a pull request may have made, so it gets no secret of the run.
    const unset = namesToUnset({ ...process.env, ...env }).map((name) => `--unset=${name}`);
    return work((order) => {
      // rpm, which chunkah asks, would write to its database.
      const readOnly = ['--mount', '--propagation=private', 'sh', '-c', readOnlyScript, 'sh', order.root];
      const command = [...readOnly, 'env', ...unset, plain, path];
      return split(command, order, { env, log, run: exec, program: 'unshare' });
    });
  }
  const reference = parseReference(image, { field: 'rechunk.image' });
  const { repository } = reference;
  const plainHttp = isLoopback(new URL(`http://${repository.registry}`));
  // Older buildah refuses a tag and a digest together.
  const place = formatReference(
    reference.kind === 'digest' ? atDigest(repository, reference.digest) : reference,
  );
  const container = `coxswain-chunkah-${randomUUID()}`;
  const remove = async () => {
    await exec('buildah', ['rm', container], { env, allow: [0, 1, 125] });
  };
  const forget = onInterrupt(remove);
  await log.task(`getting chunkah from ${image}`, () =>
    exec(
      'buildah',
      ['from', '--pull', '--quiet', `--tls-verify=${!plainHttp}`, `--name=${container}`, place],
      {
        doing: `getting chunkah from ${image}`,
        env,
      },
    ),
  );
  try {
    return await work(async (order) => {
      // A pull request may name the image, so it is run like the programs of a Containerfile. The build has warned.
      const isolation = await chooseIsolation(options.env, { folder, log: { ...log, warn: () => {} } });
      const run: Run = (program, args, settings) =>
        execIsolated(isolation, program, args, { ...settings, env, folder });
      const inside = { root: '/coxswain/files', output: '/coxswain/output' };
      const command = [
        ...['run', '--isolation=chroot', '--network=host', `--env=${plain}`],
        '--cap-add=CAP_SYS_CHROOT,CAP_DAC_READ_SEARCH',
        ...[`--volume=${order.root}:${inside.root}:ro`, `--volume=${order.output}:${inside.output}:rw`],
        ...[container, '--', program],
      ];
      return split(command, { ...order, ...inside }, { env, log, run, program: 'buildah' });
    });
  } finally {
    forget();
    await remove();
  }
}

async function split(
  command: readonly string[],
  order: SplitOrder,
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly log: Log;
    readonly run: Run;
    readonly program: string;
  },
): Promise<boolean> {
  const { env, log, run, program } = options;
  const said: string[] = [];
  const onLine = (line: string) => {
    said.push(line);
    log.detail(line);
  };
  try {
    const args = [...command, ...chunkahArguments(order)];
    await run(program, args, { doing: 'splitting layers with chunkah', env, onLine });
    return true;
  } catch (error) {
    if (error instanceof OutsideError && said.some((line) => nothingToSplit.test(line))) return false;
    throw error;
  }
}

/** The folder of the image that a run of chunkah has written. */
export function splitImage({ output }: Pick<SplitOrder, 'output'>): string {
  return join(output, 'image');
}
