import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import type { InsideRoot } from '../../host/inside-root.ts';
import type { Log } from '../../host/log.ts';
import type { ImageConfig } from '../../world/registry/image.ts';
import type { DeployTool } from './guest/deploy-tool.ts';
import type { StoredImage } from './guest/root-filesystem.ts';
import type { ImageSource } from './image-source.ts';
import { bootPrepared, type PreparedImage, prepareImage } from './machine/boot-directly.ts';
import { runDiskTest } from './machine/boot-from-disk.ts';
import type { BootMode } from './machine/boot-modes.ts';
import type { BootOptions } from './machine/boot-options.ts';
import { bootOstree, type FetchedImage, fetchImage, prepareOstreeDisk } from './machine/boot-ostree.ts';
import { chooseOstree, requireOstree } from './machine/ostree-needs.ts';
import { rehearseOnOstree } from './rehearsal/ostree-rehearsal.ts';
import { type RehearsalScript, rehearseUpgrade } from './rehearsal/rehearsal.ts';
import type { BootReport, Rehearsal } from './report/boot-report.ts';

/** An image's files, while they are on this machine. */
export interface MountedImage {
  readonly source: ImageSource;
  readonly root: InsideRoot;
  readonly stored: StoredImage;
}

/** How an image boots in the mode that was chosen for it. */
export interface ModeMachine {
  readonly mode: BootMode;
  boot(options: BootOptions): Promise<BootReport>;
  /** Takes a machine from an earlier release to the image and back. */
  rehearse(script: RehearsalScript, from: MountedImage): Promise<Rehearsal>;
}

export interface ModeOptions extends MountedImage {
  /** Absent: `direct`, or `ostree` if there is a configuration for Ignition. */
  readonly wanted: BootMode | undefined;
  readonly config: ImageConfig;
  /** The image is of another architecture than this machine. */
  readonly foreign: boolean;
  /** Path of a configuration for Ignition. */
  readonly ignition?: string;
  /** An empty folder; the caller removes it. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Makes an image ready to boot.
 * @throws InputError if the requested mode is not possible
 */
export async function machineOfMode(options: ModeOptions): Promise<ModeMachine> {
  const { wanted, root, source, config, stored, foreign } = options;
  const ignition = options.ignition !== undefined;
  if (ignition && wanted !== undefined && wanted !== 'ostree') throw ignitionNeedsOstree(wanted);
  if (wanted === 'disk') return diskMachine(options);
  if (wanted === 'direct' || (wanted === undefined && !ignition)) return directMachine(options);
  const run = foreign ? undefined : stored.run;
  const choice = await chooseOstree({ root, name: source.name, config, run, ignition });
  return ostreeMachine(options, requireOstree(choice));
}

function ignitionNeedsOstree(mode: BootMode): InputError {
  return new InputError({
    field: 'boot-test.ignition',
    problem: `in the mode ${mode}, the machine cannot get a configuration for Ignition`,
    remedy: 'Use the mode ostree, or leave the mode out.',
  });
}

async function directMachine({ root, source, folder, log }: ModeOptions): Promise<ModeMachine> {
  const prepared = await prepareImage({ root: root.folder, image: source.name, folder, log });
  return {
    mode: 'direct',
    boot: (options) => bootPrepared(prepared, options),
    rehearse: (script, from) => rehearseDirectly(script, prepared, from, log),
  };
}

/**
 * Boots through the firmware. A rehearsal in this mode would need an installer that can update, so it boots the
 * kernel directly.
 */
function diskMachine(options: ModeOptions): ModeMachine {
  const { root, source, folder, log } = options;
  let prepared: Promise<PreparedImage> | undefined;
  return {
    mode: 'disk',
    boot: (boot) => runDiskTest({ ...boot, root: root.folder, image: source.name, source }),
    rehearse: async (script, from) => {
      prepared ??= prepareImage({ root: root.folder, image: source.name, folder, log });
      return rehearseDirectly(script, await prepared, from, log);
    },
  };
}

async function rehearseDirectly(
  script: RehearsalScript,
  candidate: PreparedImage,
  from: MountedImage,
  log: Log,
): Promise<Rehearsal> {
  return withTemporaryFolder('from', async (folder) => {
    const image = await prepareImage({ root: from.root.folder, image: from.source.name, folder, log });
    return rehearseUpgrade({
      ...script,
      from: { ...script.from, image },
      candidate: { ...script.candidate, image: candidate },
    });
  });
}

async function ostreeMachine(options: ModeOptions, tool: DeployTool): Promise<ModeMachine> {
  const { root, source, folder, ignition, log } = options;
  const image = await fetchImage(source, folder, log);
  const disk = await prepareOstreeDisk({ image, tool, folder, log });
  return {
    mode: 'ostree',
    boot: (boot) => bootOstree(disk, boot, { root, keep: false, ...defined({ ignition }) }),
    rehearse: (script, from) => rehearseWithOstree(script, { ...options, image, tool }, from),
  };
}

async function rehearseWithOstree(
  script: RehearsalScript,
  candidate: ModeOptions & { readonly image: FetchedImage; readonly tool: DeployTool },
  from: MountedImage,
): Promise<Rehearsal> {
  const { tool, ignition, log } = candidate;
  return withTemporaryFolder('from', async (folder) => {
    const earlier = join(folder, 'earlier');
    await mkdir(earlier);
    const image = await fetchImage(from.source, earlier, log);
    const disk = await prepareOstreeDisk({ image, next: candidate.image, tool, folder: earlier, log });
    const roots = { from: from.root, candidate: candidate.root };
    return rehearseOnOstree(script, {
      disk,
      target: candidate.image.target,
      roots,
      folder,
      ...defined({ ignition }),
    });
  });
}
