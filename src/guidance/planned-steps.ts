import type { Rollout } from './metadata.ts';
import { nextOpening, rolloutProgress } from './progress.ts';

/** A ring whose success decides whether the rings after it are offered a release. */
export interface RingGate {
  readonly ring: string;
  /** 0 to 1, below 1. */
  readonly wariness: number;
}

/** How far a rollout may go, and at which values of wariness it opens. */
export interface StepLimits {
  /** The wariness of the first ring that did not do well yet. */
  readonly cap: number;
  /** The wariness of every ring. */
  readonly steps: readonly number[];
}

/**
 * When a planned rollout reaches a wariness, UNIX seconds; undefined if it never does.
 */
export function reachedAt(plan: Rollout, wariness: number): number | undefined {
  const start = plan.start_epoch ?? 0;
  return wariness <= rolloutProgress(plan, start) ? start : nextOpening(plan, wariness, start);
}

/**
 * The first part of a planned rollout, as update metadata that time alone cannot open further: without a duration it
 * stays at its share. It opens no ring before the plan does.
 */
export function firstStep(plan: Rollout, { cap, steps }: StepLimits): Rollout {
  const start = plan.start_epoch ?? 0;
  const atStart = rolloutProgress(plan, start);
  const first = Math.min(cap, ...steps.filter((step) => step > 0));
  const opens = atStart < first ? reachedAt(plan, first) : undefined;
  return opens === undefined
    ? { start_epoch: start, start_percentage: Math.min(atStart, cap) }
    : { start_epoch: opens, start_percentage: first };
}

/**
 * The share that a planned rollout may have at a moment: the last ring that the plan has reached, and not beyond the cap.
 * It is never below what nodes have been offered already.
 * @param reached the share that is offered now
 * @param now UNIX seconds
 */
export function shareAt(plan: Rollout, { cap, steps }: StepLimits, reached: number, now: number): number {
  const planned = rolloutProgress(plan, now);
  const open = [...steps, cap].filter((step) => step <= planned && step <= cap);
  return Math.max(reached, ...open);
}
