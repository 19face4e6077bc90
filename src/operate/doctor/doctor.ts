import type { DigestReference } from '../../world/registry/reference.ts';
import { rememberingClient } from '../../world/registry/remembering.ts';
import { runChecks } from './checks.ts';
import { readFleet } from './read-fleet.ts';
import { examineImages } from './read-images.ts';
import type { Finding, FleetSubject, Tools } from './site-check.ts';

export interface Examination {
  readonly findings: readonly Finding[];
  /** Names of the fleets that were checked. */
  readonly fleets: readonly string[];
  readonly releases: number;
  readonly images: number;
}

/**
 * Checks a published site as nodes see it, and everything that it names. It only reads.
 * @param options.fleets names
 * @param options.baseUrls as nodes have them
 * @param options.nodeReferences images that nodes run
 * @throws OutsideError if something cannot be read, which is not a finding
 */
export async function examine(
  given: Tools,
  options: {
    readonly fleets: readonly string[];
    readonly baseUrls: readonly string[];
    readonly nodeReferences: readonly DigestReference[];
    readonly report: (note: string) => void;
  },
): Promise<Examination> {
  const tools = { ...given, client: rememberingClient(given.client) };
  const findings: Finding[] = [];
  const subjects: FleetSubject[] = [];
  let images = 0;
  for (const fleet of options.fleets) {
    const { subject, findings: found } = await readFleet(tools, fleet);
    findings.push(...found);
    if (subject === undefined) continue;
    subjects.push(subject);
    findings.push(...(await runChecks('fleet', subject, tools)));
    for (const graph of subject.graphs) findings.push(...(await runChecks('graph', graph, tools)));
    // Every ring's graph names the same images.
    for (const basearch of new Set(subject.graphs.map((graph) => graph.basearch))) {
      const graph = subject.graphs.findLast((each) => each.basearch === basearch);
      if (graph === undefined) continue;
      images += graph.graph.nodes.length;
      findings.push(...(await examineImages(tools, { subject, graph, report: options.report })));
    }
  }
  const { baseUrls, nodeReferences } = options;
  const ofSite = await runChecks('site', { baseUrls, nodeReferences, fleets: subjects }, tools);
  return {
    findings: sorted([...ofSite, ...findings]),
    fleets: options.fleets,
    releases: subjects.reduce((sum, { releases }) => sum + releases.releases.length, 0),
    images,
  };
}

/** Errors first; otherwise in the order in which they were found. */
function sorted(findings: readonly Finding[]): Finding[] {
  return (['error', 'warning'] as const).flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
}
