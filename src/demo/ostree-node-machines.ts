import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../host/exec.ts';
import { insideRoot } from '../host/inside-root.ts';
import { findDeployTool } from '../loop/boot-test/guest/deploy-tool.ts';
import type { NodeImage } from '../loop/boot-test/guest/node-agent.ts';
import { settleDisk } from '../loop/boot-test/guest/ostree-disk.ts';
import { withRootFilesystem } from '../loop/boot-test/guest/root-filesystem.ts';
import { type ImageSource, inRegistry } from '../loop/boot-test/image-source.ts';
import {
  bootOstree,
  fetchImage,
  type OstreeDisk,
  prepareOstreeDisk,
} from '../loop/boot-test/machine/boot-ostree.ts';
import type { Config } from '../project/configuration/config.ts';
import { atDigest } from '../world/registry/reference.ts';
import type { BootMachine, NodeMachines, Update } from './node-machines.ts';
import type { Scene } from './scene.ts';
import nodeMachine from './shell/node-machine.sh';
import ostreeMachine from './shell/ostree-machine.sh';
import ostreeUpdate from './shell/ostree-update.sh';

/** An emulated machine of this size takes minutes to come up; on a busy computer, many. */
const deadlineSeconds = 2400;

/** What makes the stand-in for rpm-ostree deploy by the ostree of the machine: before what else runs there. */
export const ostreeNode: Pick<NodeMachines, 'script' | 'files'> = {
  script: ostreeMachine,
  files: { 'ostree-update.sh': ostreeUpdate },
};

/**
 * Calls `work` while there are machines with real ostree deployments. Each has the release that it runs deployed on its
 * disk, and the next one in the repository, downloaded by ostree-ext: it has no network.
 */
export async function withOstreeMachines(
  scene: Scene,
  config: Config,
  { from, to }: Update,
  work: (machines: NodeMachines) => Promise<void>,
): Promise<void> {
  const { stage, place, options } = scene;
  const { log } = options;
  const source = ({ digest }: NodeImage) => inRegistry(atDigest(config.image, digest));
  await withRootFilesystem(
    source(from),
    (before) =>
      withRootFilesystem(
        source(to),
        async (after) => {
          const disk = await stage.step('disk of the machines', async () => ({
            value: await makeDisk(scene, source(from), source(to), before),
            what: `${from.version} deployed by ostree-ext, ${to.version} downloaded`,
          }));
          await work({
            files: ostreeNode.files,
            script: `${ostreeNode.script}${nodeMachine}`,
            make: async (name) => {
              const file = join(place.folder, `node-${name}.img`);
              await exec('cp', ['--sparse=always', disk.file, file]);
              return keptMachine({ ...disk, file }, (runs) => (runs === from.digest ? before : after));
            },
          });
        },
        { log },
      ),
    { log },
  );
}

async function makeDisk(
  { place, options: { log } }: Scene,
  from: ImageSource,
  to: ImageSource,
  root: string,
): Promise<OstreeDisk> {
  const tool = await findDeployTool({ root, run: undefined });
  if (tool === undefined) throw new Error('ostree-deploy cannot be found');
  const folders = { from: join(place.folder, 'ostree-from'), to: join(place.folder, 'ostree-to') };
  for (const folder of Object.values(folders)) await mkdir(folder);
  const image = await fetchImage(from, folders.from, log);
  const next = await fetchImage(to, folders.to, log);
  return prepareOstreeDisk({ image, next, tool, folder: folders.from, log });
}

/** A machine that goes on from what is on its disk. @param rootOf folder with the files of a release */
export function keptMachine(disk: OstreeDisk, rootOf: (runs: string) => string): BootMachine {
  return async (runs, options) => {
    await settleDisk(disk.file);
    const about = { root: insideRoot(rootOf(runs)), keep: true };
    return bootOstree(disk, { deadlineSeconds, ...options }, about);
  };
}
