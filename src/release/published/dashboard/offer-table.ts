import { type Choice, considerUpdate } from '../../../guidance/choose.ts';
import { buildGraph } from '../../../guidance/graph.ts';
import { throttleGraph } from '../../../guidance/throttle.ts';
import { ringsToShow } from '../../../project/configuration/rings.ts';
import type { SiteFleet, SiteInput } from '../input.ts';

/** A column: nodes of one wariness. */
export interface OfferColumn {
  readonly wariness: number;
  /** Names. */
  readonly rings: readonly string[];
}

/** Neighbouring releases whose nodes all get the same offers. */
export interface OfferRow {
  readonly newest: string;
  readonly oldest: string;
  readonly count: number;
  /** One for each column. */
  readonly choices: readonly Choice[];
  /** True for the row of the newest release, after which no release can follow. */
  readonly isNewest: boolean;
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
  const columns = offerColumns(input.rings);
  const tables = new Map<string, { architectures: string[]; rows: readonly OfferRow[] }>();
  for (const basearch of input.architectures) {
    const rows = offerRows(fleet, { basearch, columns, now: input.now });
    const key = JSON.stringify(rows.map((row) => rowKey(row.choices, [row.newest, row.oldest])));
    const same = tables.get(key);
    if (same === undefined) tables.set(key, { architectures: [basearch], rows });
    else same.architectures.push(basearch);
  }
  return [...tables.values()].map((table) => ({ ...table, columns }));
}

function offerColumns(rings: SiteInput['rings']): OfferColumn[] {
  const warinesses = new Map<number, string[]>();
  for (const { name, wariness } of ringsToShow(rings)) {
    warinesses.set(wariness, [...(warinesses.get(wariness) ?? []), name]);
  }
  return [...warinesses].map(([wariness, names]) => ({ wariness, rings: names }));
}

function offerRows(
  { state }: SiteFleet,
  options: { readonly basearch: string; readonly columns: readonly OfferColumn[]; readonly now: number },
): OfferRow[] {
  const complete = buildGraph(state.releases, state.updates, { basearch: options.basearch, scheme: 'oci' });
  const graphs = options.columns.map(({ wariness }) =>
    throttleGraph(complete, { now: options.now, wariness }),
  );
  const rows: OfferRow[] = [];
  for (const [index, { version, payload }] of complete.nodes.toReversed().entries()) {
    const choices = graphs.map((graph) => considerUpdate(graph, { payload }));
    const last = rows.at(-1);
    if (last !== undefined && !last.isNewest && rowKey(last.choices) === rowKey(choices)) {
      rows[rows.length - 1] = { ...last, oldest: version, count: last.count + 1 };
    } else {
      rows.push({ newest: version, oldest: version, count: 1, choices, isNewest: index === 0 });
    }
  }
  return rows;
}

/** Equal for rows that read the same; payloads differ between architectures and do not count. */
function rowKey(choices: readonly Choice[], versions: readonly string[] = []): string {
  const told = choices.map((choice) => {
    if (choice.kind === 'update') return `to ${choice.target.version}`;
    return choice.kind === 'dead-end' ? `dead-end ${choice.reason}` : choice.kind;
  });
  return JSON.stringify([...versions, ...told]);
}
