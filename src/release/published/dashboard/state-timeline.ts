import type { SiteEvent, SiteInput } from '../input.ts';
import { type Html, html } from './html.ts';
import { commitLink, nameOf, withLinks } from './links.ts';
import { showTime } from './rollout-view.ts';

/** So many are shown at once; the rest opens, up to `most`. */
const first = 8;
const most = 60;

/** Who did what and when: the newest commits of the state branch. */
export function timeline({ events = [], repository }: SiteInput): Html | undefined {
  if (events.length === 0) return undefined;
  const [shown, more] = [events.slice(0, first), events.slice(first, most)];
  return html`<section aria-labelledby="timeline" class="card">
<h2 id="timeline">Who did what</h2>
<ol class="events">${shown.map((event) => item(event, repository))}</ol>
${more.length === 0 ? '' : html`<details><summary>${more.length} earlier</summary><ol class="events">${more.map((event) => item(event, repository))}</ol></details>`}
</section>
`;
}

function item({ time, fleet, summary, reason, by, commit }: SiteEvent, repository: string | undefined): Html {
  return html`
<li>${showTime(time)} ${fleet === undefined ? '' : html`<strong>${fleet}</strong> `}<span>${withLinks(summary)}${reason === undefined ? '' : html`: ${withLinks(reason)}`}</span> <span class="quiet">${by === undefined ? '' : `${nameOf(by)}, `}${commitLink(commit, repository)}</span></li>`;
}
