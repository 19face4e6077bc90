import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defined, definedVariables } from '../../host/defined.ts';
import { OutsideError } from '../../host/errors.ts';
import { exec } from '../../host/exec.ts';
import type { Log } from '../../host/log.ts';
import { type Architecture, goArchitecture } from '../../world/registry/architecture.ts';
import { type Digest, formatReference, isDigest, type TagReference } from '../../world/registry/reference.ts';
import { chooseIsolation, execIsolated, type Isolation, nameServer } from './isolated.ts';

/** One run of `buildah build`. */
export interface BuildOrder {
  /** Path of the Containerfile, with the base pinned. */
  readonly containerfile: string;
  readonly contextFolder: string;
  readonly architecture: Architecture;
  /** UNIX seconds. */
  readonly timestamp: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Name of the image in local storage, of this run alone: others may hold the same image at the same time. */
  readonly name: string;
  /** Only images of loopback registries are pulled besides the base: they have no certificates. */
  readonly plainHttp: boolean;
}

/**
 * The command line of a build that depends only on its order:
 * - `--timestamp` sets every time in the image, `--layers=false` makes one layer whatever the cache holds;
 * - chroot isolation works as root in a container and on a plain machine alike. It shows RUN what buildah sees, so
 *   buildah itself is isolated (isolated.ts), and "the host's network" is the one that it was given;
 * - `--ignorefile` is empty: what is ignored was decided when the context was hashed;
 * - `--force-rm` leaves no container behind, after a failure too.
 * All of it is known to buildah 1.28 (Debian 12) and later.
 */
export function buildArgumentsOf(order: BuildOrder, isolation: Isolation): string[] {
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    'build',
    '--isolation=chroot',
    '--network=host',
    // The host's own name server may listen on its loopback.
    ...(isolation === 'full' ? [`--dns=${nameServer}`] : []),
    '--format=oci',
    '--layers=false',
    '--force-rm',
    '--pull',
    `--tls-verify=${!order.plainHttp}`,
    `--arch=${goArchitecture(order.architecture)}`,
    `--timestamp=${order.timestamp}`,
    '--ignorefile=/dev/null',
    ...pairs('--label', order.labels),
    ...pairs('--annotation', order.annotations),
    ...pairs('--build-arg', order.buildArguments),
    `--tag=${order.name}`,
    `--file=${order.containerfile}`,
    order.contextFolder,
  ];
}

/** buildah, with the storage that the environment names. */
export interface Buildah {
  /** Builds an image under the order's name. @throws OutsideError with the end of what buildah printed */
  build(order: BuildOrder): Promise<void>;
  /** Pushes an image; returns the digest as buildah knows it. */
  push(image: string, to: TagReference, plainHttp: boolean): Promise<Digest>;
  /**
   * Writes an image into a folder (`inLayout` of registry/layout.ts), beside what is there.
   * @param options.compressed default: true
   */
  store(image: string, to: TagReference, options?: { readonly compressed: boolean }): Promise<Digest>;
  hasImage(imageId: string): Promise<boolean>;
  /** Pulls an image into local storage. @param from with a digest @throws OutsideError */
  pull(
    from: string,
    options: {
      readonly architecture: Architecture;
      readonly plainHttp: boolean;
      /** The working folder, for a place in a folder. */
      readonly cwd?: string;
    },
  ): Promise<void>;
  /** Gives an image one more name. @throws OutsideError if there is no such image */
  tag(imageId: string, name: string): Promise<void>;
  /** Removes an image by its id or name. One that is in use, or has other names, stays. */
  removeImage(image: string): Promise<void>;
  /** Removes an image that cannot be used by its id, whatever its names are, with the containers of ended builds on it. */
  discardImage(imageId: string): Promise<void>;
  /** Removes an image by its id if it has no name any more. One that is in use stays. */
  removeUnnamed(imageId: string): Promise<void>;
}

/** `buildah images --json` (buildah 1.28). */
const imageList = z.array(z.object({ id: z.string(), names: z.array(z.string()).nullish() })).nullable();

const anyExitCode = Array.from({ length: 256 }, (_, code) => code);
const shownLines = 30;
/** How often the removal of a name is tried that another run undid. */
const removals = 3;

/** @param folder an existing folder for the files that buildah answers with */
export function createBuildah(options: {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}): Buildah {
  const env = definedVariables(options.env);

  async function run(title: string, args: readonly string[], execute = exec, cwd?: string): Promise<void> {
    const { exitCode, lines } = await options.log.task(title, async (report) => {
      const lines: string[] = [];
      const result = await execute('buildah', args, {
        env,
        ...defined({ cwd }),
        allow: anyExitCode,
        onLine: (line) => {
          lines.push(line);
          if (lines.length > shownLines) lines.shift();
          options.log.detail(line);
          const note = noteOf(line);
          if (note !== undefined) report(note);
        },
      });
      return { exitCode: result.exitCode, lines };
    });
    if (exitCode !== 0) {
      throw new OutsideError(title, `buildah ended with exit code ${exitCode}\n  ${lines.join('\n  ')}\n`);
    }
  }

  async function push(title: string, image: string, to: string, flags: readonly string[]): Promise<Digest> {
    const digestFile = join(options.folder, 'digest');
    await run(title, ['push', ...flags, '--format=oci', `--digestfile=${digestFile}`, image, to]);
    const digest = (await readFile(digestFile, 'utf8')).trim();
    if (!isDigest(digest)) throw new OutsideError('pushing', `instead of a digest, buildah wrote ${digest}`);
    return digest;
  }

  /** Nothing if another run removes an image meanwhile. That run then looks for what is left, too. */
  async function listImages(): Promise<NonNullable<z.output<typeof imageList>>> {
    const listing = await exec('buildah', ['images', '--all', '--no-trunc', '--json'], {
      env,
      allow: anyExitCode,
    });
    return listing.exitCode === 0 ? (imageList.parse(JSON.parse(listing.stdout)) ?? []) : [];
  }

  return {
    build: async (order) => {
      const isolation = await chooseIsolation(options.env, options);
      const isolated: typeof exec = (program, args, settings) =>
        execIsolated(isolation, program, args, { ...settings, folder: options.folder, env });
      const title = `building the image for ${order.architecture}`;
      return run(title, buildArgumentsOf(order, isolation), isolated);
    },
    push: (image, to, plainHttp) =>
      push(`pushing ${formatReference(to)}`, image, `docker://${formatReference(to)}`, [
        `--tls-verify=${!plainHttp}`,
      ]),
    store: (image, to, { compressed } = { compressed: true }) =>
      push(
        `writing ${formatReference(to)}`,
        image,
        formatReference(to),
        compressed ? [] : ['--disable-compression'],
      ),
    hasImage: async (imageId) => {
      const listing = await exec('buildah', ['images', '--all', '--quiet', '--no-trunc'], { env });
      return listing.stdout.split('\n').some((line) => line.replace(/^sha256:/, '') === imageId);
    },
    pull: (from, { architecture, plainHttp, cwd }) => {
      const options = [`--tls-verify=${!plainHttp}`, `--arch=${goArchitecture(architecture)}`];
      return run(`pulling ${from}`, ['pull', ...options, from], exec, cwd);
    },
    tag: async (imageId, name) => {
      await exec('buildah', ['tag', imageId, name], { env });
    },
    removeImage: async (image) => {
      for (let attempt = 1; attempt <= removals; attempt += 1) {
        const { exitCode } = await exec('buildah', ['rmi', image], { env, allow: anyExitCode });
        // Two runs that remove one name each of an image at the same time: storage may keep the list of names that the
        // second one read before the first one wrote.
        if (exitCode !== 0 || !(await listImages()).some(({ names }) => names?.includes(image))) return;
      }
    },
    discardImage: async (imageId) => {
      await exec('buildah', ['rmi', '--force', imageId], { env, allow: anyExitCode });
    },
    removeUnnamed: async (imageId) => {
      const isUnnamed = (await listImages()).some(
        ({ id, names }) => id.replace(/^sha256:/, '') === imageId && (names ?? []).length === 0,
      );
      if (isUnnamed) await exec('buildah', ['rmi', imageId], { env, allow: anyExitCode });
    },
  };
}

/** What buildah is doing, from a line of its output: `STEP 3/7: RUN …`, `Copying blob …`. */
function noteOf(line: string): string | undefined {
  const step = /STEP (\d+)\/(\d+): (.*)/.exec(line);
  if (step !== null) return `step ${step[1]} of ${step[2]}: ${shorten(step[3] ?? '')}`;
  const blob = /^Copying blob (?:sha256:)?(\w{12})/.exec(line);
  if (blob !== null) return `layer ${blob[1]}`;
  return /^Trying to pull (.*?)(?:\.\.\.)?$/.exec(line)?.[0];
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
