import { buildGraph } from '../../guidance/graph.ts';
import type { UpdateMetadata } from '../../guidance/metadata.ts';
import { nodeKeys } from '../../guidance/node-keys.ts';
import type { ReleaseIndex } from '../../guidance/releases.ts';

/** A release from which nodes may update to the candidate. */
export interface UpgradeStart {
  readonly version: string;
  /** `repository@sha256:…` */
  readonly payload: string;
  readonly why: 'current release' | 'last barrier';
}

/** A fleet's releases and update metadata. */
export interface Guidance {
  readonly releases: Pick<ReleaseIndex, 'releases'>;
  readonly updates: Pick<UpdateMetadata, 'releases'>;
}

/** An image that may become a release. */
export interface UpgradeCandidate {
  readonly version: string;
  /** `repository@sha256:…` */
  readonly payload: string;
  readonly basearch: string;
}

/** What a fleet publishes when the candidate is its newest release, and its rollout is complete. */
export function withCandidate(fleet: Guidance, candidate: UpgradeCandidate) {
  const { basearch, version, payload } = candidate;
  const known = fleet.releases.releases;
  const position = known.findIndex((release) => release.version === version);
  // The candidate is released already: this is what nodes had before it.
  const before = position < 0 ? known : known.slice(0, position);
  const image = { architecture: basearch, image: payload, 'digest-ref': payload };
  // A release has no incoming edge before it is rolled out.
  const rolledOut = { version, metadata: { rollout: { start_percentage: 1 } } };
  return {
    releases: { releases: [...before, { version, 'oci-images': [image] }] },
    updates: { releases: [...fleet.updates.releases, rolledOut] },
  };
}

/**
 * The releases from which nodes of a fleet may update to a candidate, by the fleet's own update graph with the
 * candidate added: the newest release, and the last barrier, which every older node passes through.
 */
export function upgradeStarts(fleet: Guidance, candidate: UpgradeCandidate): UpgradeStart[] {
  const { basearch, payload } = candidate;
  const { releases, updates } = withCandidate(fleet, candidate);
  const { nodes, edges } = buildGraph(releases, updates, { basearch, scheme: 'oci' });
  const last = nodes.length - 1;
  const sources = edges.filter(([, to]) => to === last).map(([from]) => from);
  const current = Math.max(-1, ...sources);
  const barrier = Math.max(
    -1,
    ...sources.filter((source) => nodes[source]?.metadata[nodeKeys.barrier] === 'true'),
  );
  const starts: UpgradeStart[] = [];
  const add = (index: number, why: UpgradeStart['why']) => {
    const node = nodes[index];
    if (node === undefined || starts.some(({ version: each }) => each === node.version)) return;
    // The same image under another name: there is nothing to update.
    if (node.payload !== payload) starts.push({ version: node.version, payload: node.payload, why });
  };
  add(current, 'current release');
  add(barrier, 'last barrier');
  return starts;
}
