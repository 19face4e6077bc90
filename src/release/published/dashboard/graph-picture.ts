import type { SiteFleet } from '../input.ts';
import { graphLanes, type Lane, nextOf } from './graph-lanes.ts';
import { type Html, html } from './html.ts';
import { resting } from './offer-section.ts';
import type { OfferRow, OfferTable } from './offer-table.ts';
import { nameRings } from './ring-groups.ts';

/** Units of the picture: where releases are, where their names are, and how high a row is. */
const axis = 92;
const words = 114;
const height = 46;
/** More rows than this are one. */
const mostRows = 60;

/**
 * The update graph: releases in order, the newest on top; barriers are gates, dead-ends are crosses. Each row is a link
 * that shows the way of a node on it.
 * @param prefix makes ids unique on the page
 */
export function graphPicture(fleet: SiteFleet, table: OfferTable, prefix: string): Html {
  const rows = table.rows.slice(0, mostRows);
  const older = table.rows.slice(mostRows).reduce((sum, { count }) => sum + count, 0);
  const lanes = graphLanes(rows);
  const total = rows.length * height + (older === 0 ? 8 : 30);
  const names = table.architectures.join(', ');
  return html`<svg class="graph" viewBox="0 0 370 ${total}" role="group" aria-label="Update graph of ${fleet.name} on ${names}">
<path class="axis" d="M${axis} ${center(0)}V${center(rows.length - 1)}"/>
${lanes.map((lane) => html`<path class="edge ${lane.open}" d="${edges(lane)}"/><path class="head ${lane.open}" d="M${axis - 9} ${center(lane.target)}l-7-4v8z"/>`)}
${rows.map((row, index) => rowMarks(row, { index, fleet, table, lanes, prefix }))}
${rows.map((row, index) => wayMarks(rows, lanes, { row, index, prefix }))}
${older === 0 ? '' : html`<text x="${words}" y="${total - 10}" class="quiet">and ${older} older releases: releases.json</text>`}
</svg>
`;
}

interface RowContext {
  readonly index: number;
  readonly fleet: SiteFleet;
  readonly table: OfferTable;
  readonly lanes: readonly Lane[];
  readonly prefix: string;
}

function rowMarks(row: OfferRow, context: RowContext): Html {
  const y = center(context.index);
  const kind = kindOf(row, context.fleet);
  const full = `${row.newest}${row.count === 1 ? '' : ` and ${row.count - 1} more, down to ${row.oldest}`}: ${note(row, context)}`;
  return html`<a class="row" href="#${wayId(context.prefix, context.index)}"><title>${full}</title><path class="hit" d="M0 ${y - 22}h370v44h-370z"/>${symbol(row, kind, y)}<text x="${words}" y="${y - 2}" class="version">${short(row.newest, 30)}</text><text x="${words}" y="${y + 13}" class="quiet ${kind}">${short(note(row, context), 46)}</text></a>
`;
}

type Kind = 'barrier' | 'dead-end' | 'withdrawn' | 'paused' | 'group' | 'release';

function kindOf(row: OfferRow, { state }: SiteFleet): Kind {
  const { withdrawn = [], paused = [] } = state.operations ?? {};
  if (row.deadend !== undefined) return 'dead-end';
  if (withdrawn.some(({ version }) => version === row.newest)) return 'withdrawn';
  if (paused.some(({ version }) => version === row.newest)) return 'paused';
  if (row.barrier !== undefined) return 'barrier';
  return row.count > 1 ? 'group' : 'release';
}

function symbol(row: OfferRow, kind: Kind, y: number): Html {
  if (kind === 'barrier') {
    return html`<path class="gate" d="M${axis - 14} ${y - 9}v18M${axis + 14} ${y - 9}v18M${axis - 14} ${y}h28"/><circle class="dot" cx="${axis}" cy="${y}" r="4"/>`;
  }
  if (kind === 'dead-end') {
    return html`<circle class="dot" cx="${axis}" cy="${y}" r="7"/><path class="cross" d="M${axis - 6} ${y - 6}l12 12m0-12l-12 12"/>`;
  }
  if (kind === 'group')
    return html`<rect class="dot" x="${axis - 5}" y="${y - 10}" width="10" height="20" rx="5"/>`;
  return html`<circle class="dot ${kind}${row.isNewest && kind === 'release' ? ' newest' : ''}" cx="${axis}" cy="${y}" r="6"/>`;
}

/** One line about a row: what it is, and to whom it is offered. */
function note(row: OfferRow, { index, fleet, table, lanes }: RowContext): string {
  const parts: string[] = [];
  const kind = kindOf(row, fleet);
  if (kind !== 'release' && kind !== 'group') parts.push(kind);
  if (row.count > 1) parts.push(`and ${row.count - 1} more, down to ${row.oldest}`);
  const lane = lanes.find(({ target }) => target === index);
  if (lane !== undefined) parts.push(offeredTo(row, lane, table));
  else if (row.choices.every(({ kind: each }) => each === 'none')) parts.push(resting(row, fleet));
  return parts.join(', ');
}

function offeredTo({ newest }: OfferRow, lane: Lane, { columns, rows }: OfferTable): string {
  if (lane.open === 'none') return 'offered to nobody yet';
  const open = columns.filter((_, column) =>
    lane.sources.some((source) => {
      const choice = rows[source]?.choices[column];
      return choice?.kind === 'update' && choice.target.version === newest;
    }),
  );
  const all = columns.reduce((sum, rings) => sum + rings.length, 0);
  return `offered to ${nameRings(open.flat(), all)}`;
}

// No rule of the style sheet reaches into a copy by <use>: what a step looks like is inherited from its way.
/**
 * The way of a node, shown when its row is chosen: without a script by :target. A way is its first step and the way from
 * there, so that the page holds each step once.
 */
function wayMarks(
  rows: readonly OfferRow[],
  lanes: readonly Lane[],
  { row, index, prefix }: { readonly row: OfferRow; readonly index: number; readonly prefix: string },
): Html {
  const next = nextOf(rows, index);
  const track = lanes.find(({ target }) => target === next)?.track ?? 0;
  const rest = next === undefined ? '' : html` data-next="${wayId(prefix, next)}"`;
  return html`<defs><g id="${stepId(prefix, index)}"><circle cx="${axis}" cy="${center(index)}" r="9"/>${next === undefined ? '' : html`<path d="${curve(index, next, track)}"/><use href="#${stepId(prefix, next)}"/>`}</g></defs><g class="way" id="${wayId(prefix, index)}" data-version="${row.newest}"${rest}><use href="#${stepId(prefix, index)}"/></g>
`;
}

function edges({ target, sources, track }: Lane): string {
  return sources.map((source) => curve(source, target, track)).join('');
}

/** From a row up to another, along its lane. */
function curve(from: number, to: number, track: number): string {
  const x = axis - 22 - track * 15;
  const [low, high] = [center(from), center(to)];
  return `M${axis - 8} ${low}H${x + 8}Q${x} ${low} ${x} ${low - 8}V${high + 8}Q${x} ${high} ${x + 8} ${high}H${axis - 12}`;
}

function center(index: number): number {
  return index * height + 26;
}

function stepId(prefix: string, index: number): string {
  return `step-${prefix}-${index}`;
}

function wayId(prefix: string, index: number): string {
  return `way-${prefix}-${index}`;
}

function short(text: string, length: number): string {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`;
}
