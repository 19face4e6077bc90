import { formatDuration, formatTime } from '../../host/time.ts';
import type { PrometheusCondition } from '../../project/configuration/halt-conditions.ts';
import type { HaltFinding } from '../../release/operations/halt.ts';
import type { PrometheusCredentials } from '../../world/prometheus/credentials.ts';
import { couldNotAsk, queryRange } from '../../world/prometheus/query-range.ts';
import { gridOf, judgeSamples } from './judge-samples.ts';

/**
 * Asks a Prometheus server about a condition. The server remembers the values, so one question covers the whole time
 * of `for`, and no run needs a memory of the runs before it.
 * @param about.now UNIX seconds
 * @throws OutsideError if there is no usable answer
 */
export async function askPrometheus(
  condition: {
    readonly name: string;
    readonly resumeAfter?: number;
    readonly prometheus: PrometheusCondition;
  },
  about: {
    readonly now: number;
    readonly credentials: PrometheusCredentials | undefined;
    readonly patience?: number;
  },
): Promise<HaltFinding> {
  const { name, prometheus, resumeAfter = 0 } = condition;
  const { url, query, threshold } = prometheus;
  const grid = gridOf(Math.max(prometheus.for, resumeAfter), about.now);
  const samples = await queryRange({ url, query, ...grid }, about);
  const judged = judgeSamples(samples, grid, prometheus);
  if (judged.is === 'unknown') throw couldNotAsk(url, judged.why);
  const { is, value, since } = judged;
  const limit = `${threshold.side} ${threshold.value}`;
  const lasting = about.now > since ? ` for ${formatDuration(about.now - since)}` : '';
  const verdict = {
    trouble: `${limit}${lasting}`,
    pending: `${limit}${lasting}, which is trouble after ${formatDuration(prometheus.for)}`,
    calm: `not ${limit}`,
  }[is];
  return {
    condition: name,
    is,
    evidence: `${name}: ${query} is ${value}, ${verdict}, at ${formatTime(about.now)} (${new URL(url).host})`,
    ...(is === 'calm' ? { calmSince: since } : {}),
  };
}
