import type { PrometheusCondition } from '../../project/configuration/halt-conditions.ts';
import type { Sample } from '../../world/prometheus/query-range.ts';

/** Which values are asked for: whole seconds, the newest one at `to`. */
export interface Grid {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Prometheus gives 11,000 values at most. */
const mostValues = 10_000;

/**
 * The values that decide: those of the last `seconds`, at most a minute apart.
 * @param to UNIX seconds
 */
export function gridOf(seconds: number, to: number): Grid {
  const step = Math.max(1, Math.min(60, Math.floor(seconds / 10)), Math.ceil(seconds / mostValues));
  return { from: to - Math.ceil(seconds / step) * step, to, step };
}

/** What the values say. `unknown`: they decide nothing. */
export type Judgement =
  | { readonly is: 'trouble' | 'pending'; readonly value: number; readonly since: number }
  | { readonly is: 'calm'; readonly value: number; readonly since: number }
  | { readonly is: 'unknown'; readonly why: string };

/**
 * Trouble is a value beyond the threshold at every moment of the last `for` seconds; calm is a newest value that is
 * not beyond it. A missing value, NaN and an infinite one are neither.
 */
export function judgeSamples(
  samples: readonly Sample[],
  grid: Grid,
  { threshold, for: lasting }: Pick<PrometheusCondition, 'threshold' | 'for'>,
): Judgement {
  const newest = samples.at(-1);
  if (newest === undefined || newest.time < grid.to - grid.step / 2)
    return { is: 'unknown', why: 'it has no value for this moment' };
  if (!Number.isFinite(newest.value)) return { is: 'unknown', why: `the newest value is ${newest.value}` };
  const isBeyond = ({ value }: Sample) =>
    threshold.side === 'above' ? value > threshold.value : value < threshold.value;
  const beyond = isBeyond(newest);
  // The run of equal verdicts that ends now, without a gap.
  let since = newest.time;
  for (const each of samples.slice(0, -1).toReversed()) {
    if (since - each.time > grid.step * 1.5 || !Number.isFinite(each.value) || isBeyond(each) !== beyond)
      break;
    since = each.time;
  }
  if (!beyond) return { is: 'calm', value: newest.value, since };
  return { is: since <= grid.to - lasting ? 'trouble' : 'pending', value: newest.value, since };
}
