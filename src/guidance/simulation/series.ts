import type { SimulationResult } from './result.ts';

/** One band of a picture: a release, or several that are too small to show. */
export interface Series {
  readonly label: string;
  readonly isTarget: boolean;
  /** Nodes at each time of the curve. */
  readonly counts: readonly number[];
}

/** The bands of a picture, newest release first; the smallest of the older ones become one. */
export function seriesOf(result: SimulationResult, most = 7): Series[] {
  const { releases, curve, target } = result;
  const all = releases
    .map(({ version, barrier }, index) => ({
      label: barrier ? `${version} (barrier)` : version,
      isTarget: version === target,
      counts: curve.counts[index] as readonly number[],
    }))
    .reverse();
  if (all.length <= most) return all;
  const peak = (series: Series) => Math.max(...series.counts);
  const kept = new Set(
    [...all]
      .sort((one, other) => Number(other.isTarget) - Number(one.isTarget) || peak(other) - peak(one))
      .slice(0, most - 1),
  );
  const others = all.filter((series) => !kept.has(series));
  const counts = curve.times.map((_, index) =>
    others.reduce((sum, series) => sum + (series.counts[index] as number), 0),
  );
  return [
    ...all.filter((series) => kept.has(series)),
    { label: `${others.length} others`, isTarget: false, counts },
  ];
}

/** Times for the labels of an axis, in seconds since the start, and how to write them. */
export function timeTicks(
  until: number,
  most: number,
): { readonly seconds: number; readonly label: string }[] {
  const hour = 3600;
  const steps = [60, 300, 900, 1800, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour];
  const days = [2, 3, 7, 14, 28, 56, 91, 182, 365, 730, 1825, 3650].map((count) => count * 24 * hour);
  const step = [...steps, ...days].find((each) => until / each <= most) ?? 7300 * 24 * hour;
  const [size, unit] = step < hour ? [60, 'min'] : step < 24 * hour ? [hour, 'h'] : [24 * hour, 'd'];
  return Array.from({ length: Math.floor(until / step) + 1 }, (_, index) => ({
    seconds: index * step,
    label: `${(index * step) / size} ${unit}`,
  }));
}
