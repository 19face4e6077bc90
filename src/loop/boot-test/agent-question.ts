import { addAliases, aliasesOf } from '../../guidance/alias.ts';
import { buildGraph, formatPublishedGraph } from '../../guidance/graph.ts';
import { defined } from '../../host/defined.ts';
import { InputError, messageOf } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import { upgradeStarts, withCandidate } from '../../release/evidence/upgrade-starts.ts';
import type { Project } from '../../release/project.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import { readImage } from '../../world/registry/image.ts';
import {
  atDigest,
  formatReference,
  formatRepository,
  parseReference,
} from '../../world/registry/reference.ts';
import type { AgentQuestion, NodeImage } from './guest/node-agent.ts';
import type { ImageUnderTest } from './image-under-test.ts';

/**
 * What nodes of a fleet would see if the image became its newest release: the graph that would be published, and their
 * current image. Without a fleet there is only the image itself.
 */
export async function agentQuestion(
  project: Project,
  about: {
    readonly fleet: string | undefined;
    readonly tested: ImageUnderTest;
    readonly architecture: Architecture;
    readonly log: Log;
  },
): Promise<AgentQuestion> {
  const { config, state } = project;
  const { fleet, tested, architecture } = about;
  const { version, digest, image } = tested;
  const nothing = { releases: { releases: [] }, updates: { releases: [] } };
  const known = fleet === undefined ? nothing : await state.readFleet(fleet);
  // Promotion copies the image: nodes get the same digest from production.
  const payload = formatReference(atDigest(config.image, digest));
  const candidate = { version, payload, basearch: architecture };
  const { releases, updates } = withCandidate(known, candidate);
  const graph = addAliases(
    buildGraph(releases, updates, { basearch: architecture, scheme: 'oci' }),
    aliasesOf(known.releases),
  );
  const [start] = upgradeStarts(known, candidate);
  const current =
    start?.why === 'current release'
      ? await readCurrent(project, start, { architecture, log: about.log })
      : undefined;
  return {
    graph: formatPublishedGraph(graph),
    repository: formatRepository(config.image),
    stream: config.stream,
    candidate: { version, digest, image },
    ...defined({ current }),
  };
}

/** The image that nodes run; undefined if it cannot be read, for example without a login. */
async function readCurrent(
  { client }: Project,
  start: { readonly version: string; readonly payload: string },
  { architecture, log }: { readonly architecture: Architecture; readonly log: Log },
): Promise<NodeImage | undefined> {
  const { version, payload } = start;
  try {
    const reference = parseReference(payload, { where: `release ${version}` });
    if (reference.kind !== 'digest') return undefined;
    return { version, digest: reference.digest, image: await readImage(client, reference, architecture) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    log.warn(`the image's own agent is not asked about the update from ${version}: ${messageOf(error)}`);
    return undefined;
  }
}
