import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, readFileIfThere } from '../../host/files.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { Git } from '../../world/git/git.ts';
import type { Found } from './checkout-finding.ts';

/** A checkout, as the checks read it. */
export interface Examined {
  /** Top folder of the checkout. */
  readonly root: string;
  readonly config: Config;
  /** Paths that git knows: other files are in no commit, so no run has them. undefined if this is not a repository yet. */
  readonly tracked: ReadonlySet<string> | undefined;
  /** UNIX seconds. */
  readonly now: number;
}

/** Paths of all files that are committed or staged. */
export async function readTracked(git: Git): Promise<ReadonlySet<string>> {
  return new Set((await git.run(['ls-files', '-z'])).split('\0').filter((path) => path !== ''));
}

/** Text of a file of the checkout; undefined if there is no such file. */
export function readText({ root }: Examined, path: string): Promise<string | undefined> {
  return readFileIfThere(join(root, path)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') return undefined;
    throw error;
  });
}

/** Names of the plain files of a folder, sorted; none if there is no such folder. */
export async function fileNames({ root }: Examined, folder: string): Promise<string[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A warning about a file that is in no commit; none if it is. */
export function untracked({ tracked }: Examined, path: string): Found[] {
  if (tracked === undefined || tracked.has(path)) return [];
  return [
    {
      severity: 'warning',
      where: path,
      message: 'git does not know this file, and every run reads commits.',
      remedy: `git add ${path}, and commit it.`,
    },
  ];
}
