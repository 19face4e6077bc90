import { chmod, lstat, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '../../host/errors.ts';
import { isMissing, readFileIfThere, writeFileAtomically } from '../../host/files.ts';
import { Git } from '../../world/git/git.ts';
import { type Config, configFileName, parseConfig, readConfig } from '../configuration/config.ts';
import { configJsonSchema } from '../configuration/schema.ts';
import { findBase } from '../containerfile/base.ts';
import { parseContainerfile } from '../containerfile/parse.ts';
import {
  configText,
  containerfileText,
  containerignoreText,
  copyLine,
  gitignoreText,
  type InitialSettings,
  motdFile,
  motdText,
  schemaFile,
  templateText,
  testText,
} from './texts.ts';
import { workflowFiles } from './workflows.ts';

export interface InitReport {
  /** Absolute path. */
  readonly root: string;
  readonly config: Config;
  /** Paths inside the repository. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly isRepository: boolean;
  /** What is wrong with the Containerfile that existed before. */
  readonly doubt: string | undefined;
}

interface InitialFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

/**
 * Writes the files of a user's repository that do not exist yet. An existing file is never changed, except the JSON
 * Schema, which is Coxswain's own. If there is a coxswain.yaml, everything else follows it.
 * @param settings needed if there is no coxswain.yaml
 * @throws InputError inside another folder's repository, and for an existing coxswain.yaml that is wrong
 */
export async function initRepository(
  directory: string,
  settings: InitialSettings | undefined,
): Promise<InitReport> {
  const root = resolve(directory);
  const isRepository = await checkTop(root);
  const existing = await exists(join(root, configFileName));
  if (!existing && settings === undefined) {
    throw new InputError({
      field: '--image',
      problem: `there is no ${configFileName} yet, so the production repository has to be given`,
      expected: 'a repository, such as ghcr.io/acme/os',
      remedy: 'In a clone of a repository on GitHub it is found automatically.',
    });
  }
  // The new files are parsed first, so that every error is reported before anything is written.
  const text = settings === undefined ? '' : configText(settings);
  const config = existing ? await readConfig(root) : parseConfig(text, configFileName);
  const containerfile = await readFileIfThere(join(root, config.containerfile));
  const files = initialFiles(config, text, containerfile);
  const written: string[] = [];
  const kept: string[] = [];
  for (const file of files) {
    if (await exists(join(root, file.path))) {
      kept.push(file.path);
      continue;
    }
    await writeFileAtomically(join(root, file.path), file.text);
    if (file.executable === true) await chmod(join(root, file.path), 0o755);
    written.push(file.path);
  }
  const schema = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  if ((await readFileIfThere(join(root, schemaFile))) === schema) kept.push(schemaFile);
  else {
    await writeFileAtomically(join(root, schemaFile), schema);
    written.push(schemaFile);
  }
  return { root, config, written, kept, isRepository, doubt: doubtAbout(containerfile, config) };
}

/** The sample in rootfs/ belongs to our Containerfile; with another one it would break the build. */
function initialFiles(config: Config, configText: string, containerfile: string | undefined): InitialFile[] {
  const ours = containerfile ?? containerfileText(config);
  const hasSample = ours.includes(copyLine);
  return [
    { path: configFileName, text: configText },
    { path: config.containerfile, text: ours },
    ...(hasSample
      ? [
          { path: '.containerignore', text: containerignoreText },
          { path: motdFile, text: motdText },
        ]
      : []),
    { path: '.gitignore', text: gitignoreText },
    ...Object.values(config.fleets).map((fleet) => ({ path: fleet.template, text: templateText(fleet) })),
    { path: `${config.tests}/10-image.sh`, text: testText(hasSample), executable: true },
    ...workflowFiles(config),
  ];
}

/** What is wrong with an existing Containerfile, if anything, so that it is reported now and not at the first build. */
function doubtAbout(containerfile: string | undefined, config: Config): string | undefined {
  if (containerfile === undefined) return undefined;
  try {
    findBase(parseContainerfile(containerfile, config.containerfile), config.base);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/**
 * The image of this repository in GitHub's registry, by the address of its remote `origin`.
 * @returns undefined if it is not on GitHub
 */
export async function imageOfRemote(directory: string): Promise<string | undefined> {
  if (!(await exists(directory))) return undefined;
  const url = await new Git(directory).try(['config', '--get', 'remote.origin.url']);
  const [, owner, name] =
    /^(?:https:\/\/(?:[^@/]*@)?github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(
      url ?? '',
    ) ?? [];
  return owner === undefined || name === undefined ? undefined : `ghcr.io/${owner}/${name}`.toLowerCase();
}

/** True in a repository's top folder, false outside of any. */
async function checkTop(root: string): Promise<boolean> {
  if (!(await exists(root))) return false;
  const top = await new Git(root).try(['rev-parse', '--show-toplevel']);
  if (top === undefined || top === '') return false;
  if ((await realpath(top)) === (await realpath(root))) return true;
  throw new InputError({
    field: '--directory',
    problem: 'this folder is inside a repository, and coxswain.yaml belongs at its top',
    found: root,
    expected: top,
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
