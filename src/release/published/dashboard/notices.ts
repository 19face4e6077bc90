import { holdAt, type Statement } from '../../../guidance/operations.ts';
import { formatPercent } from '../../../host/percent.ts';
import type { SiteFleet } from '../input.ts';
import { type Html, html } from './html.ts';
import { showTime } from './rollout-view.ts';

/** What stops a fleet, who decided it and until when; undefined if nothing does. @param now UNIX seconds */
export function notices({ state }: SiteFleet, now: number): Html | undefined {
  const { operations } = state;
  if (operations === undefined) return undefined;
  const hold = holdAt(operations, now);
  const items = [
    ...(hold === undefined
      ? []
      : [
          html`<li><span class="badge stopped">held</span> This fleet gets no new release${until(hold.until)}: ${said(hold)}</li>`,
        ]),
    ...(operations.paused ?? []).map(
      (paused) =>
        html`<li><span class="badge paused">paused</span> <code>${paused.version}</code> is paused at ${formatPercent(paused.progress)}${until(paused.until)}: ${said(paused)}</li>`,
    ),
    ...(operations.urgent ?? []).map(
      (urgent) =>
        html`<li><span class="badge urgent">urgent</span> <code>${urgent.version}</code> comes without its soak time: ${said(urgent)}</li>`,
    ),
    ...(operations.withdrawn ?? [])
      .toReversed()
      .map(
        (withdrawn) =>
          html`<li><span class="badge withdrawn">withdrawn</span> <code>${withdrawn.version}</code> is offered to nobody: ${said(withdrawn)}</li>`,
      ),
  ];
  return items.length === 0 ? undefined : html`<ul class="notices">${items}</ul>\n`;
}

/** Why a release is unusual: it did not soak, or restores an older content. */
export function exceptions(fleet: SiteFleet, version: string): readonly Html[] {
  const { urgent, rollBack } = fleet.state.records?.[version] ?? {};
  return [
    ...(urgent === undefined
      ? []
      : [
          html`<p><span class="badge urgent">urgent</span> It did not soak: ${reason(urgent)} <span class="quiet">(${nameOf(urgent.by)})</span></p>`,
        ]),
    ...(rollBack === undefined
      ? []
      : [
          html`<p><span class="badge rolled-back">roll-back</span> The content of <code>${rollBack.restores}</code> instead of <code>${rollBack.insteadOf}</code>: ${reason(rollBack)} <span class="quiet">(${nameOf(rollBack.by)})</span></p>`,
        ]),
  ];
}

/** A reason; a link if it is an address. */
export function reason({ reason: text }: { readonly reason: string }): Html {
  if (!/^https?:\/\/[^\s]+$/.test(text)) return html`${text}`;
  return html`<a href="${text}" rel="noopener noreferrer">${text}</a>`;
}

/** The page is public: it shows the names of operators without their mail addresses. */
export function nameOf(by: string): string {
  const name = by.replace(/\s*<[^<>]*@[^<>]*>\s*$/, '').trim();
  return name === '' ? 'an operator' : name;
}

function said(statement: Statement): Html {
  return html`${reason(statement)} <span class="quiet">(${nameOf(statement.by)}, ${showTime(statement.at)})</span>`;
}

function until(moment: number | undefined): Html | string {
  return moment === undefined ? '' : html` until ${showTime(moment)}`;
}
