import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeImage } from '../loop/boot-test/guest/node-agent.ts';
import { withRootFilesystem } from '../loop/boot-test/guest/root-filesystem.ts';
import { inRegistry } from '../loop/boot-test/image-source.ts';
import { bootPrepared, type PreparedImage, prepareImage } from '../loop/boot-test/machine/boot-directly.ts';
import type { BootOptions } from '../loop/boot-test/machine/boot-options.ts';
import { makeStateDisk } from '../loop/boot-test/rehearsal/state-disk.ts';
import type { BootReport } from '../loop/boot-test/report/boot-report.ts';
import type { Config } from '../project/configuration/config.ts';
import { atDigest, type Digest } from '../world/registry/reference.ts';
import type { Scene } from './scene.ts';
import nodeMachine from './shell/node-machine.sh';

/** Boots a machine, which keeps what it writes. @param runs the release that it boots */
export type BootMachine = (runs: Digest, options: BootOptions) => Promise<BootReport>;

/** The kind of machines that follow a rollout. */
export interface NodeMachines {
  /** Runs in the machine after the lines of as-node.sh, with these files below $work. */
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
  /** Makes a machine on the release before. */
  make(name: string): Promise<BootMachine>;
}

/** The releases that machines go from and to. */
export interface Update {
  readonly from: NodeImage;
  readonly to: NodeImage;
}

/** Calls `work` while there are machines whose kernel is started directly; only the stand-in knows of deployments. */
export async function withDirectMachines(
  scene: Scene,
  config: Config,
  { from, to }: Update,
  work: (machines: NodeMachines) => Promise<void>,
): Promise<void> {
  await withPrepared(scene, config, from, (before) =>
    withPrepared(scene, config, to, (after) =>
      work({
        script: nodeMachine,
        files: {},
        make: async (name) => {
          const disk = join(scene.place.folder, `node-${name}`);
          await makeStateDisk(disk);
          return (runs, options) => {
            const old = runs === from.digest;
            const state = { disk, deployment: old ? ('old' as const) : ('new' as const) };
            return bootPrepared(old ? before : after, { ...options, init: 'any', state });
          };
        },
      }),
    ),
  );
}

async function withPrepared(
  { options, place }: Scene,
  config: Config,
  { digest }: NodeImage,
  work: (image: PreparedImage) => Promise<void>,
): Promise<void> {
  const { log } = options;
  const source = inRegistry(atDigest(config.image, digest));
  await withRootFilesystem(
    source,
    async (root) => {
      const folder = join(place.folder, `image-${digest.slice(-12)}`);
      await mkdir(folder);
      await work(await prepareImage({ root, image: source.name, folder, log }));
    },
    { log },
  );
}
