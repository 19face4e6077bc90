import { formatPercent } from '../host/percent.ts';
import { formatDuration, formatTime } from '../host/time.ts';
import type { Adoption } from './adoption.ts';
import { ringShare } from './adoption-share.ts';

/** When a ring has done well with a release. */
export interface SuccessThreshold {
  /** Of its nodes, 0 to 1, that run the release or a newer one. */
  readonly share: number;
  /** Fewer nodes prove nothing. */
  readonly nodes: number;
  /** Seconds for which the ring has been offered the release. */
  readonly after: number;
}

/** What is known about a ring's success. `unknown` is never health. */
export interface RingVerdict {
  readonly is: 'well' | 'waiting' | 'unknown';
  /** A clause. */
  readonly note: string;
}

/** Older counts say nothing about now. */
const freshSeconds = 86_400;

/** The clock of the machine that counted may be ahead by so many seconds. */
const clockSkew = 300;

/**
 * Judges whether a ring has done well with a release. Nothing counted, counted before the ring had its time, too few
 * nodes and a count from the future are all unknown.
 * @param about.since when the ring was offered the release, UNIX seconds
 * @param about.versions all releases of the fleet, the oldest first
 * @param about.now UNIX seconds
 */
export function judgeRing(
  observed: Adoption | undefined,
  threshold: SuccessThreshold,
  about: {
    readonly ring: string;
    readonly version: string;
    readonly versions: readonly string[];
    readonly since: number;
    readonly now: number;
  },
): RingVerdict {
  const { ring, version, versions, since, now } = about;
  const unknown = (note: string): RingVerdict => ({ is: 'unknown', note: `${ring}: ${note}` });
  const due = since + threshold.after;
  if (now < due) {
    const note = `${ring}: offered since ${formatTime(since)}, judged after ${formatDuration(threshold.after)}, on ${formatTime(due)}`;
    return { is: 'waiting', note };
  }
  if (observed === undefined) return unknown('nobody counted its nodes: coxswain observe --record');
  const newest = Math.min(observed.observedAt, observed.lastRequest ?? 0);
  if (newest > now + clockSkew) {
    return unknown(`the recorded adoption is from the future (${formatTime(newest)})`);
  }
  if (newest < Math.max(due, now - freshSeconds)) {
    const last = newest === 0 ? 'without a request' : `with ${formatTime(newest)}`;
    return unknown(
      newest < due
        ? `the recorded adoption ends ${last}, before the ring had its time (${formatTime(due)})`
        : `the recorded adoption ends ${last}, which is too old`,
    );
  }
  const found = observed.rings.find((each) => each.ring === ring);
  const seen = found?.nodes ?? 0;
  const share = found === undefined ? undefined : ringShare(found, version, versions);
  if (share === undefined || seen < threshold.nodes) {
    return unknown(`${nodesOf(seen)} seen, ${threshold.nodes} needed`);
  }
  const note = `${ring}: ${formatPercent(share)} of ${nodesOf(seen)} run it or a newer release, ${formatPercent(threshold.share)} needed; counted on ${formatTime(observed.observedAt)}`;
  // Shares are quotients: a rounding error must not decide.
  return { is: share >= threshold.share - 1e-9 ? 'well' : 'waiting', note };
}

function nodesOf(number: number): string {
  return `${number} ${number === 1 ? 'node' : 'nodes'}`;
}
