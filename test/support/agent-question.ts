import { buildGraph, formatPublishedGraph } from '../../src/guidance/graph.ts';
import type { AgentQuestion, NodeImage } from '../../src/loop/boot-test/guest/node-agent.ts';
import { digestOf } from '../../src/world/registry/reference.ts';

// Questions for the agent of a node: a fleet with a current release and a candidate.

const repository = 'ghcr.io/acme/os';
const time = 1_785_000_000;

/** @param created seconds after the current release */
export function nodeImage(version: string, created: number, labels: Record<string, string> = {}): NodeImage {
  const digest = digestOf(version);
  const config = { digest, mediaType: 'application/vnd.oci.image.config.v1+json', size: 2 };
  const json = { schemaVersion: 2, config, layers: [] };
  return {
    version,
    digest,
    image: {
      manifest: { bytes: Buffer.from(''), json, descriptor: { digest, mediaType: '', size: 2 } },
      config: {
        architecture: 'amd64',
        os: 'linux',
        created: new Date((time + created) * 1000).toISOString(),
        labels: {
          'containers.bootc': '1',
          'com.coreos.stream': 'stable',
          'org.opencontainers.image.version': version,
          ...labels,
        },
        diffIds: [],
        digest,
      },
    } as unknown as NodeImage['image'],
  };
}

export const current = nodeImage("44.1-it's", 0);
export const candidate = nodeImage('44.2', 60);

/** The graph of these releases, the last of which is rolled out completely. */
export function graphOf(images: readonly NodeImage[]): string {
  const releases = images.map(({ version, digest }) => ({
    version,
    'oci-images': [{ architecture: 'x86_64', image: '', 'digest-ref': `${repository}@${digest}` }],
  }));
  const entry = { version: images.at(-1)?.version ?? '', metadata: { rollout: { start_percentage: 1 } } };
  return formatPublishedGraph(
    buildGraph({ releases }, { releases: [entry] }, { basearch: 'x86_64', scheme: 'oci' }),
  );
}

/** Is the candidate taken? */
export const question = (other: Partial<AgentQuestion> = {}): AgentQuestion => ({
  graph: graphOf([current, candidate]),
  repository,
  stream: 'stable',
  candidate,
  current,
  ...other,
});
