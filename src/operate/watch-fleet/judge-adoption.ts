import type { Adoption } from '../../guidance/adoption.ts';
import { adoptionCurve } from '../../guidance/adoption-share.ts';
import type { Rollout } from '../../guidance/metadata.ts';
import { formatPercent } from '../../host/percent.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import type { HaltCondition } from '../../project/configuration/halt-conditions.ts';
import type { HaltFinding } from '../../release/operations/halt.ts';

/** A release that rolls out, or that a condition has halted. */
export interface WatchedRollout {
  readonly version: string;
  readonly rollout: Rollout;
}

/** A condition that is read from the adoption of a fleet. */
export type AdoptionCondition = Extract<HaltCondition, { readonly kind: 'behind-plan' | 'came-back' }>;

/** One finding for each release, or why there is none. */
export type AdoptionJudgement = { readonly findings: readonly HaltFinding[] } | { readonly unknown: string };

/** Older counts say nothing about now. */
const freshSeconds = 86_400;

/**
 * Judges what `coxswain observe` recorded. Nothing recorded, and what was counted too long ago, is neither trouble nor
 * calm.
 * @param now UNIX seconds
 */
export function judgeAdoption(
  observed: Adoption | undefined,
  condition: AdoptionCondition,
  watched: readonly WatchedRollout[],
  now: number,
): AdoptionJudgement {
  if (observed === undefined)
    return { unknown: 'no adoption is recorded: run coxswain observe --record on the access logs' };
  // The last request, not the time of counting: old logs that are counted today say nothing about today.
  const newest = Math.min(observed.observedAt, observed.lastRequest ?? 0);
  const oldest = condition.kind === 'behind-plan' ? Math.min(freshSeconds, condition.for) : freshSeconds;
  if (observed.nodes === 0 || newest < now - Math.max(oldest, 3600)) {
    const last =
      observed.lastRequest === undefined ? 'no request' : `the last request of ${formatTime(newest)}`;
    return { unknown: `the recorded adoption is too old: it ends with ${last}` };
  }
  const judge = condition.kind === 'behind-plan' ? behindPlan : cameBack;
  return {
    findings: watched.map((each) => ({
      condition: condition.name,
      version: each.version,
      ...judge(observed, condition as never, each, newest),
    })),
  };
}

type Verdict = Pick<HaltFinding, 'is' | 'evidence'>;

/** Trouble if the release was behind at every counted moment of the time, and there are moments over all of it. */
function behindPlan(
  observed: Adoption,
  { name, by, for: lasting }: Extract<AdoptionCondition, { kind: 'behind-plan' }>,
  { version, rollout }: WatchedRollout,
  newest: number,
): Verdict {
  const points = adoptionCurve(observed, version, rollout).filter(({ at }) => at <= newest);
  const last = points.at(-1);
  // Shares are quotients: a rounding error must not decide.
  const isBehind = (point: (typeof points)[number]) => (point.planned ?? 0) - point.observed >= by - 1e-9;
  if (last === undefined) {
    return { is: 'pending', evidence: `${name}: nothing is counted for ${version} yet` };
  }
  const evidence = `${name}: ${formatPercent(last.observed)} of ${observed.nodes} nodes run ${version}, planned ${formatPercent(last.planned ?? 0)}`;
  const moment = `at ${formatTime(last.at)}`;
  if (!isBehind(last))
    return { is: 'calm', evidence: `${evidence}, not ${formatPercent(by)} behind, ${moment}` };
  const first = points.findLastIndex((point) => !isBehind(point)) + 1;
  const since = points[first]?.at ?? last.at;
  const behind = `${formatPercent(by)} or more behind for ${formatDuration(last.at - since)}`;
  if (last.at - since >= lasting) return { is: 'trouble', evidence: `${evidence}, ${behind}, ${moment}` };
  return {
    is: 'pending',
    evidence: `${evidence}, ${behind}, which is trouble after ${formatDuration(lasting)}, ${moment}`,
  };
}

function cameBack(
  observed: Adoption,
  { name, from }: Extract<AdoptionCondition, { kind: 'came-back' }>,
  { version }: WatchedRollout,
  newest: number,
): Verdict {
  const back = sum(observed.cameBack.filter((each) => each.from === version).map(({ nodes }) => nodes));
  const on = sum(observed.releases.filter((each) => each.version === version).map(({ nodes }) => nodes));
  const had = on + back;
  const share = had === 0 ? 0 : back / had;
  const isTrouble = back > 0 && ('nodes' in from ? back >= from.nodes : share >= from.share - 1e-9);
  const limit = 'nodes' in from ? `from ${from.nodes} on` : `from ${formatPercent(from.share)} on`;
  const evidence = `${name}: ${back} of ${had} nodes that ran ${version} run an older release again (${formatPercent(share)}; trouble ${limit}), at ${formatTime(newest)}`;
  return { is: isTrouble ? 'trouble' : 'calm', evidence };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
