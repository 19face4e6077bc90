import { copyFile, cp, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { exec } from '../../src/host/exec.ts';
import { findTool } from '../../src/host/tools.ts';
import { ownStorage } from './own-storage.ts';
import { temporaryFolder } from './repository.ts';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const places = [process.env.CHUNKAH, 'chunkah', join(cache, 'coxswain/rust-tools/bin/chunkah')];

/** The real chunkah: CHUNKAH, on PATH, or where script/rust-tools keeps programs. Undefined if there is none. */
export const chunkah = places
  .filter((place) => place !== undefined && place !== '')
  .map((place) => findTool(place as string))
  .find((path) => path !== undefined);

/** Why tests of the real chunkah are skipped; undefined if they run. No registry of packages has it. */
export const whyNoChunkah =
  chunkah === undefined ? 'chunkah is not installed; CHUNKAH=PATH names it' : undefined;

/** An environment in which a program is the first of its name on PATH. */
export function withProgram(path: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: `${dirname(path)}:${env.PATH ?? ''}` };
}

/** An image with chunkah, rpm and what they need, as upstream publishes one. */
export async function pushTool(image: string): Promise<void> {
  const root = await temporaryFolder();
  const files = [chunkah ?? 'chunkah', findTool('rpm') ?? 'rpm', findTool('busybox') ?? 'busybox'];
  const needed = new Set<string>();
  for (const file of files) {
    const { stdout } = await exec('ldd', [file], { allow: [0, 1] });
    for (const [, path] of stdout.matchAll(/(\/\S+) \(0x/g)) needed.add(path as string);
  }
  for (const path of needed) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await copyFile(path, join(root, path));
  }
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  for (const path of files) await copyFile(path, join(root, 'usr/bin', basename(path)));
  await cp('/usr/lib/rpm', join(root, 'usr/lib/rpm'), { recursive: true });
  await mkdir(join(root, 'tmp'));
  const storage = await ownStorage();
  const buildah = async (...args: string[]) => (await exec('buildah', args, { env: storage })).stdout.trim();
  const container = await buildah('from', 'scratch');
  await buildah('copy', '--quiet', container, root, '/');
  const id = await buildah('commit', '--quiet', container);
  await buildah('push', '--tls-verify=false', id, `docker://${image}`);
}
