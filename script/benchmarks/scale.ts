import { brotliCompressSync, gzipSync } from 'node:zlib';
import { buildGraph, formatGraph } from '../../src/guidance/graph.ts';
import { throttleGraph } from '../../src/guidance/throttle.ts';
import { createGraphAnswers } from '../../src/operate/serve-graph/graph-answers.ts';
import { renderSite } from '../../src/release/published/site.ts';
import { type Figure, rate } from './measure.ts';
import { sampleSite, start } from './sample-site.ts';

/** What docs/scale.md reckons with: sizes of graphs and sites, and what one processor makes of them. */
export async function benchScale(report: (figure: Figure) => void): Promise<void> {
  const asked = { now: start + 86_400, wariness: 0.3 };
  const scope = { basearch: 'x86_64', scheme: 'oci' } as const;
  for (const count of [20, 200, 1000]) {
    const [fleet] = sampleSite({ count }).fleets;
    if (fleet === undefined) throw new Error('the sample has a fleet');
    const { releases, updates } = fleet.state;
    const graph = Buffer.from(formatGraph(throttleGraph(buildGraph(releases, updates, scope), asked)));
    const what = `graph of ${count} releases`;
    report({ what: `${what}: size`, value: graph.length / 1000, unit: 'kB' });
    report({ what: `${what}: gzip`, value: gzipSync(graph).length / 1000, unit: 'kB' });
    report({ what: `${what}: brotli`, value: brotliCompressSync(graph).length / 1000, unit: 'kB' });
    const answers = createGraphAnswers({ releases, updates });
    report({
      what: `${what}: answers of serve-graph, one processor`,
      value: rate(1, () => answers.answer(scope, asked)),
      unit: '/s',
    });
  }
  for (const [count, fleets, rings] of [
    [200, 1, 4],
    [1000, 1, 4],
    [1000, 1, 100],
    [200, 50, 4],
  ] as const) {
    const input = sampleSite({ count, fleets, rings });
    const started = process.cpuUsage();
    const files = renderSite(input);
    const { user, system } = process.cpuUsage(started);
    const bytes = [...files.values()].reduce((sum, content) => sum + content.length, 0);
    const what = `site: ${fleets} fleets × ${count} releases × 4 architectures × ${rings} rings`;
    report({ what: `${what}: files`, value: files.size, unit: 'files' });
    report({ what: `${what}: size`, value: bytes / 1e6, unit: 'MB' });
    report({ what: `${what}: rendered by one processor`, value: (user + system) / 1e6, unit: 's' });
  }
}
