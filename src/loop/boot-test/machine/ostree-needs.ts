import { InputError, messageOf } from '../../../host/errors.ts';
import type { InsideRoot } from '../../../host/inside-root.ts';
import { findTool } from '../../../host/tools.ts';
import type { ImageConfig } from '../../../world/registry/image.ts';
import { type DeployTool, findDeployTool, ownProgram } from '../guest/deploy-tool.ts';
import { readInitramfs } from '../guest/initramfs.ts';
import { requireKernel } from '../guest/kernel.ts';
import type { RunInImage } from '../guest/root-filesystem.ts';
import { ostreeTools } from './boot-ostree.ts';

/** The label of an image that is an ostree commit with layers on it; ostree-ext deploys no other. */
const commitLabel = 'ostree.final-diffid';
const largestInitramfs = 1024 * 1024 * 1024;

/** The tool that deploys an image, or why it cannot be deployed. */
export type OstreeChoice =
  | { readonly tool: DeployTool; readonly obstacles?: undefined }
  | { readonly tool?: undefined; readonly obstacles: readonly string[] };

/** An ostree commit with layers on it, as every image derived from Fedora CoreOS is. */
export function isOstreeCommit({ labels }: ImageConfig): boolean {
  return labels[commitLabel] !== undefined;
}

/**
 * Finds out whether an image can be deployed with ostree here, and by what.
 * @param image.run absent: the image is of another architecture, and its programs cannot be run here
 */
export async function chooseOstree(
  image: {
    readonly root: InsideRoot;
    readonly name: string;
    readonly config: ImageConfig;
    readonly run: RunInImage | undefined;
    /** The machine is to get a configuration for Ignition. */
    readonly ignition: boolean;
  },
  env: NodeJS.ProcessEnv = process.env,
): Promise<OstreeChoice> {
  const { root, config, run } = image;
  const obstacles: string[] = [];
  if (!isOstreeCommit(config)) {
    obstacles.push(`the image is not an ostree commit (it has no label ${commitLabel})`);
  }
  obstacles.push(...(await initramfsObstacles(image)));
  if (run === undefined) obstacles.push('the image is made for another architecture than this machine');
  const missing = ostreeTools.filter((name) => findTool(name, env) === undefined);
  if (missing.length > 0) obstacles.push(`${missing.join(', ')} cannot be found on this machine`);
  const tool = run === undefined ? undefined : await findDeployTool({ root: root.folder, run }, env);
  if (tool === undefined) {
    obstacles.push(
      `nothing here can deploy it: the image has no ostree-container of rpm-ostree or bootc, and this machine no ${ownProgram} (script/rust-tools ${ownProgram})`,
    );
  } else if (!tool.makesComposefs && (await needsComposefs(root))) {
    obstacles.push(`the image wants composefs, which ${tool.name} does not make`);
  }
  return tool !== undefined && obstacles.length === 0 ? { tool } : { obstacles };
}

/** @throws InputError that names everything that is missing */
export function requireOstree(choice: OstreeChoice): DeployTool {
  if (choice.tool !== undefined) return choice.tool;
  throw new InputError({
    field: 'mode',
    problem: `the image cannot be deployed with ostree here: ${choice.obstacles.join('; ')}`,
    found: 'ostree',
    remedy: 'Provide what is missing, or use the mode direct, which needs none of it.',
  });
}

async function initramfsObstacles(image: {
  readonly root: InsideRoot;
  readonly name: string;
  readonly ignition: boolean;
}): Promise<string[]> {
  const { root, name, ignition } = image;
  const { modules, unified } = await requireKernel(root, name);
  if (unified !== undefined)
    return ['the image has a unified kernel image, which no boot entry of ostree starts'];
  const bytes = await root.readFile(`${modules}/initramfs.img`, { largest: largestInitramfs });
  if (bytes === undefined) return ['the image has no initramfs'];
  try {
    const { hasPrepareRoot, hasIgnition } = await readInitramfs(bytes);
    return [
      ...(hasPrepareRoot ? [] : ["the image's initramfs has no ostree-prepare-root"]),
      ...(hasIgnition || !ignition ? [] : ["the image's initramfs has no Ignition for boot-test.ignition"]),
    ];
  } catch (error) {
    return [`the image's initramfs cannot be read: ${messageOf(error)}`];
  }
}

/** ostree-prepare-root(1): `composefs.enabled` in prepare-root.conf; `maybe` works without it. */
async function needsComposefs(root: InsideRoot): Promise<boolean> {
  for (const folder of ['/etc', '/usr/etc', '/usr/lib']) {
    const bytes = await root.readFile(`${folder}/ostree/prepare-root.conf`, { largest: 64 * 1024 });
    if (bytes === undefined) continue;
    const section = /^\[composefs\]([^[]*)/m.exec(bytes.toString('utf8'))?.[1] ?? '';
    return /^\s*enabled\s*=\s*(yes|true|signed|verity|1)\s*$/im.test(section);
  }
  return false;
}
