import { type RolloutPhase, rolloutEnd, rolloutPhase, rolloutProgress } from '../../../guidance/progress.ts';
import { formatDuration, formatTime } from '../../../host/time.ts';
import type { SiteFleet } from '../input.ts';
import { type Html, html } from './html.ts';

/** How far one release is. */
export interface RolloutView {
  readonly version: string;
  /** `not offered`: the release has no rollout, and no reason is recorded. */
  readonly phase: RolloutPhase | 'paused' | 'withdrawn' | 'not offered';
  /** Whole percent, rounded down: 100 only when it is complete. */
  readonly percent: number;
  /** A sentence about its progress. */
  readonly explanation: Html;
}

/**
 * The rollouts of a fleet, newest release first: the newest release, with a rollout or not, then other releases that
 * are offered, down to the newest that is complete.
 */
export function rolloutViews({ state }: SiteFleet, now: number): RolloutView[] {
  const views = state.releases.releases.toReversed().map(({ version }) => rolloutView(version, state, now));
  const complete = views.findIndex(({ phase }) => phase === 'complete');
  return views
    .slice(0, complete < 0 ? undefined : complete + 1)
    .filter(({ phase }, index) => index === 0 || !['not offered', 'withdrawn'].includes(phase));
}

function rolloutView(version: string, state: SiteFleet['state'], now: number): RolloutView {
  const entries = state.updates.releases;
  // As in the graph: several entries for one version are merged, the later wins.
  const rollouts = entries
    .filter((entry) => entry.version === version)
    .map((entry) => entry.metadata.rollout)
    .filter((rollout) => rollout !== undefined);
  if (rollouts.length === 0) {
    // A barrier is a target even without a rollout, and is not throttled.
    if (entries.some((entry) => entry.version === version && entry.metadata.barrier !== undefined)) {
      return {
        version,
        phase: 'complete',
        percent: 100,
        explanation: html`A barrier: offered to every older node.`,
      };
    }
    const paused = state.operations?.paused?.find((each) => each.version === version);
    if (paused !== undefined) {
      const percent = Math.floor(paused.progress * 100 + 1e-9);
      const until =
        paused.until === undefined ? '' : html` It goes on automatically ${showTime(paused.until)}.`;
      return {
        version,
        phase: 'paused',
        percent,
        explanation: html`Paused at ${percent} %: no further node is offered it.${until}`,
      };
    }
    if (state.operations?.withdrawn?.some((each) => each.version === version) === true) {
      return {
        version,
        phase: 'withdrawn',
        percent: 0,
        explanation: html`Withdrawn: offered to nobody. Nodes that run it get the next release.`,
      };
    }
    return {
      version,
      phase: 'not offered',
      percent: 0,
      explanation: html`Not offered to any node: it has no rollout.`,
    };
  }
  const rollout = Object.assign({}, ...rollouts) as (typeof rollouts)[number];
  const phase = rolloutPhase(rollout, now);
  // 0.29 * 100 is slightly below 29.
  const percent =
    phase === 'complete' ? 100 : Math.min(99, Math.floor(rolloutProgress(rollout, now) * 100 + 1e-9));
  const start = rollout.start_epoch ?? 0;
  const end = rolloutEnd(rollout);
  return { version, phase, percent, explanation: explain() };

  // Only a rollout in progress depends on the clock: otherwise the page must not change as time passes.
  function explain(): Html {
    switch (phase) {
      case 'scheduled':
        return end === undefined
          ? html`Starts ${showTime(start)}.`
          : html`Starts ${showTime(start)}, and takes ${formatDuration(end - start)}.`;
      case 'in progress':
        return html`${formatDuration(Math.max(0, (end as number) - now))} left: complete ${showTime(end as number)}.`;
      case 'held':
        return html`Stays at ${percent} %: the rollout has no duration.`;
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
