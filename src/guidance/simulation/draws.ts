import type { FleetModel } from './fleet-model.ts';
import type { Random } from './random.ts';
import { remainingShare } from './shares.ts';

/** Gives each node its wariness. @throws InputError when the shares add up to more than all nodes */
export function warinessDraw(groups: FleetModel['wariness'], random: Random): () => number {
  const rest = remainingShare(groups, '--wariness');
  return () => {
    let rank = random.uniform();
    // Upstream's hash is never below one in a million.
    const hashed = Math.max(0.000001, random.uniform());
    if (rank < rest) return hashed;
    rank -= rest;
    for (const { wariness, share } of groups) {
      if (rank < share) return wariness === 'uniform' ? hashed : wariness;
      rank -= share;
    }
    // Shares add up to 1, except for rounding.
    const last = groups.at(-1)?.wariness;
    return last === undefined || last === 'uniform' ? hashed : last;
  };
}

/**
 * Nodes that go on and off for times that are exponentially distributed. So only the present state decides what comes
 * next, and any period of time can be skipped.
 */
export function offTimes({ share, mean }: FleetModel['off'], random: Random) {
  const meanOn = (mean * (1 - share)) / share;
  const rate = 1 / mean + 1 / meanOn;
  return {
    atStart: () => random.uniform() < share,
    /** Whether a node is off now that was off (or on) this many seconds ago. */
    at: (wasOff: boolean, seconds: number) => {
      const kept = Math.exp(-rate * Math.max(0, seconds));
      return random.uniform() < share + ((wasOff ? 1 : 0) - share) * kept;
    },
    /** Seconds until a node that is off is on again. */
    remaining: () => random.exponential(mean),
  };
}
