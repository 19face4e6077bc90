import type { Span } from './boot-report.ts';

export interface MachineTimeline {
  readonly title: string;
  readonly spans: readonly Span[];
}

const width = 960;
const labels = 260;
const row = 22;
const top = 64;

// The colours differ in lightness too, for print and for colour-blind people.
const colours: Readonly<Record<Span['kind'], string>> = {
  machine: '#b8bcc4',
  kernel: '#7a5fb5',
  initrd: '#a88fd8',
  system: '#2f74c0',
  test: '#3a9a5b',
  end: '#d8dbe0',
};
const failed = '#c8322b';

/**
 * An SVG picture of what each machine did over time: one bar for each phase and each test, all machines on one scale.
 */
export function drawTimeline(heading: string, machines: readonly MachineTimeline[]): string {
  const longest = Math.max(1, ...machines.flatMap(({ spans }) => spans.map(({ to }) => to)));
  const step = tickStep(longest);
  const scale = (width - labels - 70) / longest;
  const x = (seconds: number) => (labels + seconds * scale).toFixed(1);
  const parts: string[] = [];
  let y = top;
  for (const { title, spans } of machines) {
    parts.push(`<text x="16" y="${y + 15}" class="machine">${escaped(shortened(title, 110))}</text>`);
    y += row + 2;
    for (const span of spans) {
      const bad = span.result !== undefined && span.result !== 'passed';
      const seconds = span.to - span.from;
      parts.push(
        `<text x="${labels - 10}" y="${y + 15}" class="label${bad ? ' bad' : ''}">${escaped(shortened(span.name, 36))}</text>`,
        `<rect x="${x(span.from)}" y="${y + 3}" width="${Math.max(1.5, seconds * scale).toFixed(1)}" height="${row - 6}" rx="2" fill="${bad ? failed : colours[span.kind]}"><title>${escaped(span.name)}: ${span.from.toFixed(2)} s to ${span.to.toFixed(2)} s${span.result === undefined ? '' : `, ${span.result}`}</title></rect>`,
        `<text x="${(Number(x(span.to)) + 5).toFixed(1)}" y="${y + 15}" class="seconds${bad ? ' bad' : ''}">${seconds.toFixed(seconds < 10 ? 2 : 1)} s${bad ? ` ${span.result}` : ''}</text>`,
      );
      y += row;
    }
    y += 10;
  }
  const ticks: string[] = [];
  for (let second = 0; second <= longest; second += step) {
    ticks.push(
      `<line x1="${x(second)}" x2="${x(second)}" y1="${top - 4}" y2="${y}" stroke="#e4e6ea"/>`,
      `<text x="${x(second)}" y="${top - 10}" class="tick">${Number(second.toFixed(1))} s</text>`,
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 12}" viewBox="0 0 ${width} ${y + 12}" role="img" aria-label="${escaped(heading)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .heading { font-size: 16px; font-weight: 600 }
  .machine { font-weight: 600 }
  .label { text-anchor: end }
  .tick { text-anchor: middle; fill: #6a7280; font-size: 11px }
  .seconds { fill: #6a7280; font-size: 11px }
  .bad { fill: ${failed} }
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="26" class="heading">${escaped(shortened(heading, 100))}</text>
${ticks.join('\n')}
${parts.join('\n')}
</svg>
`;
}

/** A round number of seconds that makes at most twelve ticks. */
function tickStep(seconds: number): number {
  for (const step of [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600]) {
    if (seconds / step <= 12) return step;
  }
  return Math.ceil(seconds / 12 / 600) * 600;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
