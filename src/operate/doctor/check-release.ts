import type { GraphNode } from '../../guidance/graph.ts';
import { findAcceptance } from '../../release/evidence/acceptance.ts';
import { findEvidence } from '../../release/evidence/store.ts';
import type { Project } from '../../release/project.ts';
import type { Image } from '../../world/registry/image.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import { atTag, type Digest, formatReference } from '../../world/registry/reference.ts';
import type { Finding } from './finding.ts';

export interface Parts extends Pick<Project, 'config' | 'client'> {
  /** What is being looked at. */
  readonly report: (note: string) => void;
}

export interface NodeToCheck {
  readonly node: GraphNode;
  readonly fleet: string;
  readonly basearch: string;
  /** The rule of prune-images keeps it. */
  readonly kept: boolean;
  /** The entry of the index over a release's architectures: only where nodes come from. */
  readonly isIndex: boolean;
  /** Some node may be sent there. */
  readonly target: boolean;
  /** The fleet's newest release. */
  readonly current: boolean;
}

/** What no tag leads to, registries and retention delete: quay.io within the hour. */
export async function checkKept(
  { config, client }: Parts,
  { node, fleet }: NodeToCheck,
  image: Image,
  where: string,
): Promise<Finding[]> {
  const { digest } = image.manifest.descriptor;
  const tag = atTag(config.image, node.version);
  const tagged = await client.findManifest(tag);
  const held =
    tagged?.descriptor.digest === digest ||
    (tagged !== undefined &&
      isIndex(tagged.json) &&
      tagged.json.manifests.some((each) => each.digest === digest));
  if (held) return [];
  return [
    {
      severity: 'error',
      check: 'version-tag',
      where,
      message:
        tagged === undefined
          ? `no tag ${formatReference(tag)}: a registry may delete what no tag leads to`
          : `tag ${formatReference(tag)} leads to ${tagged.descriptor.digest}, not to ${digest}: a version tag is never re-pointed`,
      remedy:
        tagged === undefined
          ? `Run coxswain promote-image --fleet ${fleet} with the commit of the release, or set the tag on the digest.`
          : 'Find out who writes to production besides Coxswain, and set the tag back.',
    },
  ];
}

/** Of the newest release only: it is what nodes are about to pull. */
export async function checkLayers(
  { config, client }: Parts,
  { fleet }: NodeToCheck,
  image: Image,
  where: string,
): Promise<Finding[]> {
  const { layers } = image.manifest.json;
  const there = await Promise.all(layers.map(({ digest }) => client.hasBlob(config.image, digest)));
  const missing = layers.filter((_, index) => !there[index]);
  if (missing.length === 0) return [];
  return [
    {
      severity: 'error',
      check: 'unservable',
      where,
      message: `production lacks ${missing.length} of its ${layers.length} layers: ${missing[0]?.digest}`,
      remedy: `Pause the rollout (coxswain edit-updates). While the test registry has the image, delete it from production and run coxswain promote-image --fleet ${fleet}.`,
    },
  ];
}

export async function checkEvidence(
  { config, client }: Parts,
  { fleet, basearch }: NodeToCheck,
  image: Image,
  where: string,
): Promise<Finding[]> {
  const subjects: Digest[] = [image.manifest.descriptor.digest];
  const tagged = await client.findManifest(
    atTag(config.image, image.config.labels['org.opencontainers.image.version'] ?? '-'),
  );
  if (tagged !== undefined && isIndex(tagged.json)) subjects.push(tagged.descriptor.digest);
  const all = [];
  for (const subject of subjects) all.push(...(await findEvidence(client, config.image, subject)));
  const newest = all
    .filter(({ evidence }) => evidence.architecture === basearch)
    .sort((one, other) => one.evidence.startedAt - other.evidence.startedAt)
    .at(-1);
  if (newest?.evidence.result === 'PASSED') return [];
  if (newest === undefined) {
    const accepted = await findAcceptance(client, config.image, { subjects, fleet });
    if (accepted !== undefined) return [];
  }
  return [
    {
      severity: 'error',
      check: 'evidence',
      where,
      message:
        newest === undefined
          ? 'no evidence beside the image in production'
          : 'its newest evidence is of a failed test',
      remedy:
        newest === undefined
          ? `Run coxswain promote-image --fleet ${fleet} again: it brings the evidence along.`
          : 'Withdraw the release (coxswain edit-updates), or test it again.',
    },
  ];
}
