import { holdAt } from '../../../guidance/operations.ts';
import { nextOpening } from '../../../guidance/progress.ts';
import { reachedBy, type StagedCourse } from '../../../guidance/staged-course.ts';
import { describeRollout } from '../../upstream/upstream-state.ts';
import type { FleetFacts, SiteFleet, SiteInput } from '../input.ts';
import { rolloutCurve } from './curve.ts';
import { said } from './fleet-problems.ts';
import { follow } from './follow.ts';
import { graphPicture } from './graph-picture.ts';
import { type Html, html } from './html.ts';
import { commitLink, pullRequestLink, withLinks } from './links.ts';
import { adoptionSection, observedCurve } from './observed.ts';
import { offerSection } from './offer-section.ts';
import { offerTables } from './offer-table.ts';
import { exceptions, releaseList } from './release-list.ts';
import { nameRings } from './ring-groups.ts';
import { isHalt, type PageTimes, type RolloutView, showTime } from './rollout-view.ts';

export interface CardContext extends PageTimes {
  readonly input: SiteInput;
  readonly views: readonly RolloutView[];
  /** Makes ids unique on the page. */
  readonly prefix: string;
  readonly actions: Html | undefined;
}

/** Everything about one fleet. */
export function fleetCard(fleet: SiteFleet, context: CardContext): Html {
  const { input, views, prefix, actions } = context;
  const isEmpty = fleet.state.releases.releases.length === 0;
  const tables = isEmpty ? [] : offerTables(fleet, input);
  return html`<section aria-labelledby="${anchor(fleet)}" class="card fleet">
<h2 id="${anchor(fleet)}">${fleet.name}</h2>
${isEmpty ? html`<p class="quiet">This fleet has no release yet.</p>` : ''}
<div class="halves"><div>${views.map((view, index) => rollout(view, { fleet, index, context }))}${notes(fleet, input)}</div>
<div>${adoptionSection(fleet)}${promotion(fleet.facts, input)}${base(fleet)}</div></div>
${tables.map((table, index) =>
  table.rows.length === 0
    ? html`<p class="quiet">No release has an image for ${table.architectures.join(', ')}.</p>`
    : html`<h3>Update graph${tables.length === 1 ? '' : ` on ${table.architectures.join(', ')}`}</h3>
<div class="halves graphs"><div>${graphPicture(fleet, table, `${prefix}-${index}`)}<p class="chosen quiet">Choose a release to see the way of a node on it.</p></div>
<div>${offerSection(fleet, table)}${index === 0 ? landmarks(fleet) : ''}</div></div>`,
)}
${follow(fleet, input)}
${releaseList(fleet, input)}
${actions}</section>
`;
}

export function anchor(fleet: SiteFleet): string {
  return `fleet-${encodeURIComponent(fleet.name)}`;
}

export function badge({ phase, percent }: RolloutView): Html {
  const partial = ['in progress', 'held', 'paused', 'halted'].includes(phase);
  return html`<span class="badge ${phase.replace(' ', '-')}">${partial ? `${phase}, ${percent} %` : phase}</span>`;
}

function rollout(
  view: RolloutView,
  {
    fleet,
    index,
    context,
  }: { readonly fleet: SiteFleet; readonly index: number; readonly context: CardContext },
): Html {
  const { input, views } = context;
  const curve = rolloutCurve(view, {
    ...context,
    rings: input.rings,
    observed: observedCurve(fleet, view),
  });
  const record = fleet.state.records?.[view.version];
  return html`<div class="rollout">
<h3>${headingOf(view, index, views)} <code>${view.version}</code> ${badge(view)}</h3>
${curve ?? bar(view)}<p>${view.explanation}${nextRing(view, context)}</p>
${record?.commit === undefined ? '' : html`<p class="quiet">Commit ${commitLink(record.commit, input.repository)}${record.baseVersion === undefined ? '' : html`, built on ${record.baseVersion}`}</p>`}
${index === 0 ? exceptions(fleet, view.version) : ''}</div>
`;
}

/** A paused release is not offered, and one that nobody is offered is not the current one. */
function headingOf(view: RolloutView, index: number, views: readonly RolloutView[]): string {
  if (index === 0) return 'Newest release';
  if (view.phase === 'paused' || view.phase === 'halted') return 'Stopped before';
  if (view.phase === 'scheduled') return 'Also scheduled';
  if (view.phase !== 'complete') return 'Also rolling out';
  const newest = views[0]?.phase;
  return newest === 'in progress' || newest === 'held' ? 'Offered to all others' : 'Offered to everyone';
}

function bar({ percent, phase, version }: RolloutView): Html {
  return html`<svg class="bar ${phase.replace(' ', '-')}" viewBox="0 0 100 3" preserveAspectRatio="none" role="img"><title>Rollout of ${version}: ${percent} %</title><path class="track" d="M0 1.5H100"/><path class="full" d="M0 1.5H${percent}"/></svg>
`;
}

/** Which rings come next, and when. */
function nextRing(view: RolloutView, { input, asOf }: CardContext): Html | undefined {
  const { rollout: planned, phase, course } = view;
  if (course !== undefined && phase === 'held') return nextStagedRing(course, view, input);
  if (planned === undefined || (phase !== 'in progress' && phase !== 'scheduled')) return undefined;
  const openings = input.rings.map((ring) => ({ ring, at: nextOpening(planned, ring.wariness, asOf) }));
  const waiting = openings.filter(({ at }) => at !== undefined);
  const next = Math.min(...waiting.map(({ at }) => at as number));
  const open = input.rings.length - waiting.length;
  if (!Number.isFinite(next)) return html` Every ring is offered it.`;
  const names = nameRings(
    waiting.filter(({ at }) => at === next).map(({ ring }) => ring),
    0,
  );
  return html` ${open} of ${input.rings.length} rings are offered it; next: <strong>${names}</strong>, ${showTime(next)}.`;
}

/** A ring that waits for another one opens at the earliest when that one had its time. */
function nextStagedRing(
  { earliest }: StagedCourse,
  { rollout: { start_percentage: share = 0 } = {} }: RolloutView,
  { rings }: SiteInput,
): Html | undefined {
  const closed = rings.filter(({ wariness }) => wariness > share);
  const next = Math.min(...closed.map(({ wariness }) => wariness));
  const at = reachedBy(earliest, next);
  if (at === undefined) return undefined;
  const names = nameRings(
    closed.filter(({ wariness }) => wariness === next),
    0,
  );
  return html` ${rings.length - closed.length} of ${rings.length} rings are offered it; next: <strong>${names}</strong>, not before ${showTime(Math.ceil(at))}.`;
}

function promotion(facts: FleetFacts | undefined, { repository }: SiteInput): Html | undefined {
  const pending = facts?.promotion;
  if (pending === undefined) return undefined;
  const words = { green: 'open', waiting: 'waits', red: 'closed', unknown: 'not known' } as const;
  return html`<h3>Next promotion</h3>
<p><code>${pending.version}</code> from ${pending.from}${pending.pullRequest === undefined ? ', no pull request yet' : html`, ${pullRequestLink(pending.pullRequest, repository)}`}</p>
<ul class="gates">${pending.gates.map(
    ({ name, state, note, until }) => html`
<li><span class="badge ${state}">${words[state]}</span> <strong>${name}</strong> <span class="quiet">${withLinks(note)}${until === undefined ? '' : html`, opens ${showTime(until)}`}</span></li>`,
  )}
</ul>
`;
}

function base({ facts, state }: SiteFleet): Html | undefined {
  const upstream = facts?.upstream;
  if (upstream === undefined) return undefined;
  const newest = state.releases.releases.at(-1)?.version;
  const words = {
    offered: 'upstream offers it',
    past: 'upstream offers a newer one',
    paused: 'upstream offers it to nobody',
    deadend: 'a dead-end upstream',
    unlisted: 'upstream does not list it',
  } as const;
  return html`<h3>Base image</h3>
<p><code>${upstream.version}</code>, the base of <code>${newest}</code>: ${words[upstream.verdict]}${upstream.rollout === undefined ? '' : html` <span class="quiet">(${describeRollout(upstream.rollout)})</span>`}${upstream.barrier === undefined ? '' : html`; a barrier: ${withLinks(upstream.barrier)}`}${upstream.deadend === undefined ? '' : html`: ${withLinks(upstream.deadend)}`}</p>
`;
}

/** Holds and what operators did, also what is no longer a problem. */
function notes({ state, facts }: SiteFleet, { now }: SiteInput): Html | undefined {
  const { operations } = state;
  const hold = operations === undefined ? undefined : holdAt(operations, now);
  const until = (moment: number | undefined) =>
    moment === undefined ? '' : html` until ${showTime(moment)}`;
  const items = [
    ...(hold === undefined
      ? []
      : [html`<li><span class="badge held">held</span>${until(hold.until)} ${said(hold)}</li>`]),
    ...(facts?.freeze === undefined
      ? []
      : [
          html`<li><span class="badge held">frozen</span>${until(facts.freeze.until)} ${withLinks(facts.freeze.reason)}</li>`,
        ]),
    ...(operations?.paused ?? []).map(
      (each) =>
        html`<li><span class="badge ${isHalt(each) ? 'halted' : 'paused'}">${isHalt(each) ? 'halted' : 'paused'}</span> <code>${each.version}</code>${until(each.until)} ${said(each)}</li>`,
    ),
    ...(operations?.urgent ?? []).map(
      (each) =>
        html`<li><span class="badge urgent">urgent</span> <code>${each.version}</code> need not soak: ${said(each)}</li>`,
    ),
    ...(operations?.withdrawn ?? [])
      .toReversed()
      .map(
        (each) =>
          html`<li><span class="badge withdrawn">withdrawn</span> <code>${each.version}</code> ${said(each)}</li>`,
      ),
  ];
  return items.length === 0 ? undefined : html`<ul class="notes">${items}</ul>\n`;
}

function landmarks({ state }: SiteFleet): Html | undefined {
  const known = new Set(state.releases.releases.map(({ version }) => version));
  const items = state.updates.releases.flatMap(({ version, metadata: { barrier, deadend } }) => {
    const stray = known.has(version) ? '' : html` <span class="quiet">(no release here: no effect)</span>`;
    return [
      ...(barrier === undefined ? [] : [{ word: 'barrier', reason: barrier.reason }]),
      ...(deadend === undefined ? [] : [{ word: 'dead-end', reason: deadend.reason }]),
    ].map(
      ({ word, reason }) =>
        html`<li><span class="badge ${word}">${word}</span> <code>${version}</code>${stray} ${withLinks(reason)}</li>`,
    );
  });
  if (items.length === 0) return undefined;
  return html`<h4>Barriers and dead-ends</h4>
<ul class="notes">${items.toReversed().slice(0, 30)}</ul>
${items.length > 30 ? html`<p class="quiet">${items.length - 30} older ones are in updates.json.</p>` : ''}`;
}
