import { addAliases, aliasesOf } from '../../guidance/alias.ts';
import { buildGraph, formatGraph } from '../../guidance/graph.ts';
import { formatUpdateMetadata } from '../../guidance/metadata.ts';
import { formatReleaseIndex } from '../../guidance/releases.ts';
import { throttleGraph } from '../../guidance/throttle.ts';
import { formatBuildRelease } from './build-release.ts';
import { renderDashboard } from './dashboard/dashboard.ts';
import type { SiteInput } from './input.ts';
import { buildReleasePath, graphPath } from './paths.ts';
import { formatStamp, stampPath } from './stamp.ts';

export type { SiteFleet, SiteInput, SiteRecord } from './input.ts';

/**
 * Renders every published file: path → content, in the order in which they are to be written. What a file refers to
 * comes before it: first what describes the releases, then the graphs that offer them, the dashboard last.
 *
 * The same input gives the same bytes. While no rollout is in progress, `now` changes none of them.
 */
export function renderSite(input: SiteInput): Map<string, string> {
  const files = new Map<string, string>();
  const add = (path: string, content: string) => {
    // The configuration refuses names that collide; to serve one fleet's graph as another's would be worse than this.
    if (files.has(path)) throw new Error(`two published files have the path ${path}`);
    files.set(path, content);
  };
  for (const { name, state } of input.fleets) {
    for (const release of state.releases.releases) {
      add(buildReleasePath(name, release.version), formatBuildRelease(release, state, input.stream));
    }
    add(`${name}/releases.json`, formatReleaseIndex(state.releases));
    add(`${name}/updates.json`, formatUpdateMetadata(state.updates));
  }
  for (const { name: fleet, state } of input.fleets) {
    for (const basearch of input.architectures) {
      const complete = buildGraph(state.releases, state.updates, { basearch, scheme: 'oci' });
      const aliases = aliasesOf(state.releases);
      for (const { wariness, folders } of input.rings) {
        const graph = formatGraph(addAliases(throttleGraph(complete, { now: input.now, wariness }), aliases));
        for (const folder of folders) add(graphPath({ fleet, basearch, folder }), graph);
      }
    }
  }
  for (const { name, stamp } of input.fleets) {
    if (stamp !== undefined) add(stampPath(name), formatStamp(stamp));
  }
  add('index.html', renderDashboard(input));
  return files;
}
