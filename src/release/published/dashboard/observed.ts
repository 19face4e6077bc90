import type { Adoption } from '../../../guidance/adoption.ts';
import { adoptionCurve, adoptionShare } from '../../../guidance/adoption-share.ts';
import type { CoursePoint } from '../../../guidance/staged-course.ts';
import { formatPercent } from '../../../host/percent.ts';
import type { SiteFleet } from '../input.ts';
import { type Html, html } from './html.ts';
import { withLinks } from './links.ts';
import { type RolloutView, showTime } from './rollout-view.ts';

/** The most kinds of nodes that are listed. */
const most = 6;

/** Nodes that were seen in so many days count. */
const days = 7;

/** The share of nodes that ran a release, over time; none if nobody counted. */
export function observedCurve({ state }: SiteFleet, { version, rollout }: RolloutView): CoursePoint[] {
  if (state.adoption === undefined) return [];
  return adoptionCurve(state.adoption, version, rollout).map(({ at, observed }) => ({ at, share: observed }));
}

/** What access logs say about a fleet: who runs the newest release, who does not move on, who came back. */
export function adoptionSection({ state }: SiteFleet): Html | undefined {
  const { adoption } = state;
  const versions = state.releases.releases.map(({ version }) => version);
  const newest = versions.at(-1);
  if (adoption === undefined || newest === undefined) return undefined;
  return html`<h3>Adoption</h3>
<p>${shareOf(adoption, newest, versions)} <span class="quiet">Counted ${showTime(adoption.observedAt)}${adoption.method === 'sample' ? ', by a sample' : ''}.</span></p>
<ul class="notes">${adoption.cameBack
    .slice(0, most)
    .map(
      ({ from, to, nodes }) =>
        html`<li><span class="badge halted">came back</span> ${count(nodes)} from <code>${from}</code> to <code>${to}</code></li>`,
    )}${adoption.stuck
    .slice(0, most)
    .map(
      ({ kind, version, behind, nodes, reason }) =>
        html`<li><span class="badge waiting">${kind}</span> ${count(nodes)} on <code>${version}</code>${behind === undefined ? '' : html` behind <code>${behind}</code>`}${reason === undefined ? '' : html`: ${withLinks(reason)}`}</li>`,
    )}${adoption.missing
    .slice(0, most)
    .map(
      ({ path, nodes }) =>
        html`<li><span class="badge waiting">no such graph</span> ${count(nodes)} for <code>${path}</code></li>`,
    )}</ul>
`;
}

function shareOf(adoption: Adoption, version: string, versions: readonly string[]): Html {
  const counted = Math.floor((adoption.window.until - adoption.window.from) / 86_400);
  const share = adoptionShare(adoption, version, {
    versions,
    days: Math.max(1, Math.min(days, counted)),
    // The page says when it was counted.
    now: Math.min(adoption.observedAt, adoption.lastRequest ?? adoption.observedAt),
  });
  if (share.state === 'unknown') return html`${count(adoption.nodes)} were seen.`;
  return html`<strong>${formatPercent(share.share)}</strong> of the nodes run <code>${version}</code> (${share.nodes} of ${share.of}).`;
}

function count(nodes: number): string {
  return `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
}
