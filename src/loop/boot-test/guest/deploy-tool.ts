import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { OutsideError } from '../../../host/errors.ts';
import { exec } from '../../../host/exec.ts';
import { isMissing } from '../../../host/files.ts';
import { findTool } from '../../../host/tools.ts';
import type { RunInImage } from './root-filesystem.ts';

/** The program that makes ostree deployments of container images, with the command line of ostree-ext. */
export interface DeployTool {
  /** For people, and for the report. */
  readonly name: string;
  /** Its deployments have what ostree-prepare-root needs for composefs. */
  readonly makesComposefs: boolean;
  /**
   * Runs it. @param call.folders that it works in
   * @param call.args returns its arguments, given the names under which it sees these folders
   */
  run<Name extends string>(call: {
    readonly folders: Readonly<Record<Name, string>>;
    readonly args: (seen: Readonly<Record<Name, string>>) => string[];
  }): Promise<void>;
}

/** Built by script/rust-tools. */
export const ownProgram = 'ostree-deploy';

/** `ostree container` of an image: rpm-ostree or bootc under another name. */
const imageExtension = 'usr/libexec/libostree/ext/ostree-container';

/** ostree marks the folder of a deployment as immutable, but a temporary folder must be removed. */
const environment = { OSTREE_SYSROOT_DEBUG: 'mutable-deployments' };

/**
 * What deploys this image: its own rpm-ostree or bootc, or else `ostree-deploy` of this machine.
 * @param image.run absent: the image's programs cannot be run here
 * @returns undefined without any
 */
export async function findDeployTool(
  image: { readonly root: string; readonly run: RunInImage | undefined },
  env: NodeJS.ProcessEnv = process.env,
): Promise<DeployTool | undefined> {
  if (image.run !== undefined && (await hasExtension(image.root))) return inImage(image.run);
  return findTool(ownProgram, env) === undefined ? undefined : onHost;
}

/** The link is checked and not followed, because the image chooses its target. */
async function hasExtension(root: string): Promise<boolean> {
  try {
    await lstat(join(root, imageExtension));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

const onHost: DeployTool = {
  name: ownProgram,
  // It is built with a libostree that is older than composefs.
  makesComposefs: false,
  run: async ({ folders, args }) => {
    const words = args(folders);
    await exec(ownProgram, words, {
      env: environment,
      doing: `deploying the image (${ownProgram} ${words.join(' ')})`,
    });
  },
};

function inImage(run: RunInImage): DeployTool {
  return {
    name: 'the ostree of the image',
    makesComposefs: true,
    run: async ({ folders, args }) => {
      const names = Object.keys(folders) as (keyof typeof folders)[];
      const seen = Object.fromEntries(names.map((name) => [name, `/run/coxswain/${name}`]));
      const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const words = args(seen as typeof folders);
      const { exitCode, output } = await run(['/usr/bin/env', ...settings, '/usr/bin/ostree', ...words], {
        folders: Object.fromEntries(names.map((name) => [folders[name], `/run/coxswain/${name}`])),
      });
      if (exitCode === 0) return;
      throw new OutsideError(
        `deploying the image (ostree ${words.join(' ')}, in the image)`,
        `exit code ${exitCode}\n${output.trimEnd().split('\n').slice(-12).join('\n')}`,
      );
    },
  };
}
