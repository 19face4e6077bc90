import type { Project } from '../../release/project.ts';
import { rememberingClient } from '../../world/registry/remembering.ts';
import { checkBaseUrl, checkPublishUrl } from './check-base-url.ts';
import { checkFiles } from './check-files.ts';
import { checkImages, checkStreamTag } from './check-images.ts';
import type { Finding } from './finding.ts';
import type { PublishedFiles } from './published-files.ts';

export interface Examination {
  readonly findings: readonly Finding[];
  /** What was looked at. */
  readonly fleets: readonly string[];
  readonly releases: number;
  readonly images: number;
}

/**
 * Looks at a published site as nodes do, and at everything it leads to. Reads only.
 * @param options.fleets names
 * @param options.baseUrls as nodes have them
 * @param options.now UNIX seconds
 * @param options.grace seconds that a graph may be behind
 * @throws OutsideError when something cannot be looked at: that is no finding
 */
export async function examine(
  parts: Pick<Project, 'config' | 'client'> & { readonly files: PublishedFiles },
  options: {
    readonly fleets: readonly string[];
    readonly baseUrls: readonly string[];
    readonly now: number;
    readonly grace: number;
    readonly report: (note: string) => void;
  },
): Promise<Examination> {
  const { config, files } = parts;
  const client = rememberingClient(parts.client);
  const findings: Finding[] = [...checkPublishUrl(config)];
  for (const baseUrl of options.baseUrls) findings.push(...(await checkBaseUrl(parts, baseUrl)));
  let releases = 0;
  let images = 0;
  for (const fleet of options.fleets) {
    const { published, findings: found } = await checkFiles({ ...options, config, files, fleet });
    findings.push(...found);
    if (published === undefined) continue;
    releases += published.releases.releases.length;
    for (const graph of Object.values(published.graphs)) images += graph.nodes.length;
    findings.push(...(await checkImages({ config, client, report: options.report }, published)));
  }
  if (releases > 0) findings.push(...(await checkStreamTag({ config, client })));
  return { findings: sorted(findings), fleets: options.fleets, releases, images };
}

/** Errors first; otherwise in the order in which they were found. */
function sorted(findings: readonly Finding[]): Finding[] {
  return (['error', 'warning'] as const).flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
}
