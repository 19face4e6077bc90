import { chmod, lstat, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeWriting } from '../../host/dry-run.ts';
import { InputError } from '../../host/errors.ts';
import { isMissing, readFileIfThere, writeFileAtomically } from '../../host/files.ts';
import { findTool } from '../../host/tools.ts';
import { Git } from '../../world/git/git.ts';
import {
  type Config,
  configFileName,
  parseConfig,
  readConfig,
  readConfigText,
} from '../configuration/config.ts';
import { migrateConfigText } from '../configuration/format-version.ts';
import { configJsonSchema } from '../configuration/schema.ts';
import { findBase } from '../containerfile/base.ts';
import { parseContainerfile } from '../containerfile/parse.ts';
import { besideOthers, mergeIgnored } from './adopt.ts';
import { ours } from './ours.ts';
import type { Pin } from './pin.ts';
import {
  configText,
  containerfileText,
  containerignoreFor,
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
import { workflowFiles } from './workflow-files.ts';

/** What init would write, and what it leaves alone. */
export interface InitPlan {
  /** Absolute path. */
  readonly root: string;
  readonly config: Config;
  readonly files: readonly InitialFile[];
  /** Paths inside the repository. */
  readonly kept: readonly string[];
  /** What people should know about existing files: one sentence each. */
  readonly notes: readonly string[];
  readonly isRepository: boolean;
  /** What is wrong with the Containerfile that existed before. */
  readonly doubt: string | undefined;
}

/** A plan that was carried out. */
export interface InitReport extends InitPlan {
  readonly written: readonly string[];
}

export interface InitialFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

/** Writes the files of a user's repository that do not exist yet: planInit says which. */
export async function initRepository(...given: Parameters<typeof planInit>): Promise<InitReport> {
  return writeInit(await planInit(...given));
}

/** Writes the files of a plan. */
export async function writeInit(plan: InitPlan): Promise<InitReport> {
  if (plan.files.length > 0) {
    beforeWriting(() => `write in ${plan.root}: ${plan.files.map(({ path }) => path).join(', ')}`);
  }
  for (const file of plan.files) {
    await writeFileAtomically(join(plan.root, file.path), file.text);
    if (file.executable === true) await chmod(join(plan.root, file.path), 0o755);
  }
  return { ...plan, written: plan.files.map(({ path }) => path) };
}

/**
 * Decides which files of a user's repository are to be written. A file that exists is never changed, except for the
 * JSON Schema, which is Coxswain's own, and .gitignore, which gets the lines that it lacks. If there is a coxswain.yaml,
 * everything else follows it. A foreign workflow with the name of one of ours is kept, and ours gets another name.
 * @param settings needed if there is no coxswain.yaml
 * @param pin the release of Coxswain that its workflows call
 * @param options.migrate also brings an existing coxswain.yaml to the newest version of its format
 * @throws InputError inside another folder's repository, and for a coxswain.yaml that exists and is wrong
 */
export async function planInit(
  directory: string,
  settings: InitialSettings | undefined,
  pin: Pin = ours,
  { migrate = false }: { readonly migrate?: boolean } = {},
): Promise<InitPlan> {
  const root = resolve(directory);
  const isRepository = await checkTop(root);
  const existing = await exists(join(root, configFileName));
  if (!existing && settings === undefined) {
    throw new InputError({
      field: '--image',
      problem: `${configFileName} does not exist yet, so the production repository has to be given`,
      expected: 'a repository, such as ghcr.io/acme/os',
      remedy: 'In a clone of a repository on GitHub it is found automatically.',
    });
  }
  // The new files are parsed first, so that every error is reported before anything is written.
  const text = settings === undefined ? '' : configText(settings);
  const config = existing ? await readConfig(root) : parseConfig(text, configFileName);
  const containerfile = await readFileIfThere(join(root, config.containerfile));
  const { files: workflows, notes } = await besideOthers(root, workflowFiles(config, pin));
  const ignored = await mergeIgnored(root, gitignoreText);
  const wanted = [
    ...initialFiles(config, text, containerfile, await exists(join(root, '.dockerignore'))),
    ...workflows,
  ];
  const files: InitialFile[] = [];
  const kept: string[] = [];
  for (const file of wanted) {
    if (file.path === '.gitignore' && ignored !== undefined) files.push({ path: file.path, text: ignored });
    else if (file.path === configFileName && existing) {
      const before = await readConfigText(root);
      const after = migrate ? migrateConfigText(before) : before;
      if (after === before) kept.push(file.path);
      else files.push({ path: file.path, text: after });
    } else if (await exists(join(root, file.path))) kept.push(file.path);
    else files.push(file);
  }
  const schema = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  if ((await readFileIfThere(join(root, schemaFile))) === schema) kept.push(schemaFile);
  else files.push({ path: schemaFile, text: schema });
  return { root, config, files, kept, notes, isRepository, doubt: doubtAbout(containerfile, config) };
}

/** The sample in rootfs/ and what goes with it belong to our Containerfile: with another they would only break it. */
function initialFiles(
  config: Config,
  configText: string,
  containerfile: string | undefined,
  hasDockerignore: boolean,
): InitialFile[] {
  const text = containerfile ?? containerfileText(config);
  const hasSample = text.includes(copyLine);
  const ignore = hasSample ? containerignoreText : containerignoreFor(text, config.tests);
  return [
    { path: configFileName, text: configText },
    { path: config.containerfile, text },
    ...(hasSample || !hasDockerignore ? [{ path: '.containerignore', text: ignore }] : []),
    ...(hasSample ? [{ path: motdFile, text: motdText }] : []),
    { path: '.gitignore', text: gitignoreText },
    ...Object.values(config.fleets).map((fleet) => ({ path: fleet.template, text: templateText(fleet) })),
    { path: `${config.tests}/10-image.sh`, text: testText(hasSample), executable: true },
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
  if (!(await exists(directory)) || findTool('git') === undefined) return undefined;
  const url = await new Git(directory).try(['config', '--get', 'remote.origin.url']);
  const [, owner, name] =
    /^(?:https:\/\/(?:[^@/]*@)?github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(
      url ?? '',
    ) ?? [];
  return owner === undefined || name === undefined ? undefined : `ghcr.io/${owner}/${name}`.toLowerCase();
}

/** True in a repository's top folder, false outside of any. */
async function checkTop(root: string): Promise<boolean> {
  if (!(await exists(root)) || findTool('git') === undefined) return false;
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
