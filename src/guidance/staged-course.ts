import type { Rollout } from './metadata.ts';
import type { StagedRollout } from './operations.ts';
import { firstStep, type RingGate } from './planned-steps.ts';
import { rolloutEnd, rolloutProgress } from './progress.ts';

/** A share of nodes at a moment: `at` in UNIX seconds, `share` from 0 to 1. */
export interface CoursePoint {
  readonly at: number;
  readonly share: number;
}

/** How a release spreads that opens ring by ring. Between two points of a list the share grows evenly. */
export interface StagedCourse {
  /** What nodes were offered so far, and after the last threshold what time alone opens. */
  readonly known: readonly CoursePoint[];
  /** What comes if every ring does well as soon as it can; empty if nothing waits, or the rollout is stopped. */
  readonly earliest: readonly CoursePoint[];
}

export interface CourseLimits {
  /** The rings that have to do well. */
  readonly gates: readonly RingGate[];
  /** The wariness of every ring. */
  readonly steps: readonly number[];
  /** Seconds for which a ring is offered the release at least, before the next one opens. */
  readonly after: number;
}

/**
 * The course of a rollout that opens ring by ring: it grows at the pace of its plan, and stays at each ring with a
 * threshold until that ring did well.
 * @param offered what the update metadata says, or said when the rollout was stopped
 * @param options.now UNIX seconds
 * @param options.stopped when it was paused, UNIX seconds
 */
export function stagedCourse(
  staged: StagedRollout,
  offered: Rollout,
  options: CourseLimits & { readonly now: number; readonly stopped?: number | undefined },
): StagedCourse {
  const { after, steps, now, stopped } = options;
  const gates = [...options.gates].sort((one, other) => one.wariness - other.wariness);
  const plan = staged.rollout;
  const end = rolloutEnd(plan);
  const pace = paceOf(plan);
  const top = pace.perSecond > 0 ? 1 : pace.from;
  // A plan moves while a ring waits: what it says about its start is no longer when the release began.
  const start = Math.min(offered.start_epoch ?? 0, ...staged.passed.map(({ at }) => at));
  const cap = gates[0]?.wariness ?? 1;
  const first = firstStep(plan, { cap, steps }).start_percentage ?? 0;
  const known = new Course({ at: start, share: first });

  const passedAt = new Map(staged.passed.map(({ ring, at }) => [ring, at]));
  for (const { ring, wariness } of gates) {
    const at = passedAt.get(ring);
    if (at !== undefined) known.rise(wariness, pace, at).stay(at);
  }
  const closed = gates.filter(({ ring }) => !passedAt.has(ring));
  if (offered.duration_minutes !== undefined && stopped === undefined) {
    // Every threshold is met: the line is that of the plan.
    known.rise(top, pace, end ?? now);
    return { known: known.points, earliest: [] };
  }
  const until = stopped ?? now;
  // Between two rings the plan is ahead of what the next look offers; it ends at the first ring that is closed.
  const next = Math.min(closed[0]?.wariness ?? 1, rolloutProgress(plan, until));
  const isAhead = next > shareOf(offered);
  const latest = isAhead ? until : Math.min(until, Math.max(staged.at, start));
  known.rise(Math.max(next, shareOf(offered)), pace, latest).stay(until);
  if (stopped !== undefined) return { known: known.points, earliest: [] };

  const reached = Math.max(staged.at, start, ...passedAt.values());
  const coming = new Course(known.last);
  for (const { wariness } of closed.filter((each) => each.wariness <= top)) {
    const isOpen = wariness <= shareOf(offered) && start <= now;
    coming.rise(wariness, pace).stay((isOpen ? reached : coming.last.at) + after);
  }
  if (closed.every(({ wariness }) => wariness <= top)) coming.rise(top, pace);
  return { known: start > now ? [] : known.points, earliest: coming.points };
}

/** When a course first has a share; undefined if it never does. */
export function reachedBy(points: readonly CoursePoint[], share: number): number | undefined {
  const index = points.findIndex((point) => point.share >= share);
  const point = points[index];
  const before = points[index - 1];
  if (point === undefined || before === undefined || point.share === before.share) return point?.at;
  return before.at + ((point.at - before.at) * (share - before.share)) / (point.share - before.share);
}

/** A line that never goes back, neither in time nor in share. */
class Course {
  readonly points: CoursePoint[];

  constructor(first: CoursePoint) {
    this.points = [first];
  }

  get last(): CoursePoint {
    return this.points.at(-1) as CoursePoint;
  }

  /** @param latest it has this share by then, whatever the pace: operators may move a plan */
  rise(share: number, { from, perSecond }: Pace, latest = Number.POSITIVE_INFINITY): this {
    const { at, share: before } = this.last;
    if (share <= before) return this;
    const gained = Math.max(0, share - Math.max(before, from));
    if (from > before && share > from) this.points.push({ at, share: from });
    const needed = perSecond > 0 ? at + gained / perSecond : at;
    this.points.push({ at: Math.max(at, Math.min(needed, latest)), share });
    return this;
  }

  stay(until: number): this {
    const { at, share } = this.last;
    if (until > at) this.points.push({ at: until, share });
    return this;
  }
}

interface Pace {
  /** The share that the plan begins with, at once. */
  readonly from: number;
  /** What it gains in a second; 0 for one that stays where it is. */
  readonly perSecond: number;
}

function paceOf(plan: Rollout): Pace {
  const end = rolloutEnd(plan);
  const from = shareOf(plan);
  return { from, perSecond: end === undefined ? 0 : (1 - from) / (end - (plan.start_epoch ?? 0)) };
}

function shareOf({ start_percentage: share = 0 }: Rollout): number {
  return share;
}
