import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../host/exec.ts';
import { exists } from '../host/files.ts';

/** The distribution's packages for another architecture than this machine's. */
export interface ForeignPackages {
  /** By Debian's name: `arm64`. */
  readonly architecture: string;
  /** For apt: separate lists, so that the machine's settings do not change. */
  readonly env: Readonly<Record<string, string>>;
}

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

/** Renames a finished folder or file to its place; another process may have been faster, with the same content. */
export async function putInPlace(partial: string, place: string): Promise<void> {
  try {
    await rename(partial, place);
  } catch (error) {
    if (!(await exists(place))) throw error;
  }
}

export async function versionOf(name: string, foreign?: ForeignPackages): Promise<string> {
  const { stdout } = await exec('apt-cache', ['policy', name], { env: { LC_ALL: 'C', ...foreign?.env } });
  return /Candidate: (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

/** Downloads packages and unpacks them into a folder; nothing is installed. */
export async function unpackPackages(
  packages: readonly DebianPackage[],
  folder: string,
  foreign?: ForeignPackages,
): Promise<void> {
  const downloads = join(folder, 'downloads');
  await mkdir(downloads, { recursive: true });
  await exec('apt-get', ['download', ...packages.map(({ name, version }) => `${name}=${version}`)], {
    cwd: downloads,
    env: foreign?.env ?? {},
    doing: `downloading ${packages.map(({ name }) => name).join(', ')} (is apt-get update needed?)`,
  });
  for (const file of await readdir(downloads)) await exec('dpkg-deb', ['-x', join(downloads, file), folder]);
  await rm(downloads, { recursive: true });
}
