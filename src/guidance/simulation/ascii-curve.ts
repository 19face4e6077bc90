import type { SimulationResult } from './result.ts';
import { timeTicks } from './series.ts';

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The share of nodes on the target over time, for a terminal. */
export function asciiCurve(
  result: SimulationResult,
  size: { readonly width?: number; readonly height?: number } = {},
): string {
  const { width = 64, height = 10 } = size;
  const { times, adopted } = result.curve;
  const until = Math.max(1, times.at(-1) ?? 1);
  // Each column shows what is true at its middle.
  const shares = Array.from({ length: width }, (_, column) => {
    const moment = ((column + 0.5) / width) * until;
    const index = times.findLastIndex((time) => time <= moment);
    return (adopted[Math.max(0, index)] as number) / result.nodes;
  });
  const lines = Array.from({ length: height }, (_, line) => {
    const bottom = height - 1 - line;
    const label = axisLabel(line, height);
    const cells = shares.map((share) => {
      const filled = Math.round((share * height - bottom) * 8);
      // A few nodes are not shown as none, and almost all are not shown as all.
      const least = bottom === 0 && share > 0 ? 1 : 0;
      const most = bottom === height - 1 && share < 1 ? 7 : 8;
      return eighths[Math.min(most, Math.max(least, filled))];
    });
    return `${label.padStart(5)} ┤${cells.join('')}`.trimEnd();
  });
  return `${[...lines, ...axis(until, width)].join('\n')}\n`;
}

function axisLabel(line: number, height: number): string {
  if (line === 0) return '100 %';
  return line === Math.floor(height / 2) ? '50 %' : '';
}

function axis(until: number, width: number): string[] {
  const ticks = timeTicks(until, Math.floor(width / 10)).map(({ seconds, label }) => ({
    column: Math.min(width - 1, Math.round((seconds / until) * width)),
    label,
  }));
  const line = Array.from({ length: width }, (_, column) =>
    ticks.some((tick) => tick.column === column) ? '┬' : '─',
  );
  let labels = '';
  for (const { column, label } of ticks) {
    const start = column - Math.floor(label.length / 2) + 7;
    if (start >= labels.length) labels = labels.padEnd(start) + label;
  }
  return [`  0 % └${line.join('')}`, labels];
}
