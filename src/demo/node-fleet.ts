import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUpdateMetadata } from '../guidance/metadata.ts';
import { parseReleaseIndex } from '../guidance/releases.ts';
import type { NodeImage } from '../loop/boot-test/guest/node-agent.ts';
import { nodeFiles } from '../operate/node-kit/node-files.ts';
import type { Config } from '../project/configuration/config.ts';
import { isNamed } from '../project/configuration/rings.ts';
import { graphPath } from '../release/published/file-paths.ts';
import { createRegistryClient } from '../world/registry/client.ts';
import { readImage } from '../world/registry/image.ts';
import { atDigest, parseReference } from '../world/registry/reference.ts';
import type { Scene } from './scene.ts';

// What the machines of the demo are given: the published fleet, its images, and a part of the node kit.

export const architecture = 'x86_64';
export const fleet = 'stable';
/** Where the site is inside the machines. */
const url = 'http://127.0.0.1/';

/** The part of the node kit that picks the ring. */
export function kitOf(config: Config): Record<string, string> {
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
export async function siteOf(scene: Scene, config: Config): Promise<Record<string, string>> {
  const paths = config.rings
    .filter(isNamed)
    .flatMap(({ folders }) => folders.map((folder) => graphPath({ fleet, basearch: architecture, folder })));
  const texts = paths.map(async (path) => [path, await readFile(join(scene.site, path), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** The digests of the last two releases, and moments of the rollout of the last one. */
export async function readPublished(scene: Scene) {
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

/** @returns undefined for a reference without a digest */
export async function readNodeImage(
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
