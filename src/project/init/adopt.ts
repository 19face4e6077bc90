import { basename, dirname, join } from 'node:path';
import { readFileIfThere } from '../../host/files.ts';
import { findTool } from '../../host/tools.ts';
import { Git } from '../../world/git/git.ts';
import type { WorkflowFile } from './workflow-files.ts';

// An existing repository has its own files, workflows and branches.

/**
 * The branch that the work of a repository happens on, if it has commits: the default branch of its remote, else the one
 * that is checked out.
 */
export async function workingBranch(directory: string): Promise<string | undefined> {
  if (findTool('git') === undefined) return undefined;
  const git = new Git(directory);
  if (((await git.try(['rev-parse', '--verify', '--quiet', 'HEAD'])) ?? '') === '') return undefined;
  const remote = await git.try(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  const here = await git.try(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return remote?.replace(/^origin\//, '') || here || undefined;
}

/**
 * Gives our workflows other names if the repository has workflows of those names that call nothing of ours.
 * @returns the files, and a sentence about each that was renamed
 */
export async function besideOthers(
  root: string,
  files: readonly WorkflowFile[],
): Promise<{ readonly files: readonly WorkflowFile[]; readonly notes: readonly string[] }> {
  const names = new Map<string, string>();
  for (const { path } of files) {
    const text = await readFileIfThere(join(root, path));
    if (text === undefined || callsOurs(text, basename(path))) continue;
    names.set(path, `${dirname(path)}/coxswain-${basename(path)}`);
  }
  const watch = basename(names.get('.github/workflows/watch.yml') ?? 'watch.yml');
  return {
    files: files.map(({ path, text }) => ({
      path: names.get(path) ?? path,
      // The job for labels starts its own workflow by the name of its file.
      text: text.replaceAll('/workflows/watch.yml/dispatches', `/workflows/${watch}/dispatches`),
    })),
    notes: [...names].map(
      ([path, own]) => `${path} is yours and calls nothing of Coxswain, so it stays as it is: ours is ${own}`,
    ),
  };
}

/** A file that init wrote, or that does the same. */
function callsOurs(text: string, name: string): boolean {
  return new RegExp(`uses: *\\S+/\\.github/workflows/(?:${name.replace('.yml', '')}|tick)\\.yml@`).test(text);
}

/**
 * The .gitignore with the lines of ours that were missing; undefined if there is no .gitignore, or if no line is
 * missing.
 */
export async function mergeIgnored(root: string, text: string): Promise<string | undefined> {
  const there = await readFileIfThere(join(root, '.gitignore'));
  if (there === undefined) return undefined;
  const lines = new Set(there.split('\n').map((line) => line.trim()));
  const missing = text.split('\n').filter((line) => line.startsWith('/') && !lines.has(line));
  if (missing.length === 0) return undefined;
  const [comment = ''] = text.split('\n');
  return `${there.replace(/\n?$/, '\n')}${[comment, ...missing].join('\n')}\n`;
}
