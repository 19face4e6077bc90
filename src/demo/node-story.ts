import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUpdateMetadata } from '../guidance/metadata.ts';
import { parseReleaseIndex } from '../guidance/releases.ts';
import { insideRoot } from '../host/inside-root.ts';
import { alwaysOn, hasAgent, type NodeImage, nodeScript } from '../loop/boot-test/guest/node-agent.ts';
import { inRegistry } from '../loop/boot-test/image-source.ts';
import {
  bootPrepared,
  type PreparedImage,
  prepareImage,
  withRootFilesystem,
} from '../loop/boot-test/machine/boot-directly.ts';
import { makeStateDisk } from '../loop/boot-test/rehearsal/state-disk.ts';
import { nodeFiles } from '../operate/node-kit/node-files.ts';
import { type Config, readConfig } from '../project/configuration/config.ts';
import { isNamed } from '../project/configuration/rings.ts';
import { graphPath } from '../release/published/file-paths.ts';
import { createRegistryClient } from '../world/registry/client.ts';
import { readImage } from '../world/registry/image.ts';
import {
  atDigest,
  type Digest,
  formatRepository,
  parseReference,
  shortDigest,
} from '../world/registry/reference.ts';
import nodeMachine from './node-machine.sh';
import type { Scene } from './scene.ts';
import { formatTable } from './table.ts';

const architecture = 'x86_64';
const fleet = 'stable';
/** Where the site is inside the machines. */
const url = 'http://127.0.0.1/';

/** A machine of the demo. */
interface DemoNode {
  readonly name: string;
  readonly ring: string;
  /** Its /var and /etc. */
  readonly disk: string;
  runs: Digest;
  boots: number;
}

/** An image that machines boot. */
interface Bootable extends NodeImage {
  readonly prepared: PreparedImage;
}

/**
 * Two machines follow the rollout of stable by their own Zincati, canary first, and restart into the digest that was
 * tested. Call it when stable has the release, half-way through its rollout.
 * @param tested digest of the image that the boot test booted
 */
export async function playNodes(scene: Scene, tested: string): Promise<void> {
  const { stage, place } = scene;
  stage.chapter('Two machines of stable, with their own Zincati');
  const config = await readConfig(scene.repository);
  const state = await readPublished(scene);
  const [old, fresh] = await Promise.all(state.digests.map((digest) => readNodeImage(config, scene, digest)));
  if (old === undefined || fresh === undefined) throw new Error(`${fleet} has fewer than two releases`);
  await withPrepared(scene, config, old, (before) =>
    withPrepared(scene, config, fresh, async (after) => {
      const images = [before, after];
      const nodes: DemoNode[] = [];
      for (const [name, ring] of [
        ['canary', 'canary'],
        ['late', 'late'],
      ] as const) {
        const disk = join(place.folder, `node-${name}`);
        await makeStateDisk(disk);
        nodes.push({ name, ring, disk, runs: before.digest, boots: 0 });
      }
      const rows: string[][] = [];
      for (const [moment, time] of state.moments) {
        scene.setTime(time);
        await scene.coxswain(['publish-updates', '--output', scene.site]);
        // A machine on the newest release has nothing to do.
        const waiting = nodes.filter(({ runs }) => runs !== after.digest);
        const answers = await Promise.all(
          waiting.map((node) =>
            stage.step(`${node.name}, ${moment}`, () => follow(scene, config, node, images)),
          ),
        );
        for (const [index, what] of answers.entries()) rows.push([moment, waiting[index]?.name ?? '', what]);
      }
      stage.note(formatTable(['rollout', 'machine', 'what its Zincati did'], rows));
      const wrong = nodes.find(({ runs }) => runs !== tested);
      if (wrong !== undefined) throw new Error(`${wrong.name} runs ${wrong.runs}, and ${tested} was tested`);
      stage.note(`Both machines run ${tested}: the digest that was tested.`);
    }),
  );
}

/** Boots a machine, and again while its Zincati takes an update. */
async function follow(scene: Scene, config: Config, node: DemoNode, images: readonly Bootable[]) {
  const said: string[] = [];
  for (;;) {
    const answer = await bootNode(scene, config, node, images);
    if (answer === 'stays') {
      said.push(`${said.length === 0 ? 'stays on' : 'restarted into'} ${versionOf(node.runs, images)}`);
      const what = said.join(', ');
      return { value: what, what };
    }
    said.push(`takes ${versionOf(answer, images)} (${shortDigest(answer)})`);
    node.runs = answer;
  }
}

/** @returns the digest that the machine's Zincati takes, or that it stays */
async function bootNode(
  scene: Scene,
  config: Config,
  node: DemoNode,
  images: readonly Bootable[],
): Promise<Digest | 'stays'> {
  const image = images.find(({ digest }) => digest === node.runs);
  if (image === undefined) throw new Error(`no release of ${fleet} is ${node.runs}`);
  const repository = formatRepository(config.image);
  node.boots += 1;
  const script = join(scene.place.folder, `${node.name}-${node.boots}`);
  await writeFile(
    script,
    nodeScript({
      settings: alwaysOn,
      site: await siteOf(scene, config),
      images,
      repository,
      values: {
        reference: `ostree-unverified-registry:${repository}:${config.stream}`,
        booted: node.runs,
        ring: node.ring,
      },
      files: kitOf(config),
      script: nodeMachine,
    }),
  );
  const report = await bootPrepared(image.prepared, {
    architecture,
    init: 'any',
    // An emulated machine on a busy computer takes its time.
    tests: [{ name: 'node', path: script, timeoutSeconds: 900 }],
    environment: {},
    state: { disk: node.disk, deployment: image === images[0] ? 'old' : 'new' },
    outputFolder: join(scene.options.output, 'nodes', `${node.name}-${node.boots}`),
    log: scene.options.log,
  });
  const output = report.tests.find(({ name }) => name === 'node')?.output ?? '';
  for (const line of output.trim().split('\n')) scene.stage.note(`  ${node.name}: ${line}`);
  const taken = /^takes (sha256:[0-9a-f]{64})$/m.exec(output)?.[1];
  if (taken !== undefined) return taken as Digest;
  if (/^stays$/m.test(output)) return 'stays';
  throw new Error(`the machine ${node.name} did not answer: ${report.explanation}\n${output}`);
}

/** The part of the node kit that picks the ring. */
function kitOf(config: Config): Record<string, string> {
  const served = { ...config, publish: { ...config.publish, url } };
  const { files } = nodeFiles(served, { into: 'image', fleet, parts: new Set(['ring'] as const) });
  return Object.fromEntries(
    [...files].flatMap(([path, text]) => {
      const name = /^\/usr\/lib\/coxswain\/([^/]+)$/.exec(path)?.[1];
      return name === undefined ? [] : [[`kit/${name}`, text]];
    }),
  );
}

/** The fleet's published graphs. */
async function siteOf(scene: Scene, config: Config): Promise<Record<string, string>> {
  const paths = config.rings
    .filter(isNamed)
    .flatMap(({ folders }) => folders.map((folder) => graphPath({ fleet, basearch: architecture, folder })));
  const texts = paths.map(async (path) => [path, await readFile(join(scene.site, path), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

async function readPublished(scene: Scene) {
  const read = (name: string) => readFile(join(scene.site, fleet, name), 'utf8');
  const { releases } = parseReleaseIndex(await read('releases.json'), 'releases.json');
  const updates = parseUpdateMetadata(await read('updates.json'), 'updates.json');
  const newest = releases.at(-1)?.version;
  const rollout = updates.releases.find(({ version }) => version === newest)?.metadata.rollout;
  const start = rollout?.start_epoch ?? 0;
  const minutes = rollout?.duration_minutes ?? 0;
  return {
    digests: releases.slice(-2).map((release) => {
      const reference = release['oci-images']?.find((image) => image.architecture === architecture)?.[
        'digest-ref'
      ];
      return parseReference(reference ?? '');
    }),
    moments: [
      ['half-way', start + minutes * 30],
      ['complete', start + minutes * 60 + 60],
    ] as const,
  };
}

async function readNodeImage(
  config: Config,
  { options }: Scene,
  reference: ReturnType<typeof parseReference>,
): Promise<NodeImage | undefined> {
  if (reference.kind !== 'digest') return undefined;
  const client = createRegistryClient({ env: process.env, log: options.log });
  const image = await readImage(client, atDigest(config.image, reference.digest), architecture);
  const version = image.config.labels['org.opencontainers.image.version'] ?? '';
  return { version, digest: reference.digest, image };
}

/** Calls `work` while the image is ready to boot. */
async function withPrepared(
  { options, place }: Scene,
  config: Config,
  image: NodeImage,
  work: (image: Bootable) => Promise<void>,
): Promise<void> {
  const { log } = options;
  const source = inRegistry(atDigest(config.image, image.digest));
  await withRootFilesystem(
    source,
    async (root) => {
      if (!(await hasAgent(insideRoot(root)))) throw new Error(`${image.version} has no Zincati`);
      const folder = join(place.folder, `image-${image.digest.slice(-12)}`);
      await mkdir(folder);
      await work({ ...image, prepared: await prepareImage({ root, image: source.name, folder, log }) });
    },
    { log },
  );
}

function versionOf(digest: Digest, images: readonly NodeImage[]): string {
  return images.find((image) => image.digest === digest)?.version ?? digest;
}
