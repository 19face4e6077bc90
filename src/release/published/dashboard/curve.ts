import { nextOpening, rolloutEnd } from '../../../guidance/progress.ts';
import { type CoursePoint, reachedBy, type StagedCourse } from '../../../guidance/staged-course.ts';
import { formatTime } from '../../../host/time.ts';
import type { Ring } from '../../../project/configuration/rings.ts';
import { type Html, html } from './html.ts';
import type { PageTimes, RolloutView } from './rollout-view.ts';

/** The plot, in units of the picture. */
const left = 38;
const right = 388;
const top = 22;
const bottom = 150;

/** More rings than this would hide the line. */
const mostMarks = 16;

interface CurveOptions extends PageTimes {
  readonly rings: readonly Ring[];
  readonly observed?: readonly CoursePoint[];
}

/** What a curve draws. */
interface Shape {
  /** UNIX seconds at which the axis is labelled. */
  readonly start: number;
  readonly end: number;
  /** What is planned, or was offered: a full line. */
  readonly line: readonly CoursePoint[];
  /** What is not certain: a dashed line. */
  readonly dashed: readonly CoursePoint[];
  /** Nobody knows how it goes on. */
  readonly stops: boolean;
  /** When a ring opens; undefined if nobody knows. */
  readonly openingOf: (wariness: number) => CoursePoint | undefined;
}

/**
 * A rollout over time: the planned share, what each ring waits for, now, and the observed share if it is known. One that
 * opens ring by ring is drawn as it went, and from now on as it goes if every ring does well as soon as it can.
 * @returns undefined for a rollout without a start and an end: there is nothing to draw
 */
export function rolloutCurve(view: RolloutView, options: CurveOptions): Html | undefined {
  const shape =
    view.course === undefined ? plannedShape(view) : stagedShape(view.course, view.paused !== undefined);
  if (shape === undefined) return undefined;
  const { start, end } = shape;
  const { asOf, rings, observed = [] } = options;
  const span = end - start;
  const from = Math.floor(start - span * 0.08);
  const to = Math.max(end + span * 0.08, asOf < end + span ? asOf + span * 0.04 : 0);
  const x = (at: number) => round(left + ((right - left) * (at - from)) / (to - from));
  const y = (share: number) => round(bottom - (bottom - top) * share);
  const path = (points: readonly CoursePoint[]) =>
    points.map(({ at, share }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(share)}`).join('');
  const isStaged = view.course !== undefined;
  const ends = isStaged || view.paused !== undefined;
  const line = [
    { at: from, share: 0 },
    ...(shape.line.length === 0 ? [] : [{ at: shape.line[0]?.at ?? start, share: 0 }]),
    ...shape.line,
    ...(ends || shape.line.length === 0 ? [] : [{ at: to, share: 1 }]),
  ];
  const last = shape.line.at(-1)?.at ?? from;
  const openings = [...new Set(rings.map(({ wariness }) => wariness))].flatMap(
    (wariness) => shape.openingOf(wariness) ?? [],
  );
  const dots = (points: readonly CoursePoint[]) => [
    ...new Set(points.map(({ at, share }) => `M${x(at)} ${y(share)}h0`)),
  ];
  const marks = dots(openings.filter(({ at }) => at <= last));
  const ahead = dots(openings.filter(({ at }) => at > last));
  const isFew = marks.length + ahead.length <= mostMarks;
  const shows = asOf >= from && asOf <= to;
  const what = `Rollout of ${view.version}: ${view.phase} at ${view.percent} %, from ${formatTime(start)} to ${formatTime(end)}${shape.dashed.length > 1 && isStaged ? ' at the earliest' : ''}`;
  const keys = [
    ...(isStaged && shape.dashed.length > 1 ? ['dashed: at the earliest'] : []),
    ...(observed.length === 0 ? [] : ['dotted: nodes that run it']),
  ];
  return html`<svg class="curve ${view.phase.replace(' ', '-')}" viewBox="0 0 400 180" role="img" data-from="${Math.round(from)}" data-to="${Math.round(to)}">
<title>${what}</title>
<path class="grid" d="M${left} ${y(0)}H${right}M${left} ${y(0.5)}H${right}M${left} ${y(1)}H${right}"/>
${[0, 0.5, 1].map((share) => html`<text x="${left - 6}" y="${y(share) + 4}" class="end">${share * 100} %</text>`)}
<path class="area" d="${path(line)}V${y(0)}H${x(from)}Z"/>
<path class="plan" d="${path(line)}"/>
${shape.dashed.length === 0 ? '' : html`<path class="flat" d="${path(shape.dashed)}${shape.stops ? `H${right}` : ''}"/>`}
${isFew ? html`<path class="marks" d="${marks.join('')}"/><path class="points" d="${marks.join('')}"/>` : ''}${isFew && ahead.length > 0 ? html`<path class="points" d="${ahead.join('')}"/><path class="hollow" d="${ahead.join('')}"/>` : ''}
${observed.length === 0 ? '' : html`<path class="seen" d="${path(observed.map(({ at, share }) => ({ at: Math.min(to, Math.max(from, at)), share })))}"/>`}
${shows ? html`<g class="now" transform="translate(${x(asOf)} 0)"><path d="M0 ${top - 6}V${bottom}"/><text y="12" class="${asOf > (from + to) / 2 ? 'end' : ''}">as published</text></g>` : ''}
${keys.map((key, index) => html`<text x="${right}" y="${y(0) - 6 - 14 * index}" class="end key">${key}</text>`)}
<text x="${x(start)}" y="168">${shortTime(start)}</text>
<text x="${x(end)}" y="168" class="end">${shortTime(end)}</text>
</svg>
`;
}

function plannedShape({ rollout, paused }: RolloutView): Shape | undefined {
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  const start = rollout?.start_epoch;
  if (rollout === undefined || start === undefined || end === undefined) return undefined;
  const stop = paused === undefined ? undefined : { at: paused.since, share: paused.progress };
  return {
    start,
    end,
    line: [{ at: start, share: rollout.start_percentage ?? 0 }, stop ?? { at: end, share: 1 }],
    dashed: stop === undefined ? [] : [stop],
    stops: stop !== undefined,
    openingOf: (wariness) => {
      if (paused !== undefined && wariness > paused.progress) return undefined;
      const first = nextOpening(rollout, wariness, start - 1);
      return { at: Math.max(start, first ?? start), share: wariness };
    },
  };
}

function stagedShape({ known, earliest }: StagedCourse, isStopped: boolean): Shape | undefined {
  const all = [...known, ...earliest];
  const [first] = all;
  const end = all.at(-1);
  if (first === undefined || end === undefined || end.at <= first.at) return undefined;
  return {
    start: first.at,
    end: end.at,
    line: known,
    dashed: isStopped ? known.slice(-1) : earliest,
    stops: isStopped,
    openingOf: (wariness) => {
      const at = reachedBy(all, wariness);
      return at === undefined ? undefined : { at, share: wariness };
    },
  };
}

function shortTime(seconds: number): string {
  return `${formatTime(seconds).slice(5, 16).replace('T', ' ')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
