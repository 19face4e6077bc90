import type { Rollout } from '../../../guidance/metadata.ts';
import type { PausedRollout } from '../../../guidance/operations.ts';
import { type RolloutPhase, rolloutEnd, rolloutPhase, rolloutProgress } from '../../../guidance/progress.ts';
import { type StagedCourse, stagedCourse } from '../../../guidance/staged-course.ts';
import { formatDuration, formatTime } from '../../../host/time.ts';
import { stagedOf } from '../../operations/staged-rollout.ts';
import { metadataOf } from '../../operations/update-entries.ts';
import type { FleetFacts, SiteFleet } from '../input.ts';
import { type Html, html } from './html.ts';

/** How far one release is. */
export interface RolloutView {
  readonly version: string;
  /** `not offered`: the release has no rollout, and no reason is recorded. */
  readonly phase: RolloutPhase | 'paused' | 'halted' | 'withdrawn' | 'not offered';
  /** Whole percent, rounded down: 100 only when it is complete. */
  readonly percent: number;
  /** A sentence about its progress. */
  readonly explanation: Html;
  /** The rollout, or what it was when it was paused; undefined if there is none. */
  readonly rollout?: Rollout | undefined;
  readonly paused?: PausedRollout | undefined;
  /** How it spreads, if it opens ring by ring. */
  readonly course?: StagedCourse | undefined;
}

/** Moments, UNIX seconds. */
export interface PageTimes {
  readonly now: number;
  /** When what is shown was published: shares are those of this moment, so that the page changes only if something happens. */
  readonly asOf: number;
}

/**
 * The rollouts of a fleet, newest release first: the newest release, with a rollout or not, then other releases that
 * are offered or were paused, down to the newest that is complete.
 */
export function rolloutViews({ state, facts }: SiteFleet, times: PageTimes): RolloutView[] {
  const views = state.releases.releases.toReversed().map(({ version }) => {
    const view = rolloutView(version, state, { ...times, rings: facts?.rings ?? [] });
    const course = courseOf(view, { state, facts }, times);
    if (course === undefined || view.phase !== 'in progress') return { ...view, course };
    const end = course.known.at(-1)?.at ?? times.asOf;
    return {
      ...view,
      course,
      explanation: html`Every ring with a threshold did well. Complete ${showTime(end)}.`,
    };
  });
  const complete = views.findIndex(({ phase }) => phase === 'complete');
  return views
    .slice(0, complete < 0 ? undefined : complete + 1)
    .filter(({ phase }, index) => index === 0 || !['not offered', 'withdrawn'].includes(phase));
}

/** undefined for a rollout that opens by time alone. */
function courseOf(
  { version, rollout, paused, phase }: RolloutView,
  {
    state: { operations = {} },
    facts,
  }: { readonly state: SiteFleet['state']; readonly facts: FleetFacts | undefined },
  { asOf }: PageTimes,
): StagedCourse | undefined {
  const staged = stagedOf({ operations }, version);
  if (staged === undefined || rollout === undefined || facts?.ringLimits === undefined) return undefined;
  if (phase === 'complete') return undefined;
  return stagedCourse(staged, rollout, { ...facts.ringLimits, now: asOf, stopped: paused?.since });
}

/** A pause that was made because a rollout hurt its nodes. */
export function isHalt({ reason }: { readonly reason: string }): boolean {
  return /^halted:/i.test(reason);
}

interface ViewContext extends PageTimes {
  readonly rings: NonNullable<FleetFacts['rings']>;
}

function rolloutView(version: string, state: SiteFleet['state'], times: ViewContext): RolloutView {
  const { rollout, barrier } = metadataOf(state.updates, version);
  if (rollout !== undefined) return runningView(version, rollout, times);
  // A barrier is a target even without a rollout, and is not throttled.
  if (barrier !== undefined) {
    const explanation = html`A barrier: offered to every older node.`;
    return { version, phase: 'complete', percent: 100, explanation };
  }
  const paused = state.operations?.paused?.find((each) => each.version === version);
  if (paused !== undefined) {
    const percent = Math.floor(paused.progress * 100 + 1e-9);
    const until =
      paused.until === undefined ? '' : html` It goes on automatically ${showTime(paused.until)}.`;
    return {
      version,
      phase: isHalt(paused) ? 'halted' : 'paused',
      percent,
      explanation: html`Stopped at ${percent} % on ${showTime(paused.since)}: no further node is offered it.${until}`,
      rollout: paused.entry.metadata.rollout,
      paused,
    };
  }
  if (state.operations?.withdrawn?.some((each) => each.version === version) === true) {
    const explanation = html`Withdrawn: offered to nobody. Nodes that run it wait for the next release.`;
    return { version, phase: 'withdrawn', percent: 0, explanation };
  }
  const explanation = html`Not offered to any node: it has no rollout.`;
  return { version, phase: 'not offered', percent: 0, explanation };
}

function runningView(version: string, rollout: Rollout, { now, asOf, rings }: ViewContext): RolloutView {
  const phase = rolloutPhase(rollout, now);
  // 0.29 * 100 is slightly below 29.
  const percent =
    phase === 'complete' ? 100 : Math.min(99, Math.floor(rolloutProgress(rollout, asOf) * 100 + 1e-9));
  const start = rollout.start_epoch ?? 0;
  const end = rolloutEnd(rollout);
  const waits = rings.find((each) => each.version === version);
  return { version, phase, percent, explanation: explain(), rollout };

  // No remaining time: the page must not change as time passes.
  function explain(): Html {
    switch (phase) {
      case 'scheduled':
        return end === undefined
          ? html`Starts ${showTime(start)}.`
          : html`Starts ${showTime(start)}, and takes ${formatDuration(end - start)}.`;
      case 'in progress':
        return html`Began ${showTime(start)}, complete ${showTime(end as number)}.`;
      case 'held':
        return waits === undefined
          ? html`Stays at ${percent} %: the rollout has no duration.`
          : html`Stays at ${percent} %: ${waits.note}.`;
      case 'complete':
        return html`Complete: offered to every node that can take it.`;
    }
  }
}

/** `2026-07-22 14:00 UTC` */
export function showTime(seconds: number): Html {
  const text = formatTime(seconds);
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
