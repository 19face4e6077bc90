import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import startRollout from '../../src/verbs/start-rollout.ts';
import { setTags } from '../../src/world/registry/copy.ts';
import { atDigest, digestOf } from '../../src/world/registry/reference.ts';
import {
  contextAt,
  createProject,
  promoteTested,
  publishBase,
  type TestProject,
} from '../support/project.ts';
import { pushSampleImage } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';
import { type Running, runLine } from './run-line.ts';

/** What the blocks of one page are run in: a user's repository, and its images in a real registry. */
export interface World {
  readonly project: TestProject;
  /** UNIX seconds, as the page says; undefined: now. */
  now: number | undefined;
  /** The last command of the next block goes on until the page ends. */
  inBackground: boolean;
  /** What goes on. */
  readonly running: Running[];
  /** Digest of an image that no fleet knows. */
  oldImage: string;
  /** What the page exported. */
  readonly env: Record<string, string>;
}

/** How a page changes its world between two blocks: `<!-- world: NAME ARGUMENT -->`. */
export type Change = (world: World, argument: string) => Promise<void>;

/** Makes the world of a page, with a base and nothing built. */
export async function makeWorld(host: string): Promise<World> {
  const project = await createProject(host, {
    time: Date.parse('2026-07-10T00:00:00Z') / 1000,
    rings: 'rings: { canary: 0.0, early: 0.1, broad: 0.5, late: 1.0 }',
  });
  await project.git.run(['config', 'user.name', 'Ada']);
  await project.git.run(['config', 'user.email', 'ada@acme.example']);
  // As the .gitignore that init writes: what verbs leave in the checkout is not committed.
  await appendFile(join(project.git.directory, '.git/info/exclude'), 'site/\n');
  await publishBase(project, '44.20260707.3.1');
  return { project, now: undefined, inBackground: false, running: [], oldImage: '', env: {} };
}

const secondsOf = (world: World): number => world.now ?? Math.floor(Date.now() / 1000);

/** What build-image, boot-test and promote-image leave behind for the tip of a fleet's branch. */
async function buildAndPromote({ project }: World, fleet: string): Promise<void> {
  const { client, config } = project;
  const image = await promoteTested(project, fleet);
  const manifest = await client.getManifest(image);
  await setTags(client, { manifest, repository: config.image, tags: [fleet, config.stream] });
}

async function release({ project }: World, fleet: string, now: number): Promise<void> {
  await startRollout.run(
    {
      directory: project.git.directory,
      fleet,
      commit: undefined,
      'freeze-exception': undefined,
      'first-release': true,
      'accept-upstream': ['unlisted'],
    },
    contextAt(now),
  );
}

/** The day in July of each release of the sample site. */
const sampleDays: Readonly<Record<number, string>> = { 32: '03', 34: '05', 36: '07', 37: '08' };

function sampleRelease(version: string) {
  const image = `ghcr.io/acme/os:stable`;
  const digest = `ghcr.io/acme/os@${digestOf(version)}`;
  return {
    version,
    metadata: '',
    'oci-images': [{ architecture: 'x86_64', image, 'digest-ref': digest }],
  };
}

/** Every change that pages may ask for. */
export const changes: Readonly<Record<string, Change>> = {
  /** The clock: every line after it runs at this time. */
  at: async (world, time) => {
    world.now = Date.parse(time) / 1000;
  },
  /** The tip of the fleet's branch is built, tested and promoted, and not rolled out. */
  promoted: async (world, fleet) => {
    await buildAndPromote(world, fleet);
  },
  /** A new commit on the fleet's branch, built, tested and promoted. */
  commit: async (world, fleet) => {
    const { git } = world.project;
    await git.run(['switch', '--quiet', fleet]);
    const now = secondsOf(world);
    await commitFiles(
      git,
      { 'etc/motd': `${fleet} ${now}\n` },
      { message: 'Change the greeting', time: now },
    );
    await buildAndPromote(world, fleet);
  },
  /** A new commit that is built, tested, promoted and released now: its rollout begins. */
  rolling: async (world, fleet) => {
    await changes.commit?.(world, fleet);
    await release(world, fleet, secondsOf(world));
  },
  /** A pull request's branch is merged into a fleet's branch, and the result is built, tested and promoted. */
  merged: async (world, argument) => {
    const [branch = '', fleet = ''] = argument.split(' into ');
    const { git } = world.project;
    await git.run(['switch', '--quiet', fleet]);
    const date = `${secondsOf(world)} +0000`;
    await git.run(['merge', '--quiet', '--no-ff', '--no-edit', branch], {
      env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    });
    await buildAndPromote(world, fleet);
  },
  /** The promoted tip of the fleet's branch is released now: its rollout begins. */
  begun: async (world, fleet) => {
    await release(world, fleet, secondsOf(world));
  },
  /** An image of nodes that exist already, which no fleet has as a release. */
  'old-image': async (world, version) => {
    const { client, config } = world.project;
    const labels = { 'org.opencontainers.image.version': version, 'com.coreos.stream': config.stream };
    const { digest } = await pushSampleImage(client, config.image, {
      created: '2026-06-21T00:00:00Z',
      labels,
    });
    const manifest = await client.getManifest(atDigest(config.image, digest));
    await setTags(client, { manifest, repository: config.image, tags: [version] });
    world.oldImage = digest;
  },
  /** One more line of coxswain.yaml, or `OLD => NEW`; uncommitted, until `restored`. */
  configured: async ({ project }, change) => {
    const file = join(project.git.directory, 'coxswain.yaml');
    const text = await readFile(file, 'utf8');
    const [old, changed] = change.split(' => ');
    await writeFile(file, changed === undefined ? `${text}${change}\n` : text.replace(old ?? '', changed));
  },
  /** The configuration is the committed one again. */
  restored: async ({ project }) => {
    await project.git.run(['checkout', '--quiet', '--', 'coxswain.yaml']);
  },
  /** The last command of the next block goes on until the page ends, as a server does. */
  background: async (world) => {
    world.inBackground = true;
  },
  /** A published fleet whose state branch is gone. */
  'lost-state': async (world, fleet) => {
    await changes.released?.(world, fleet);
    const { git } = world.project;
    await runLine('coxswain publish-updates --output site', { folder: git.directory, now: world.now });
    await git.run(['branch', '--quiet', '-D', 'coxswain']);
    await rm(join(git.directory, 'site'), { recursive: true });
  },
  /** No folder of results. */
  'fresh-output': async ({ project }) => {
    await rm(join(project.git.directory, 'site'), { recursive: true, force: true });
  },
  /** A published site of the fleet stable: two releases behind a barrier, and one that is rolled out in two days. */
  'sample-site': async ({ project }) => {
    const folder = join(project.git.directory, 'site/stable');
    await mkdir(folder, { recursive: true });
    const start = Date.parse('2026-07-22T14:00:00Z') / 1000;
    const versions = [32, 34, 36, 37].map((number) => `44.202607${sampleDays[number]}.3.0-0a1b2c${number}`);
    const releases = versions.map((version) => sampleRelease(version));
    const updates = {
      stream: 'stable',
      metadata: { 'last-modified': '2026-07-22T14:00:00Z' },
      releases: [
        { version: versions[1], metadata: { barrier: { reason: 'https://acme.example/issues/7' } } },
        {
          version: versions[3],
          metadata: { rollout: { start_epoch: start, start_percentage: 0, duration_minutes: 2880 } },
        },
      ],
    };
    await writeFile(
      join(folder, 'releases.json'),
      JSON.stringify({ stream: 'stable', metadata: { 'last-modified': '2026-07-22T14:00:00Z' }, releases }),
    );
    await writeFile(join(folder, 'updates.json'), JSON.stringify(updates));
  },
  /** The tip of the fleet's branch is released, and its rollout of a day is complete by now. */
  released: async (world, fleet) => {
    await buildAndPromote(world, fleet);
    await release(world, fleet, secondsOf(world) - 2 * 86_400);
  },
};
