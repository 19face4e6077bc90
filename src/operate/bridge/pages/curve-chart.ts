import { formatPercent } from '../../../host/percent.ts';
import { formatDuration } from '../../../host/time.ts';
import { type Html, html } from '../../../release/published/dashboard/html.ts';
import type { EffectCurve } from '../preview.ts';
import type { AdoptionCurve } from '../simulated-adoption.ts';

const size = { width: 640, height: 220, left: 46, right: 12, top: 10, bottom: 30 };

/** The simulated adoption before and after a change, in one picture and in words. */
export function curveChart({ target, architecture, before, after }: EffectCurve): Html {
  const until = Math.max(lastChange(before), lastChange(after), 3600);
  const x = (seconds: number) =>
    size.left + (Math.min(seconds, until) / until) * (size.width - size.left - size.right);
  const y = (share: number) => size.top + (1 - share) * (size.height - size.top - size.bottom);
  const path = ({ times, shares }: AdoptionCurve) => {
    const points = times.map((time, index) => [x(time), y(shares[index] as number)] as const);
    const last = points.at(-1) as readonly [number, number];
    return [...points, [x(until), last[1]] as const]
      .map(([left, top], index) => `${index === 0 ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`)
      .join('');
  };
  const words = `Before: ${inWords(before)}. After: ${inWords(after)}.`;
  const middle = (size.left + size.width - size.right) / 2;
  return html`<svg class="curve" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Simulated adoption of ${target}. ${words}">
${[0, 0.5, 1].map((share) => html`<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${y(share)}" y2="${y(share)}"/><text x="${size.left - 6}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`)}
<path class="was-line" d="${path(before)}"/><path class="is-line" d="${path(after)}"/>
<text x="${size.left}" y="${size.height - 8}">now</text><text x="${middle}" y="${size.height - 8}" text-anchor="middle">${formatDuration(until / 2)}</text><text x="${size.width - size.right}" y="${size.height - 8}" text-anchor="end">${formatDuration(until)}</text>
</svg>
<ul class="key"><li><span class="was-key"></span>before: ${inWords(before)}</li><li><span></span>after: ${inWords(after)}</li></ul>
<p class="quiet">Simulated nodes on ${architecture} that run <code>${target}</code> or newer; most start on the release before it, and all are always on.</p>`;
}

function lastChange({ times, shares }: AdoptionCurve): number {
  const end = shares.at(-1) as number;
  const index = shares.indexOf(end);
  return (times[index] as number) * 1.05;
}

/** `50 % after 12 h, 100 % after 1 d` */
function inWords({ times, shares }: AdoptionCurve): string {
  const end = shares.at(-1) as number;
  if (end === 0) return 'no node gets it';
  const reach = (share: number) =>
    `${formatPercent(share)} after ${formatDuration(times[shares.findIndex((each) => each >= share)] as number)}`;
  return end > 0.5 ? `${reach(0.5)}, ${reach(end)}` : reach(end);
}
