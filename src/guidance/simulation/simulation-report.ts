import { formatPercent } from '../../host/percent.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import { asciiCurve } from './ascii-curve.ts';
import type { MissingReason, SimulationResult } from './result.ts';

const explanations: Readonly<Record<MissingReason, string>> = {
  'not in the graph': 'their release has no image for this architecture',
  'dead-end': 'their release is a dead-end',
  'no path': 'no path leads on from their release',
  'never opened to it': 'the next rollout ends before their wariness',
  'not its turn yet': 'their turn had not come when the simulation ended',
  'no reboot window yet': 'they wait for a reboot window',
  'off for now': 'they were off when the simulation ended',
  gone: 'they are off for ever',
};

/** The answer for people: figures, the curve, releases, barriers, and who never arrives. */
export function describeSimulation(result: SimulationResult): string {
  const { nodes, now, target, arrived, timeTo, lastArrival } = result;
  const moment = (seconds: number) => `${formatDuration(seconds)} (${showTime(now + seconds)})`;
  const reach = (seconds: number | null) => (seconds === null ? 'not reached' : `after ${moment(seconds)}`);
  const figures = [
    ['50 %', reach(timeTo.half)],
    ['95 %', reach(timeTo.most)],
    ['100 %', reach(timeTo.all)],
    ...(timeTo.all === null && lastArrival !== null
      ? [[formatPercent(arrived / nodes, 2), `${reach(lastArrival)}; the others never, or not in time`]]
      : []),
  ];
  const parts = [
    `${whole(nodes)} simulated nodes on the way to ${target}, from ${showTime(now)} on (seed ${result.seed}):`,
    columns(figures.map(([share = '', when = '']) => [`  ${share}`, when])),
    asciiCurve(result).trimEnd(),
    columns([
      ['release', 'at the start', 'at the end', ''],
      ...[...result.releases]
        .reverse()
        .map(({ version, atStart, atEnd, barrier, deadend }) => [
          version,
          `${whole(atStart)}`,
          `${whole(atEnd)}`,
          [barrier ? 'barrier' : '', deadend ? 'dead-end' : ''].filter((word) => word !== '').join(', '),
        ]),
    ]),
  ];
  if (result.barriers.length > 0) {
    parts.push(
      result.barriers
        .map(({ version, behindAtStart, behindAtEnd, clearedAfter }) => {
          const end =
            clearedAfter === null
              ? `${whole(behindAtEnd)} still are at the end`
              : `none ${reach(clearedAfter)}`;
          return `${whole(behindAtStart)} nodes were behind the barrier ${version}; ${end}.`;
        })
        .join('\n'),
    );
  }
  if (result.missing.length > 0) {
    parts.push(
      [
        `${whole(nodes - arrived)} nodes (${formatPercent((nodes - arrived) / nodes, 2)}) do not arrive:`,
        columns(
          result.missing.map(({ reason, version, nodes: count }) => [
            `  ${whole(count)}`,
            `on ${version}: ${explanations[reason]}`,
          ]),
        ),
      ].join('\n'),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** `1,000,000` */
export function whole(count: number): string {
  return count.toLocaleString('en-US');
}

/** `2026-07-22 14:00 UTC` */
export function showTime(seconds: number): string {
  return `${formatTime(seconds).slice(0, 16).replace('T', ' ')} UTC`;
}

/** Numbers are aligned to the right, texts to the left. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  const isNumber = (column: number) => rows.slice(1).every((row) => /^ *[\d,]+$/.test(row[column] as string));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] as number;
          return isNumber(column) && rows.length > 1 ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
