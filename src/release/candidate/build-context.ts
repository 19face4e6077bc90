import dockerignore from '@balena/dockerignore';
import { InputError, messageOf } from '../../host/errors.ts';
import { configFileName } from '../../project/configuration/config.ts';
import type { TreeEntry } from '../../world/git/list-tree.ts';

/** One file of the build context. */
export interface ContextEntry {
  /** Inside the repository, with slashes. */
  readonly path: string;
  readonly mode: '100644' | '100755' | '120000';
  /** Hash of the git blob; of the link's target for a symbolic link. */
  readonly hash: string;
}

/** The ignore files that are looked for at the top of the repository; the first one counts, as with buildah. */
export const ignoreFileNames = ['.containerignore', '.dockerignore'] as const;

/** A one-line file that watch-base commits to force a rebuild. Part of the build key, never of the context. */
export const refreshFileName = '.coxswain/refresh';

/** What `roll-back` commits to make an old content a new build. Part of the build key, never of the context. */
export const rollBackFileName = '.coxswain/roll-back.json';

/** Files of the repository that are for Coxswain and its tests, and not for the image. */
export interface OwnFiles {
  readonly containerfile: string;
  readonly tests: string;
  readonly templates: readonly string[];
}

/**
 * Chooses the files of a commit that the build can see, from which the build key is made.
 *
 * Ignore patterns mean what they mean to Docker (moby's pattern matcher). In addition, these are left out unless a
 * pattern with `!` asks for them: the Containerfile (the key has it as an input of its own), the tests, rollouts/ and
 * the fleets' templates, .github/, .gitignore, .gitattributes and the ignore files. coxswain.yaml and .coxswain/ are
 * always left out. So an edit of any of these rebuilds nothing.
 * @throws InputError for an unusable pattern, a submodule in the context, or a path that is not UTF-8
 */
export function selectContext(
  entries: readonly TreeEntry[],
  own: OwnFiles,
  ignoreFile?: { readonly path: string; readonly text: string },
): ContextEntry[] {
  const isIgnored = ignoreMatcher(own, ignoreFile);
  return entries
    .filter(({ path }) => path !== configFileName && !path.startsWith('.coxswain/') && !isIgnored(path))
    .map(({ path, mode, hash }) => {
      if (path.includes('\uFFFD')) {
        throw new InputError({
          where: path,
          problem: 'the name of this file is not UTF-8',
          remedy: 'Rename it.',
        });
      }
      if (mode === '160000') {
        throw new InputError({
          where: path,
          problem:
            'a git submodule cannot be part of the build context: its files are not in this repository',
          remedy: `Copy the files, fetch them in the Containerfile, or name ${path} in .containerignore.`,
        });
      }
      if (mode !== '100644' && mode !== '100755' && mode !== '120000') {
        throw new InputError({ where: path, problem: 'this kind of file cannot be built', found: mode });
      }
      return { path, mode, hash };
    });
}

function ignoreMatcher(
  own: OwnFiles,
  ignoreFile: { readonly path: string; readonly text: string } | undefined,
): (path: string) => boolean {
  const ours = [
    own.containerfile,
    own.tests,
    ...own.templates,
    'rollouts',
    '.github',
    '.gitignore',
    '.gitattributes',
    '.gitmodules',
    ...ignoreFileNames,
  ];
  // Case matters here as it does to the file system that the image is built on.
  const matcher = dockerignore({ ignorecase: false }).add(ours.map(escapePattern));
  for (const [index, line] of (ignoreFile?.text.replace(/^\uFEFF/, '') ?? '').split(/\r?\n/).entries()) {
    try {
      // A pattern is compiled when it is first used, so this uses it now to report the line of a bad one.
      dockerignore({ ignorecase: false }).add(line).ignores('x');
      matcher.add(line);
    } catch (error) {
      throw new InputError(
        {
          where: `${ignoreFile?.path}:${index + 1}`,
          problem: `not a pattern: ${messageOf(error)}`,
          found: line,
        },
        { cause: error },
      );
    }
  }
  return (path) => matcher.ignores(path);
}

function escapePattern(path: string): string {
  return path.replaceAll(/[\\*?[\]!#{}()+^|]/g, '\\$&');
}
