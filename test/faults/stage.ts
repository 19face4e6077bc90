import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { promoteImage } from '../../src/loop/promote-image/promote-image.ts';
import { publishUpdates } from '../../src/loop/publish-updates/publish-updates.ts';
import { startRollout } from '../../src/loop/start-rollout/start-rollout.ts';
import { planPruning } from '../../src/operate/prune-images/prune-images.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { makeKeyPair } from '../../src/release/signatures/keys.ts';
import { openState } from '../../src/release/state/state.ts';
import { Git } from '../../src/world/git/git.ts';
import { createRegistryClient } from '../../src/world/registry/client.ts';
import { readImage } from '../../src/world/registry/image.ts';
import { atDigest } from '../../src/world/registry/reference.ts';
import { buildAnnotations, createProject, prove, publishBase, type TestProject } from '../support/project.ts';
import { anonymous, pushSampleImage, type TestRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';
import type { FaultProxy } from './proxy.ts';
import { look, type Place, repositoriesIn, type Seen } from './reader.ts';

/** The steps that make a release. */
const releaseSteps = ['promote-image', 'start-rollout', 'publish-updates'] as const;
export const verbs = [...releaseSteps, 'prune-images'] as const;
export type VerbName = (typeof verbs)[number];

export const now = 1_785_000_000;
/** Of the fleet testing. */
const pair = makeKeyPair();

/**
 * A project with one release and another commit that is built and tested, and a function that tries a verb on it
 * again and again.
 */
export interface Stage {
  readonly project: TestProject;
  readonly place: Place;
  /** What could be seen from outside before the verb. */
  readonly before: Seen;
  /** Restores the state from before the verb. */
  reset(): void;
  /** Runs the verb as a process of its own would. @param retryDelays none: the first failure is the end */
  run(options?: { readonly retryDelays?: readonly number[]; readonly branches?: Branches }): Promise<unknown>;
}

type Branches = TestProject['forge']['branches'];

export async function createStage(registry: TestRegistry, proxy: FaultProxy, verb: VerbName): Promise<Stage> {
  const time = now - 10 * 86_400;
  const project = await createProject(proxy.host, {
    time,
    more: 'symbolic-tags: true\n',
    fleets:
      '  testing: { signing: { keys: [keys/testing.pub] } }\n  stable: { promote-from: testing, soak: 48h }',
    files: { 'keys/testing.pub': pair.publicKey },
  });
  const { config, git } = project;
  const site = await temporaryFolder();
  await publishBase(project, '44.20260621.3.1');
  await buildAndTest(project);
  for (const each of releaseSteps) await runVerb(project, each, site, time + 3600);
  await commitFiles(git, { 'etc/motd': 'newer\n' }, { time: now - 3600 });
  await buildAndTest(project);
  for (const each of releaseSteps) {
    if (each === verb) break;
    await runVerb(project, each, site, now);
  }
  // Built and tested, promoted, and overtaken before it was released: nobody needs it.
  if (verb === 'prune-images') {
    await commitFiles(git, { 'etc/motd': 'never released\n' }, { time: now - 1800 });
    await buildAndTest(project);
    await runVerb(project, 'promote-image', site, now);
    await commitFiles(git, { 'etc/motd': 'newest\n' }, { time: now - 1700 });
    await buildAndTest(project);
    for (const each of releaseSteps) await runVerb(project, each, site, now);
  }

  const repositories = repositoriesIn(registry.directory);
  const place: Place = {
    registry: registry.host,
    storage: repositories,
    publicName: `${proxy.host}/${config.image.path}`,
    production: config.image.path,
    test: config.testImage.path,
    repository: git.directory,
    stateBranch: config.stateBranch,
    site,
    foreignTags: ['stable'],
    publicKey: pair.publicKey,
    testIsPruned: verb === 'prune-images',
  };
  const storage = join(repositories, config.image.path);
  const testStorage = join(repositories, config.testImage.path);
  const kept = await temporaryFolder();
  const copy = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  };
  copy(storage, join(kept, 'production'));
  copy(testStorage, join(kept, 'test'));
  copy(site, join(kept, 'site'));
  const state = await git.run(['rev-parse', config.stateBranch]);
  const steadyGit = new SteadyGit(git.directory);
  const steady = steadyBranches(git.directory, project.forge.branches);
  return {
    project,
    place,
    before: await look(place),
    reset: () => {
      copy(join(kept, 'production'), storage);
      if (verb === 'prune-images') copy(join(kept, 'test'), testStorage);
      if (verb === 'publish-updates') copy(join(kept, 'site'), site);
      if (verb !== 'publish-updates')
        writeFileSync(
          refFile(git.directory, config.stateBranch),
          `${state}
`,
        );
    },
    run: ({ retryDelays = [], branches = steady } = {}) => {
      const parts = {
        ...project,
        git: steadyGit,
        client: createRegistryClient({ credentials: anonymous, retryDelays }),
        forge: { ...project.forge, branches },
        state: openState(branches, config),
      };
      return runVerb(parts, verb, site, now);
    },
  };
}

async function runVerb(project: TestProject, verb: VerbName, site: string, at: number): Promise<unknown> {
  const fleet = project.config.fleets.testing;
  if (fleet === undefined) throw new Error('no fleet testing');
  switch (verb) {
    case 'promote-image':
      return promoteImage(project, {
        fleet: fleet.name,
        now: at,
        env: { COXSWAIN_SIGNING_KEY: pair.privateKey },
      });
    case 'start-rollout':
      return startRollout(project, { fleet, now: at });
    case 'publish-updates':
      return publishUpdates(project, { folder: site, fleets: [], now: at });
    case 'prune-images': {
      const { remove } = await planPruning(project, { olderThan: 30 * 86_400, now: at + 60 * 86_400 });
      return remove();
    }
  }
}

/** What build-image and boot-test leave in the test registry. */
export async function buildAndTest(project: TestProject, branch = 'testing') {
  const { git, config, client } = project;
  const candidate = await readCandidate({ git, config, client, commit: branch });
  const { repository, digest } = candidate.base.reference;
  const { manifest } = await readImage(client, atDigest(repository, digest), 'x86_64');
  const baseLayers = await Promise.all(
    manifest.json.layers.map(async (layer) => gunzipSync(await client.getBlob(repository, layer.digest))),
  );
  const derived = await packTar([{ header: { name: 'etc/motd', size: 5 }, body: 'hello' }]);
  const built = await pushSampleImage(client, config.testImage, {
    tag: candidate.tag,
    layers: [...baseLayers, derived],
    created: new Date(candidate.committedAt * 1000).toISOString(),
    labels: { 'org.opencontainers.image.version': candidate.version, 'com.coreos.stream': config.stream },
    annotations: buildAnnotations(candidate),
  });
  await prove(project, candidate, built, 'PASSED');
  // Signs as CI systems do: another image, under a tag that names the digest.
  await pushSampleImage(client, config.testImage, {
    tag: `${built.digest.replace(':', '-')}.sig`,
    layers: [Buffer.from(built.digest)],
  });
  return { candidate, built };
}

/** Asks git only once for what never changes while a verb is tried again and again, such as the fleets' branches. */
class SteadyGit extends Git {
  readonly #answers = new Map<string, Promise<unknown>>();

  override run(...asked: Parameters<Git['run']>): Promise<string> {
    return remembered(this.#answers, ['run', asked], () => super.run(...asked));
  }

  override try(...asked: Parameters<Git['try']>): Promise<string | undefined> {
    return remembered(this.#answers, ['try', asked], () => super.try(...asked));
  }
}

/** The file of a branch that was never packed. It is read directly, because starting git takes long. */
function refFile(directory: string, branch: string): string {
  return join(directory, '.git/refs/heads', branch);
}

/** The content of a commit never changes, but a branch moves. */
function steadyBranches(directory: string, branches: Branches): Branches {
  const answers = new Map<string, Promise<unknown>>();
  return {
    ...branches,
    resolve: async (branch) => {
      const file = refFile(directory, branch);
      return existsSync(file) ? readFileSync(file, 'utf8').trim() : branches.resolve(branch);
    },
    readFolder: (...asked) => remembered(answers, ['folder', asked], () => branches.readFolder(...asked)),
    readFile: (...asked) => remembered(answers, ['file', asked], () => branches.readFile(...asked)),
    log: (...asked) => remembered(answers, ['log', asked], () => branches.log(...asked)),
    isAncestor: (...asked) => remembered(answers, ['ancestor', asked], () => branches.isAncestor(...asked)),
    commitTime: (...asked) => remembered(answers, ['time', asked], () => branches.commitTime(...asked)),
  };
}

function remembered<T>(
  answers: Map<string, Promise<unknown>>,
  asked: unknown,
  ask: () => Promise<T>,
): Promise<T> {
  const key = JSON.stringify(asked);
  const known = answers.get(key) ?? ask();
  answers.set(key, known);
  return known as Promise<T>;
}
