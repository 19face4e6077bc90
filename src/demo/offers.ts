import { chooseUpdate } from '../guidance/choose.ts';
import { buildGraph } from '../guidance/graph.ts';
import type { UpdateMetadata } from '../guidance/metadata.ts';
import { rolloutProgress } from '../guidance/progress.ts';
import type { ReleaseIndex } from '../guidance/releases.ts';
import { throttleGraph } from '../guidance/throttle.ts';
import { type Ring, ringsToShow } from '../project/configuration/rings.ts';
import { formatTable } from './table.ts';

/**
 * Who is offered the newest release when: a row for each ring, a column for each moment of its rollout.
 * @param from version that the nodes run
 */
export function offersOverTime(options: {
  readonly releases: ReleaseIndex;
  readonly updates: UpdateMetadata;
  readonly basearch: string;
  readonly rings: readonly Ring[];
  readonly from: string;
}): string {
  const newest = options.releases.releases.at(-1)?.version ?? '';
  const rollout = options.updates.releases.find((entry) => entry.version === newest)?.metadata.rollout ?? {};
  const start = rollout.start_epoch ?? 0;
  const length = (rollout.duration_minutes ?? 0) * 60;
  // A minute after each mark: exactly at the mark, rounding may still make the throttle's value slightly too low.
  const moments = [
    ['before the start', start - 60],
    ['at 10 %', start + Math.ceil(length * 0.1) + 60],
    ['half-way', start + Math.ceil(length * 0.5) + 60],
    ['complete', start + length + 1],
  ] as const;
  const graph = buildGraph(options.releases, options.updates, { basearch: options.basearch, scheme: 'oci' });
  const booted = graph.nodes.find((node) => node.version === options.from)?.payload ?? '';
  const rows = ringsToShow(options.rings).map(({ name, wariness }) => [
    `${name} (wariness ${wariness})`,
    ...moments.map(
      ([, now]) => chooseUpdate(throttleGraph(graph, { now, wariness }), booted)?.version ?? '–',
    ),
  ]);
  const head = moments.map(([name, now]) => `${name} (${Math.round(rolloutProgress(rollout, now) * 100)} %)`);
  return formatTable(['ring', ...head], rows);
}
