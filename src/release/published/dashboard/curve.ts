import { nextOpening, rolloutEnd } from '../../../guidance/progress.ts';
import { formatTime } from '../../../host/time.ts';
import type { Ring } from '../../../project/configuration/rings.ts';
import { type Html, html } from './html.ts';
import type { PageTimes, RolloutView } from './rollout-view.ts';

/** A share of nodes at a moment: `at` in UNIX seconds, `share` from 0 to 1. */
export interface CurvePoint {
  readonly at: number;
  readonly share: number;
}

/** The plot, in units of the picture. */
const left = 38;
const right = 388;
const top = 22;
const bottom = 150;

/** More rings than this would hide the line. */
const mostMarks = 16;

/**
 * A rollout over time: the planned share, what each ring waits for, now, and the observed share if it is known.
 * @returns undefined for a rollout without a start and an end: there is nothing to draw
 */
export function rolloutCurve(
  view: RolloutView,
  options: PageTimes & { readonly rings: readonly Ring[]; readonly observed?: readonly CurvePoint[] },
): Html | undefined {
  const { rollout, paused } = view;
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  const start = rollout?.start_epoch;
  if (rollout === undefined || start === undefined || end === undefined) return undefined;
  const { asOf, rings, observed = [] } = options;
  const span = end - start;
  const from = Math.floor(start - span * 0.08);
  const to = Math.max(end + span * 0.08, asOf < end + span ? asOf + span * 0.04 : 0);
  const x = (at: number) => round(left + ((right - left) * (at - from)) / (to - from));
  const y = (share: number) => round(bottom - (bottom - top) * share);
  const planned: CurvePoint[] = [
    { at: from, share: 0 },
    { at: start, share: 0 },
    { at: start, share: rollout.start_percentage ?? 0 },
    ...(paused === undefined
      ? [
          { at: end, share: 1 },
          { at: to, share: 1 },
        ]
      : [{ at: paused.since, share: paused.progress }]),
  ];
  const line = (points: readonly CurvePoint[]) =>
    points.map(({ at, share }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(share)}`).join('');
  const marks = new Set(
    rings.flatMap(({ wariness }) => {
      if (paused !== undefined && wariness > paused.progress) return [];
      const at = Math.max(start, nextOpening(rollout, wariness, from) ?? start);
      return [`M${x(at)} ${y(wariness)}h0`];
    }),
  );
  const shows = asOf >= from && asOf <= to;
  const what = `Rollout of ${view.version}: ${view.phase} at ${view.percent} %, from ${formatTime(start)} to ${formatTime(end)}`;
  return html`<svg class="curve ${view.phase.replace(' ', '-')}" viewBox="0 0 400 180" role="img" data-from="${Math.round(from)}" data-to="${Math.round(to)}">
<title>${what}</title>
<path class="grid" d="M${left} ${y(0)}H${right}M${left} ${y(0.5)}H${right}M${left} ${y(1)}H${right}"/>
${[0, 0.5, 1].map((share) => html`<text x="${left - 6}" y="${y(share) + 4}" class="end">${share * 100} %</text>`)}
<path class="area" d="${line(planned)}V${y(0)}H${x(from)}Z"/>
<path class="plan" d="${line(planned)}"/>
${paused === undefined ? '' : html`<path class="flat" d="M${x(paused.since)} ${y(paused.progress)}H${right}"/>`}
${marks.size > mostMarks ? '' : html`<path class="marks" d="${[...marks].join('')}"/><path class="points" d="${[...marks].join('')}"/>`}
${observed.length === 0 ? '' : html`<path class="seen" d="${line(observed.map(({ at, share }) => ({ at: Math.min(to, Math.max(from, at)), share })))}"/>`}
${shows ? html`<g class="now" transform="translate(${x(asOf)} 0)"><path d="M0 ${top - 6}V${bottom}"/><text y="12" class="${asOf > (from + to) / 2 ? 'end' : ''}">as published</text></g>` : ''}
${observed.length === 0 ? '' : html`<text x="${right}" y="${y(0) - 6}" class="end key">dotted: nodes that run it</text>`}
<text x="${x(start)}" y="168">${shortTime(start)}</text>
<text x="${x(end)}" y="168" class="end">${shortTime(end)}</text>
</svg>
`;
}

function shortTime(seconds: number): string {
  return `${formatTime(seconds).slice(5, 16).replace('T', ' ')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
