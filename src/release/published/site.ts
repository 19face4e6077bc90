import { type Aliases, addAliases, aliasesOf } from '../../guidance/alias.ts';
import { buildGraph, formatPublishedGraph, type Graph } from '../../guidance/graph.ts';
import { formatUpdateMetadata } from '../../guidance/metadata.ts';
import { rolloutProgress } from '../../guidance/progress.ts';
import { formatReleaseIndex } from '../../guidance/releases.ts';
import { rolloutOf, throttleGraph } from '../../guidance/throttle.ts';
import { formatBuildRelease } from './build-release.ts';
import { changeLinks } from './dashboard/change-links.ts';
import { renderDashboard } from './dashboard/dashboard.ts';
import { feedPath, renderFeed } from './feed.ts';
import { buildReleasePath, graphPath } from './file-paths.ts';
import type { SiteInput } from './input.ts';
import { formatStamp, stampPath } from './stamp.ts';

export type { SiteFleet, SiteInput, SiteRecord } from './input.ts';

/**
 * Renders every published file: path → content, in the order in which they are to be written. A file comes after the
 * files that it refers to: first those that describe releases, then the graphs that offer them, the feed and the
 * dashboard last.
 *
 * The same input gives the same bytes. While no rollout is in progress, `now` changes none of them.
 */
export function renderSite(input: SiteInput): Map<string, string> {
  const files = new Map<string, string>();
  const add = (path: string, content: string) => {
    // The configuration refuses names that collide. This is a second check, because one fleet's graph must never be
    // served as another's.
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
      const textFor = rememberGraphs(complete, aliases, input.now);
      for (const { wariness, folders } of input.rings) {
        const graph = textFor(wariness);
        for (const folder of folders) add(graphPath({ fleet, basearch, folder }), graph);
      }
    }
  }
  for (const { name, stamp } of input.fleets) {
    if (stamp !== undefined) add(stampPath(name), formatStamp(stamp));
  }
  add(feedPath, renderFeed(input));
  add('index.html', renderDashboard(input, { actions: changeLinks(input) }));
  return files;
}

/** The text of the graph for a wariness. Of a hundred rings most see the same: their text is made once. */
function rememberGraphs(complete: Graph, aliases: Aliases, now: number): (wariness: number) => string {
  const progress = complete.nodes
    .map(rolloutOf)
    .filter((rollout) => rollout !== undefined)
    .map((rollout) => rolloutProgress(rollout, now));
  const texts = new Map<string, string>();
  return (wariness) => {
    // The wariness has no other effect.
    const open = progress.map((value) => (wariness > value ? '0' : '1')).join('');
    const text =
      texts.get(open) ??
      formatPublishedGraph(addAliases(throttleGraph(complete, { now, wariness }), aliases));
    texts.set(open, text);
    return text;
  };
}
