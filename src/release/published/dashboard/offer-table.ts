import { type Choice, considerUpdate } from '../../../guidance/choose.ts';
import { buildGraph, type Graph } from '../../../guidance/graph.ts';
import { nodeKeys } from '../../../guidance/node-keys.ts';
import { rolloutProgress } from '../../../guidance/progress.ts';
import { rolloutOf, throttleGraph } from '../../../guidance/throttle.ts';
import type { Ring } from '../../../project/configuration/rings.ts';
import type { SiteFleet, SiteInput } from '../input.ts';

/** A column: rings whose nodes are all offered the same. The earliest first. */
export type OfferColumn = readonly Ring[];

/** Neighbouring releases whose nodes all get the same offers, or one special release. */
export interface OfferRow {
  readonly newest: string;
  readonly oldest: string;
  readonly count: number;
  /** One for each column. */
  readonly choices: readonly Choice[];
  /** The version that its nodes are offered once every rollout is complete; undefined if none. */
  readonly finally: string | undefined;
  readonly isNewest: boolean;
  /** Upstream's words for what holds nodes here; undefined if nothing does. */
  readonly barrier: string | undefined;
  readonly deadend: string | undefined;
}

/** Which node is offered what, for architectures that all get the same answers. */
export interface OfferTable {
  readonly architectures: readonly string[];
  readonly columns: readonly OfferColumn[];
  /** Newest first. */
  readonly rows: readonly OfferRow[];
}

/** Computes what Zincati would do for every release, ring and architecture, and groups equal answers. */
export function offerTables(fleet: SiteFleet, input: SiteInput): OfferTable[] {
  const tables = new Map<string, { architectures: string[]; table: Omit<OfferTable, 'architectures'> }>();
  for (const basearch of input.architectures) {
    const table = offerTable(fleet, input, basearch);
    const key = JSON.stringify([
      table.columns.map((rings) => rings.length),
      table.rows.map((row) => rowKey(row, [row.newest, row.oldest])),
    ]);
    const same = tables.get(key);
    if (same === undefined) tables.set(key, { architectures: [basearch], table });
    else same.architectures.push(basearch);
  }
  return [...tables.values()].map(({ architectures, table }) => ({ architectures, ...table }));
}

function offerTable(
  { state }: SiteFleet,
  { rings, now }: SiteInput,
  basearch: string,
): Omit<OfferTable, 'architectures'> {
  const complete = buildGraph(state.releases, state.updates, { basearch, scheme: 'oci' });
  const columns = equalRings(complete, rings, now);
  const graphs = columns.map(([ring]) => throttleGraph(complete, { now, wariness: ring?.wariness ?? 1 }));
  const end = throttleGraph(complete, { now: Number.MAX_SAFE_INTEGER, wariness: 1 });
  const targets = new Set(complete.edges.map(([, to]) => complete.nodes[to]?.version));
  const unusual = new Set([
    ...targets,
    ...[...(state.operations?.paused ?? []), ...(state.operations?.withdrawn ?? [])].map(
      ({ version }) => version,
    ),
  ]);
  const rows: OfferRow[] = [];
  for (const [index, { version, payload, metadata }] of complete.nodes.toReversed().entries()) {
    const goal = considerUpdate(end, { payload });
    const row: OfferRow = {
      newest: version,
      oldest: version,
      count: 1,
      choices: graphs.map((graph) => considerUpdate(graph, { payload })),
      finally: goal.kind === 'update' ? goal.target.version : undefined,
      isNewest: index === 0,
      barrier: metadata[nodeKeys.barrierReason],
      deadend: metadata[nodeKeys.deadendReason],
    };
    const last = rows.at(-1);
    const isAlone = (each: OfferRow) =>
      each.isNewest || each.barrier !== undefined || each.deadend !== undefined || unusual.has(each.newest);
    if (last !== undefined && !isAlone(last) && !isAlone(row) && rowKey(last) === rowKey(row)) {
      rows[rows.length - 1] = { ...last, oldest: version, count: last.count + 1 };
    } else rows.push(row);
  }
  return { columns, rows };
}

/** A wariness has no other effect than which rollouts are open to it: rings to which the same are open are one column. */
function equalRings(graph: Graph, rings: readonly Ring[], now: number): OfferColumn[] {
  const progress = graph.nodes
    .map(rolloutOf)
    .filter((rollout) => rollout !== undefined)
    .map((rollout) => rolloutProgress(rollout, now));
  const columns = new Map<string, Ring[]>();
  for (const ring of rings) {
    const open = progress.map((value) => (ring.wariness > value ? '0' : '1')).join('');
    columns.set(open, [...(columns.get(open) ?? []), ring]);
  }
  return [...columns.values()];
}

/** Equal for rows that read the same; payloads differ between architectures and do not count. */
function rowKey(row: OfferRow, versions: readonly string[] = []): string {
  const told = row.choices.map((choice) => {
    if (choice.kind === 'update') return `to ${choice.target.version}`;
    return choice.kind === 'dead-end' ? `dead-end ${choice.reason}` : choice.kind;
  });
  return JSON.stringify([...versions, row.finally ?? '', ...told]);
}
