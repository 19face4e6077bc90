import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { type Config, urgentTemplate } from '../../project/configuration/config.ts';
import { externalStages, findBase, stagesOnBase } from '../../project/containerfile/base.ts';
import { type Containerfile, parseContainerfile, type Stage } from '../../project/containerfile/parse.ts';
import type { Git } from '../../world/git/git.ts';
import { findEntry, isFolder, listCommit, type TreeEntry } from '../../world/git/list-tree.ts';
import { findCommit, readCommitTime } from '../../world/git/read-commit.ts';
import { readBlob, readTextBlob } from '../../world/git/read-objects.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { readImage } from '../../world/registry/image.ts';
import {
  atDigest,
  type Digest,
  type DigestReference,
  formatReference,
  isTag,
} from '../../world/registry/reference.ts';
import type { Project } from '../project.ts';
import { buildTag } from '../tags.ts';
import {
  type ContextEntry,
  ignoreFileNames,
  refreshFileName,
  rollBackFileName,
  selectContext,
} from './build-context.ts';
import { buildKey } from './build-key.ts';

/** What a commit would build. It is known before anything is built. */
export interface Candidate {
  readonly commit: string;
  /** UNIX seconds; the image's `created`. */
  readonly committedAt: number;
  readonly base: {
    /** The Containerfile names a digest. Otherwise the tag was resolved when the candidate was read. */
    readonly pinned: boolean;
    readonly reference: DigestReference;
    /** The base's label org.opencontainers.image.version. */
    readonly version: string;
  };
  /** 64 hex digits. */
  readonly key: string;
  /** Tag of the built image in the test registry: `key-` and 16 hex digits of the key. */
  readonly tag: string;
  /** Version of the derived image: `<base version>-<first 8 of the key>`. */
  readonly version: string;
  /** Git tree hash of the tests; of the empty tree if there are none. */
  readonly testsTree: string;
  /** Text of the Containerfile. */
  readonly containerfile: string;
  readonly context: readonly ContextEntry[];
  /** Images of other stages that are not pinned by digest: they can change the image without changing the key. */
  readonly unpinned: readonly string[];
}

/**
 * Reads what a commit would build: everything from the commit, nothing from the work tree.
 * @throws InputError for a missing or wrong Containerfile, a base that does not exist or may not be pulled
 * @throws OutsideError when the base's registry cannot be reached
 */
export async function readCandidate(
  options: Pick<Project, 'config' | 'git' | 'client'> & {
    /** Default: HEAD. */
    readonly commit?: string;
  },
): Promise<Candidate> {
  const { git, config, client } = options;
  const commit = await resolveCommit(git, options.commit ?? 'HEAD');
  const entries = await listCommit(git, commit);
  const containerfileEntry = findContainerfile(entries, config, commit);
  const containerfile = await readTextBlob(git, containerfileEntry);
  const parsed = parseContainerfile(containerfile, config.containerfile);
  const { reference } = findBase(parsed, config.base);
  for (const each of stagesOnBase(parsed, config.base)) refuseOverriddenBase(each, config);
  const base = await readBase(client, config, reference);
  const context = selectContext(
    entries,
    {
      containerfile: config.containerfile,
      tests: config.tests,
      templates: Object.values(config.fleets).flatMap((fleet) => [fleet.template, urgentTemplate(fleet)]),
    },
    await readIgnoreFile(git, entries),
  );
  const marker = async (path: string) => {
    const entry = entries.find((each) => each.path === path);
    return entry === undefined ? undefined : readBlob(git, entry.hash);
  };
  const [refresh, rollBack] = [await marker(refreshFileName), await marker(rollBackFileName)];
  const key = buildKey({
    containerfile: Buffer.from(containerfile),
    baseDigest: base.reference.digest,
    context,
    buildArguments: config.buildArguments,
    stream: config.stream,
    architectures: config.architectures,
    ...defined({ rechunk: config.rechunk, refresh, rollBack }),
  });
  return {
    commit,
    committedAt: await readCommitTime(git, commit),
    base: { ...base, pinned: reference.kind === 'digest' },
    key,
    tag: buildTag(key),
    version: `${base.version}-${key.slice(0, 8)}`,
    testsTree: await readTestsTree(git, commit, config.tests),
    containerfile,
    context,
    unpinned: unpinnedImages(parsed, config),
  };
}

async function resolveCommit(git: Git, name: string): Promise<string> {
  const commit = await findCommit(git, name);
  if (commit !== undefined) return commit;
  throw new InputError({
    where: git.directory,
    problem: 'this commit cannot be found',
    found: name,
    remedy: name === 'HEAD' ? 'Commit something first: what is built is always a commit.' : 'Fetch it first.',
  });
}

function findContainerfile(entries: readonly TreeEntry[], config: Config, commit: string): TreeEntry {
  const entry = entries.find(({ path }) => path === config.containerfile);
  if (entry?.mode === '100644' || entry?.mode === '100755') return entry;
  const other = entries.find(({ path }) => /^(containerfile|dockerfile)$/i.test(path));
  throw new InputError({
    where: config.containerfile,
    problem:
      entry === undefined
        ? `commit ${shortCommit(commit)} has no such file`
        : 'the Containerfile is not a plain file',
    remedy:
      entry === undefined && other !== undefined
        ? `Set containerfile: ${other.path} in coxswain.yaml.`
        : 'Add it and commit it; coxswain init writes one to start with.',
  });
}

/** `--build-arg` also replaces the default of an ARG in a FROM, so the base would not be the one in the key. */
export function refuseOverriddenBase(stage: Stage, config: Config): void {
  const name = stage.variables.find((variable) => variable in config.buildArguments);
  if (name === undefined) return;
  throw new InputError({
    where: config.file,
    field: `build-arguments.${name}`,
    problem: `this would replace the base image, which ${stage.where} takes from the ARG ${name}`,
    remedy: 'Rename one of the two.',
  });
}

async function readBase(
  client: RegistryClient,
  config: Config,
  written: ReturnType<typeof findBase>['reference'],
): Promise<{ reference: DigestReference; version: string }> {
  const reference = await pinnedReference(client, written);
  const architecture = config.architectures[0];
  const image = await readImage(client, atDigest(reference.repository, reference.digest), architecture);
  const version = image.config.labels['org.opencontainers.image.version'];
  if (version === undefined || version === '') {
    throw new InputError({
      where: formatReference(reference),
      field: 'org.opencontainers.image.version',
      problem: 'the base image has no such label, and the version of a derived image begins with it',
      remedy: 'Use a base that has it: every Fedora CoreOS image does.',
    });
  }
  if (!isTag(`${version}-00000000`)) {
    throw new InputError({
      where: formatReference(reference),
      field: 'org.opencontainers.image.version',
      problem: 'the version of the base image cannot be part of a tag',
      found: version,
      expected: 'letters, digits, "_", "." and "-", as in 44.20260707.3.1',
    });
  }
  return { reference, version };
}

async function pinnedReference(
  client: RegistryClient,
  written: ReturnType<typeof findBase>['reference'],
): Promise<DigestReference> {
  if (written.kind === 'digest') return written;
  const found = await client.resolve(written);
  if (found === undefined) {
    throw new InputError({
      where: formatReference(written),
      problem: 'the base image was not found: the registry answers, and has no such tag',
      remedy: 'Check base in coxswain.yaml and FROM in the Containerfile.',
    });
  }
  const digest: Digest = found.digest;
  return { kind: 'digest', repository: written.repository, tag: written.tag, digest };
}

async function readIgnoreFile(
  git: Git,
  entries: readonly TreeEntry[],
): Promise<{ path: string; text: string } | undefined> {
  for (const path of ignoreFileNames) {
    const entry = entries.find((each) => each.path === path);
    if (entry !== undefined) return { path, text: await readTextBlob(git, entry) };
  }
  return undefined;
}

async function readTestsTree(git: Git, commit: string, folder: string): Promise<string> {
  const entry = await findEntry(git, commit, folder);
  if (entry === undefined) return git.run(['hash-object', '-t', 'tree', '--stdin'], { input: '' });
  if (isFolder(entry)) return entry.hash;
  throw new InputError({
    where: folder,
    field: 'tests',
    problem: 'not a folder',
    found: 'a file',
    expected: 'a folder',
  });
}

function unpinnedImages(parsed: Containerfile, config: Config): string[] {
  const ofBase = stagesOnBase(parsed, config.base);
  const images = externalStages(parsed)
    .filter((stage) => !ofBase.includes(stage) && !stage.resolved.includes('@sha256:'))
    .map((stage) => stage.resolved);
  return [...new Set(images)];
}
