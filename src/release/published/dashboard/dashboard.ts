import type { SiteFleet, SiteInput } from '../input.ts';
import { anchor, badge, fleetCard } from './fleet-card.ts';
import { findProblems, lateness, overdue, type Problem } from './fleet-problems.ts';
import { type Html, html } from './html.ts';
import { type RolloutView, rolloutViews, showTime } from './rollout-view.ts';
import { dashboardScript } from './script.ts';
import { timeline } from './state-timeline.ts';
import { dashboardStyle } from './style.ts';
import { type Page, renderPage } from './whole-page.ts';

/** What a server adds to the page. All HTML is taken as it is. */
export interface PageOptions {
  /** By name of the fleet: put at the end of its card, for example forms. */
  readonly actions?: ReadonlyMap<string, Html>;
  /** Put above everything, for example what the last action did. */
  readonly banner?: Html;
  /** Further style sheets and scripts, as texts. */
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
  /** As in a page. */
  readonly nonce?: Page['nonce'];
}

/**
 * The dashboard: one page without external files, made from what it is given and nothing else. The same input gives
 * the same bytes, and the clock alone changes it only when something begins or ends.
 */
export function renderDashboard(input: SiteInput, options: PageOptions = {}): string {
  const published = latest(input.fleets.map(({ stamp }) => stamp?.published));
  const due = earliest(input.fleets.map(({ stamp }) => stamp?.nextChange));
  const times = { now: input.now, asOf: published ?? input.now };
  const fleets = input.fleets.map((fleet) => {
    const views = rolloutViews(fleet, times);
    return { fleet, views, problems: findProblems(fleet, views, input) };
  });
  const { banner, nonce } = options;
  return renderPage({
    title: html`Updates of ${input.stream}${titleOf(fleets.flatMap(({ problems }) => problems))}`,
    skip: { to: 'fleets', text: 'Skip to the fleets' },
    head: html`<link rel="alternate" type="application/atom+xml" title="Releases and incidents" href="./feed.xml">
`,
    styles: [dashboardStyle, ...(options.styles ?? [])],
    scripts: [dashboardScript, ...(options.scripts ?? [])],
    nonce,
    body: html`${banner}<header>
<h1>Updates of ${input.stream}</h1>
${publication({ ...times, due, isLive: published === undefined })}
<nav aria-label="Fleets"><ul class="tiles">${fleets.map(({ fleet, views, problems }) => tile(fleet, views[0], problems))}</ul></nav>
</header>
<main id="fleets">
${problemList(fleets, overdue(due, input.now))}${fleets.map(({ fleet, views }, index) => fleetCard(fleet, { ...times, input, views, prefix: String(index), actions: options.actions?.get(fleet.name) }))}
${timeline(input)}</main>
<footer>
<p>Static files that stock Zincati follows, on ${input.architectures.join(', ')}. Made by Coxswain from the state branch. <a href="./feed.xml">Feed of releases and incidents</a></p>
</footer>
`,
  });
}

interface FleetOnPage {
  readonly fleet: SiteFleet;
  readonly problems: readonly Problem[];
}

/** When this was published, and when it must be again. The script turns it red if that time has passed. */
function publication(about: {
  readonly asOf: number;
  readonly due: number | undefined;
  readonly isLive: boolean;
}): Html {
  const { asOf, due, isLive } = about;
  const next =
    due === undefined
      ? html`Nothing changes until somebody releases or steers.`
      : html`The next change is due ${showTime(due)}.`;
  return html`<p id="publication"${due === undefined ? '' : html` data-late="${due + lateness}"`}>${isLive ? 'As of' : 'Published'} ${showTime(asOf)}. ${next}${due === undefined ? '' : html` <strong hidden>That time has passed: this page is not up to date.</strong>`}</p>`;
}

function tile(fleet: SiteFleet, newest: RolloutView | undefined, problems: readonly Problem[]): Html {
  const wrong = problems.filter(({ severity }) => severity === 'wrong').length;
  const words = [
    ...new Set(problems.filter(({ severity }) => severity === 'waiting').map(({ word }) => word)),
  ];
  return html`<li><a href="#${anchor(fleet)}"><strong>${fleet.name}</strong> ${
    newest === undefined
      ? html`<span class="quiet">no release yet</span>`
      : html`<code>${newest.version}</code> <span>${badge(newest)}${wrong === 0 ? '' : html` <span class="badge stopped">${wrong} wrong</span>`}${words
          .filter((word) => word !== newest.phase)
          .slice(0, 3)
          .map((word) => html` <span class="badge waiting">${word}</span>`)}</span>`
  }</a></li>`;
}

/** What is wrong comes first, whatever the fleet. */
function problemList(fleets: readonly FleetOnPage[], late: Problem | undefined): Html {
  const all = [
    ...(late === undefined ? [] : [{ fleet: undefined, problem: late }]),
    ...fleets.flatMap(({ fleet, problems }) => problems.map((problem) => ({ fleet, problem }))),
  ];
  const wrong = all.filter(({ problem }) => problem.severity === 'wrong');
  const waiting = all.filter(({ problem }) => problem.severity === 'waiting');
  const list = (items: typeof all) =>
    html`<ul class="problems">${items.map(
      ({ fleet, problem: { severity, word, text } }) => html`
<li><span class="badge ${severity === 'wrong' ? 'stopped' : 'waiting'}">${word}</span> ${fleet === undefined ? '' : html`<a href="#${anchor(fleet)}">${fleet.name}</a> `}<span>${text}</span></li>`,
    )}
</ul>
`;
  return html`<section aria-labelledby="problems" class="card${wrong.length > 0 ? ' bad' : waiting.length > 0 ? ' slow' : ' good'}">
<h2 id="problems">${wrong.length > 0 ? `Wrong: ${wrong.length}` : waiting.length > 0 ? 'Nothing is wrong' : 'Nothing is wrong or waiting'}</h2>
${wrong.length === 0 ? '' : list(wrong)}${waiting.length === 0 ? '' : html`<h3>Waiting: ${waiting.length}</h3>\n${list(waiting)}`}</section>
`;
}

function titleOf(problems: readonly Problem[]): string {
  const wrong = problems.filter(({ severity }) => severity === 'wrong').length;
  return wrong === 0 ? '' : ` · ${wrong} wrong`;
}

function latest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
