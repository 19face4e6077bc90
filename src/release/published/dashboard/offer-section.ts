import type { Choice } from '../../../guidance/choose.ts';
import type { SiteFleet } from '../input.ts';
import { type Html, html } from './html.ts';
import type { OfferRow, OfferTable } from './offer-table.ts';
import { nameRings, nameWariness } from './ring-groups.ts';

/** A table of who is offered what. On a phone it reads as a list: each cell then says whom it is about. */
export function offerSection(fleet: SiteFleet, { architectures, columns, rows }: OfferTable): Html {
  const all = columns.reduce((sum, rings) => sum + rings.length, 0);
  const heads = columns.map((rings) => ({ name: nameRings(rings, all), wariness: nameWariness(rings) }));
  const table = html`<table role="table">
<caption>Who is offered what <span class="quiet">on ${architectures.join(', ')}</span></caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">A node on</th>${heads.map(({ name, wariness }) => html`<th role="columnheader" scope="col">${name} <span class="quiet">${wariness}</span></th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) => html`
<tr role="row"><th role="rowheader" scope="row">${rowHead(row)}</th>${cells(row, fleet, heads)}</tr>`,
  )}
</tbody></table>
`;
  if (rows.length <= 8) return table;
  return html`<details><summary>The same as a table (${rows.length} rows)</summary>
${table}</details>
`;
}

/** Neighbouring cells with the same answer are one. */
function cells(
  row: OfferRow,
  fleet: SiteFleet,
  heads: readonly { readonly name: string }[],
): readonly Html[] {
  const groups: { names: string[]; choice: Choice; key: string }[] = [];
  for (const [index, choice] of row.choices.entries()) {
    const key = choice.kind === 'update' ? `to ${choice.target.version}` : choice.kind;
    const last = groups.at(-1);
    if (last?.key === key) last.names.push(heads[index]?.name ?? '');
    else groups.push({ names: [heads[index]?.name ?? ''], choice, key });
  }
  return groups.map(
    ({ names, choice }) =>
      html`<td role="cell"${names.length === 1 ? '' : html` colspan="${names.length}"`} data-label="${names.length === heads.length ? 'every node' : names.join(', ')}">${answer(choice, row, fleet)}</td>`,
  );
}

function rowHead({ newest, oldest, count }: OfferRow): Html {
  if (count === 1) return html`<code>${newest}</code>`;
  return html`<code>${newest}</code> <span class="quiet">and ${count - 1} more, down to</span> <code>${oldest}</code>`;
}

function answer(choice: Choice, row: OfferRow, fleet: SiteFleet): Html {
  switch (choice.kind) {
    case 'update':
      return html`<span class="update"><span aria-hidden="true">→ </span><code>${choice.target.version}</code></span>`;
    case 'dead-end':
      return html`<span class="stuck">dead-end</span>`;
    case 'none':
      return html`<span class="quiet">${resting(row, fleet)}</span>`;
    case 'unknown':
      return html`<span class="stuck">not in the graph</span>`;
  }
}

/** Why a node stays: a node on a withdrawn release is not up to date. */
export function resting(row: OfferRow, { state }: SiteFleet): string {
  const { withdrawn = [], paused = [] } = state.operations ?? {};
  if (withdrawn.some(({ version }) => version === row.newest)) return 'runs a withdrawn release';
  if (paused.some(({ version }) => version === row.newest)) return 'runs a paused release';
  return row.isNewest ? 'up to date' : 'nothing yet';
}
