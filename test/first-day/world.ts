import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packTar } from 'modern-tar';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Context, Outcome, Verb } from '../../src/cli/verb.ts';
import { silentLog } from '../../src/host/log.ts';
import { makeKeyPair } from '../../src/release/signatures/keys.ts';
import promoteImage from '../../src/verbs/promote-image.ts';
import publishUpdates from '../../src/verbs/publish-updates.ts';
import startRollout from '../../src/verbs/start-rollout.ts';
import { Git } from '../../src/world/git/git.ts';
import type { FaultProxy } from '../faults/proxy.ts';
import { brokenInvariants, look, type Place, repositoriesIn, type Seen } from '../faults/reader.ts';
import { buildAndTest } from '../faults/stage.ts';
import { requireAnswer, UnknownAnswer } from '../support/answers.ts';
import { createProject, publishBase, type TestProject } from '../support/project.ts';
import type { TestRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';

export const now = 1_785_000_000;
/** Of both fleets. */
const pair = makeKeyPair();
const day = 86_400;

/**
 * Moments of a fleet's life: `moved`: the base has a newer build; `tested`: a second release is built and tested;
 * `promoted`, `rolling` and `published`: what promote-image, start-rollout and publish-updates leave.
 */
export const moments = ['moved', 'tested', 'promoted', 'rolling', 'published'] as const;
export type Moment = (typeof moments)[number];

/** What anybody can see: registry, state branch, site, and the branches and pull requests of the repository. */
export interface Sight extends Seen {
  /** Branch or record → tree of its commit. */
  readonly refs: Readonly<Record<string, string>>;
}

/** A project with two fleets on a remote, a registry behind a proxy that may lie, and a published site. */
export interface World {
  readonly proxy: FaultProxy;
  /** The remote; a repository that nobody works in. */
  readonly origin: Git;
  /** References of the two releases' images, the older one first. */
  readonly images: readonly string[];
  /** Restores everything to a moment. */
  reset(moment: Moment): void;
  /** Removes all images from production and from the test registry. */
  emptyRegistry(): void;
  /** Removes the fleets' signatures from production. */
  removeSignatures(): void;
  /** A new clone, as on a laptop or a hosted runner. */
  clone(): Promise<string>;
  see(): Promise<Sight>;
  /** What is broken or lost compared with an earlier view. @param after the view now; default: it is read */
  losses(before: Sight, after?: Sight): Promise<string[]>;
  /** Copies what publish-updates wrote on a runner to the folder that nodes read. */
  deploy(folder: string): void;
  stop(): void;
}

export async function createWorld(registry: TestRegistry, proxy: FaultProxy): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'coxswain-first-day-'));
  const start = now - 20 * day;
  const project = await createProject(proxy.host, {
    time: start,
    more: 'symbolic-tags: true\n',
    fleets: `  testing: { signing: { keys: [keys/fleet.pub] } }
  stable: { promote-from: testing, soak: 48h, signing: { keys: [keys/fleet.pub] } }`,
    files: { 'keys/fleet.pub': pair.publicKey },
  });
  // A repository inside `origin/.git`, so that its refs are where a plain reader looks for them.
  const origin = new Git(join(root, 'origin'));
  await new Git('/').run([
    'init',
    '--quiet',
    '--bare',
    '--initial-branch',
    'testing',
    join(root, 'origin/.git'),
  ]);
  const site = join(root, 'site');
  const { config } = project;
  const place: Place = {
    registry: registry.host,
    storage: repositoriesIn(registry.directory),
    publicName: `${proxy.host}/${config.image.path}`,
    production: config.image.path,
    test: config.testImage.path,
    repository: origin.directory,
    stateBranch: config.stateBranch,
    site,
    foreignTags: [],
    publicKey: pair.publicKey,
  };
  const storage = join(place.storage, config.image.path, '..');
  const kept = new Map<Moment, string>();
  let clones = 0;
  const replace = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true });
    if (existsSync(from)) cpSync(from, to, { recursive: true });
  };
  const refsFolder = join(origin.directory, '.git/refs');
  /** What the registry and the site hold: nothing is copied for a run that only read. */
  const held: { registry?: Moment | undefined; site?: Moment | undefined; writes: number } = { writes: 0 };
  const keep = (moment: Moment) => {
    const folder = join(root, 'kept', moment);
    replace(storage, join(folder, 'registry'));
    replace(site, join(folder, 'site'));
    kept.set(moment, folder);
    replace(refsFolder, join(folder, 'refs'));
  };
  const world: World = {
    proxy,
    origin,
    images: [],
    reset: (moment) => {
      const folder = kept.get(moment) ?? '';
      if (held.registry !== moment || held.writes !== proxy.writes)
        replace(join(folder, 'registry'), storage);
      if (held.site !== moment) replace(join(folder, 'site'), site);
      Object.assign(held, { registry: moment, site: moment, writes: proxy.writes });
      replace(join(folder, 'refs'), refsFolder);
      rmSync(join(origin.directory, '.git/packed-refs'), { force: true });
    },
    emptyRegistry: () => {
      held.registry = undefined;
      for (const name of readdirSync(storage)) {
        if (!name.startsWith('fcos')) rmSync(join(storage, name), { recursive: true });
      }
    },
    removeSignatures: () => {
      held.registry = undefined;
      const tags = join(storage, config.image.path.replace(/^.*\//, ''), '_manifests/tags');
      for (const tag of readdirSync(tags)) {
        if (tag.endsWith('.sig')) rmSync(join(tags, tag), { recursive: true });
      }
    },
    clone: async () => {
      clones += 1;
      const folder = join(root, `clone-${clones}`);
      await new Git('/').run(['clone', '--quiet', origin.directory, folder]);
      return folder;
    },
    see: async () => {
      const seen = await look(place);
      return { ...seen, site: withoutHistory(seen.site), refs: await refsOf(origin) };
    },
    losses: async (before, after) => [
      ...(await brokenInvariants(place, before)),
      ...lost(before, after ?? (await world.see())),
    ],
    deploy: (folder) => {
      held.site = undefined;
      replace(folder, site);
    },
    stop: () => rmSync(root, { recursive: true, force: true }),
  };
  await play(world, project, keep);
  const versions = Object.keys((await look(place)).tags).filter((tag) => /-[0-9a-f]{8}$/.test(tag));
  return Object.assign(world, { images: versions.sort().map((tag) => `${place.publicName}:${tag}`) });
}

/** The story up to the last moment: one release through both fleets, and another one that testing gets. */
async function play(world: World, project: TestProject, keep: (moment: Moment) => void): Promise<void> {
  const { git } = project;
  const push = () =>
    git.run([
      'push',
      '--quiet',
      '--force',
      world.origin.directory,
      'refs/heads/testing',
      'refs/heads/stable',
    ]);
  const step = async (verb: Verb, args: readonly string[], at: number) => {
    const answer = await runVerb(world, verb, args, at);
    if (answer.error !== undefined) throw answer.error;
  };
  const release = async (fleet: string, at: number) => {
    await step(promoteImage, ['--fleet', fleet], at);
    await step(startRollout, ['--fleet', fleet], at);
    await step(publishUpdates, ['--output', 'site'], at);
  };
  await publishRealBase(project, '44.20260621.3.1');
  await push();
  await buildAndTest(project);
  await release('testing', now - 19 * day);
  await release('stable', now - 12 * day);
  await publishRealBase(project, '44.20260707.3.1');
  keep('moved');
  await commitFiles(git, { 'etc/motd': 'newer\n' }, { time: now - 6 * day });
  await push();
  await buildAndTest(project);
  keep('tested');
  await step(promoteImage, ['--fleet', 'testing'], now - 5 * day);
  keep('promoted');
  await step(startRollout, ['--fleet', 'testing'], now - 5 * day);
  keep('rolling');
  await step(publishUpdates, ['--output', 'site'], now - 5 * day);
  keep('published');
}

/** A base whose layer is an archive, as verbs that look into images need it. */
async function publishRealBase(project: TestProject, version: string): Promise<void> {
  const release = `VERSION=${version}\n`;
  const layer = await packTar([
    { header: { name: 'usr/lib/os-release', size: release.length }, body: release },
  ]);
  await publishBase(project, version, { layers: [layer] });
}

/** Branches by their trees, and the files of our records: commits and the times in them differ from run to run. */
async function refsOf(origin: Git): Promise<Record<string, string>> {
  const now = looseRefs(join(origin.directory, '.git'));
  const known = refsBefore.get(now) ?? (await readRefs(origin));
  refsBefore.set(now, known);
  return known;
}

/** By the refs themselves: a commit never changes, and most runs end with refs that another one ended with. */
const refsBefore = new Map<string, Record<string, string>>();

function looseRefs(folder: string): string {
  const packed = join(folder, 'packed-refs');
  const files = readdirSync(join(folder, 'refs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  if (existsSync(packed)) files.push(packed);
  return files
    .sort()
    .map((file) => `${file} ${readFileSync(file, 'utf8')}`)
    .join('');
}

async function readRefs(origin: Git): Promise<Record<string, string>> {
  const lines = (await origin.run(['for-each-ref', '--format=%(refname) %(tree)'])).split('\n');
  const refs: Record<string, string> = {};
  for (const [name = '', tree = ''] of lines.map((line) => line.split(' '))) {
    if (!name.startsWith('refs/coxswain/')) {
      refs[name] = tree;
      continue;
    }
    const record = records.get(tree) ?? (await readRecord(origin, tree));
    records.set(tree, record);
    for (const [path, text] of Object.entries(record)) refs[`${name}/${path}`] = text;
  }
  return refs;
}

/** Records that were read before, by their trees. */
const records = new Map<string, Readonly<Record<string, string>>>();

async function readRecord(origin: Git, tree: string): Promise<Readonly<Record<string, string>>> {
  const record: Record<string, string> = {};
  const paths = await origin.run(['ls-tree', '-r', '--name-only', tree]);
  for (const path of paths.split('\n')) {
    record[path] = timeless(await origin.run(['show', `${tree}:${path}`]));
  }
  return record;
}

/** A text without the parts that differ from run to run: commits, and times of the real clock. */
export function timeless(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{40}\b|(?<=(?:commit|is at) )[0-9a-f]{7,12}\b/g, 'COMMIT')
    .replaceAll(/"\w*[aA]t": \d{10}/g, '"at": TIME')
    .replaceAll(/\S*\/clone-\d+/g, 'CLONE');
}

/** The page and the feed name commits of the state branch, and when they were made by the real clock. */
function withoutHistory(site: Readonly<Record<string, string>>): Record<string, string> {
  const plain = (text: string) =>
    text
      .replaceAll(/\b[0-9a-f]{12}\b|\b[0-9a-f]{40}\b/g, 'COMMIT')
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?/g, 'TIME');
  return Object.fromEntries(
    Object.entries(site).map(([path, text]) => [
      path,
      /^(?:index\.html|feed\.xml)$/.test(path) ? plain(text) : text,
    ]),
  );
}

/** What is missing now: tags, referrers, files of the state, branches. */
function lost(before: Sight, after: Sight): string[] {
  const gone = (what: string, one: object, other: object) =>
    Object.keys(one)
      .filter((key) => !(key in other))
      .map((key) => `${what} ${key} is gone`);
  return [
    ...gone('tag', before.tags, after.tags),
    ...gone('state file', before.state, after.state),
    ...gone('published file', before.site, after.site),
    ...gone('branch', before.refs, after.refs),
    ...Object.entries(before.referrers)
      .filter(([subject]) => subject in after.referrers)
      .flatMap(([subject, digests]) =>
        digests
          .filter((digest) => after.referrers[subject]?.includes(digest) !== true)
          .map((digest) => `referrer ${digest} of ${subject} is gone`),
      ),
  ];
}

export interface Answer {
  readonly outcome?: Outcome;
  readonly error?: unknown;
}

/**
 * Runs a verb in a new clone, as one process would. `site` in its arguments is where it writes; it is published
 * afterwards.
 */
export async function runVerb(
  world: World,
  verb: Verb,
  args: readonly string[],
  at: number,
  options: {
    readonly name?: string;
    readonly folder?: string;
    readonly env?: (folder: string) => NodeJS.ProcessEnv;
  } = {},
): Promise<Answer> {
  const folder = options.folder ?? (await world.clone());
  const env = {
    COXSWAIN_FORGE: 'git',
    COXSWAIN_REMOTE: '',
    COXSWAIN_SIGNING_KEY: pair.privateKey,
    ...options.env?.(folder),
  };
  const context: Context = { log: silentLog, env, now: () => at };
  const output = join(folder, 'site');
  try {
    const [first = '', newest = ''] = world.images;
    const values: Readonly<Record<string, string>> = {
      site: output,
      FIRST: first,
      NEWEST: newest,
      NEWEST_VERSION: newest.replace(/^.*:/, ''),
    };
    const words = args.map((word) => values[word] ?? word);
    const inDirectory = 'directory' in verb.inputs ? ['--directory', folder] : [];
    const outcome = await verb.run(readArguments(verb.inputs, [...words, ...inDirectory]), context);
    // A workflow deploys nothing after a step that failed, and no folder that was not written.
    const goesPublic = args.includes('site') && args.includes('--output') && outcome.exitCode !== 1;
    if (goesPublic && existsSync(output)) world.deploy(output);
    const name = options.name?.split(' ')[0];
    if (name !== undefined) requireAnswer(name, outcome.data);
    return { outcome };
  } catch (error) {
    if (error instanceof UnknownAnswer) throw error;
    return { error };
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
