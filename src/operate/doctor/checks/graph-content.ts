import { addAliases, aliasesOf } from '../../../guidance/alias.ts';
import { buildGraph, formatGraph } from '../../../guidance/graph.ts';
import { nodeKeys } from '../../../guidance/node-keys.ts';
import { throttleGraph } from '../../../guidance/throttle.ts';
import { formatDuration } from '../../../host/time.ts';
import type { CheckOf } from '../site-check.ts';

/** Ages order the nodes: they grow from node to node. The node of an index follows its release, with the same age. */
export const agesCheck: CheckOf<'graph'> = {
  name: 'ages',
  of: 'graph',
  run: ({ graph, path }) => {
    const ages = graph.nodes.map((node) => Number(node.metadata[nodeKeys.ageIndex]));
    const position = graph.nodes.findIndex((node, index) => {
      const before = graph.nodes[index - 1];
      if (before === undefined) return false;
      const grown = (ages[index] as number) - (ages[index - 1] as number);
      return before.version === node.version ? grown !== 0 : grown <= 0;
    });
    if (position < 0) return [];
    return [
      {
        where: path,
        message: `ages do not grow at ${graph.nodes[position]?.version}: ${ages.slice(Math.max(0, position - 1), position + 1).join(', ')}`,
        remedy:
          'Put releases.json on the state branch in the order of the releases, then run coxswain publish-updates.',
      },
    ];
  },
};

/** The graph must match the two files now, or at a time within the allowed delay of publishing. */
export const freshGraphCheck: CheckOf<'graph'> = {
  name: 'stale-graph',
  of: 'graph',
  run: ({ graph, path, basearch, ring, releases, updates }, { now, grace }) => {
    const complete = buildGraph(releases, updates, { basearch, scheme: 'oci' });
    const at = (time: number) =>
      formatGraph(
        addAliases(throttleGraph(complete, { now: time, wariness: ring.wariness }), aliasesOf(releases)),
      );
    const found = formatGraph(graph);
    if (found === at(now) || found === at(now - grace)) return [];
    return [
      {
        where: path,
        message: `not what releases.json and updates.json beside it give now, nor what they gave ${formatDuration(grace)} ago`,
        remedy: 'Run coxswain publish-updates, on a schedule while rollouts are in progress.',
      },
    ];
  },
};
