import { formatDuration } from '../../host/time.ts';
import type { SimulationResult } from './result.ts';
import { type Series, seriesOf, timeTicks } from './series.ts';
import { showTime, whole } from './simulation-report.ts';

const width = 960;
const plot = { left: 64, top: 92, width: 860, height: 330 };

// The colours are distinct for colour-blind people too (hues of Okabe and Ito). The legend lists them in the same
// order.
const style = `
.ground{fill:#fff}.ink{fill:#17202b}.quiet{fill:#566373}.grid{stroke:#dce1e8}.axis{stroke:#8592a3}.mark{stroke:#17202b}.halo{stroke:#fff}
.edge{stroke:#fff}.s0{fill:#0a6ebd}.s1{fill:#e69f00}.s2{fill:#2a9d78}.s3{fill:#cc79a7}.s4{fill:#56b4e9}.s5{fill:#d55e00}.s6{fill:#a3adb9}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.title{font-size:19px;font-weight:600}.small{font-size:12.5px}.strong{font-weight:600}
@media (prefers-color-scheme:dark){
.ground{fill:#10151b}.ink{fill:#e6ebf1}.quiet{fill:#9eabba}.grid{stroke:#2d3844}.axis{stroke:#6c7a8b}.mark{stroke:#e6ebf1}.halo{stroke:#10151b}
.edge{stroke:#10151b}.s0{fill:#4aa3ec}.s1{fill:#f0b541}.s2{fill:#43b892}.s3{fill:#d794b9}.s4{fill:#2e7fae}.s5{fill:#e27a35}.s6{fill:#56616e}}
`.trim();

/**
 * An SVG picture of which release nodes run over time: a stacked chart with the newest release at the bottom, so its
 * edge shows its adoption.
 */
export function svgChart(result: SimulationResult): string {
  const series = seriesOf(result);
  const { times } = result.curve;
  const until = Math.max(1, times.at(-1) ?? 1);
  const x = (seconds: number) => round(plot.left + (seconds / until) * plot.width);
  const y = (nodes: number) => round(plot.top + plot.height * (1 - nodes / result.nodes));
  const legend = legendOf(series);
  const height = plot.top + plot.height + 62 + legend.height;
  const title = `Adoption of ${result.target}`;
  const subtitle = `${whole(result.nodes)} simulated nodes from ${showTime(result.now)} on`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escapeXml(title)}</title>
<desc id="description">${escapeXml(
    `${subtitle}. ${marksOf(result)
      .map(({ label }) => label)
      .join('; ')}.`,
  )}</desc>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="ink title" x="${plot.left}" y="34">${escapeXml(title)}</text>
<text class="quiet" x="${plot.left}" y="56">${escapeXml(subtitle)}</text>
${areas(series, times, x, y)}
${yAxis(y, result.nodes)}
${xAxis(until, x)}
${marks(result, x, y)}
<g transform="translate(0 ${plot.top + plot.height + 62})">
${legend.text}
</g>
</svg>
`;
}

type Scale = (value: number) => number;

/** The bands, from the bottom up; each moves in steps no finer than the picture shows. */
function areas(series: readonly Series[], times: readonly number[], x: Scale, y: Scale): string {
  const below = times.map(() => 0);
  return series
    .map(({ counts }, index) => {
      const lower = times.map((time, at) => `${x(time)},${y(below[at] as number)}`);
      for (const [at, count] of counts.entries()) below[at] = (below[at] as number) + count;
      const upper = times.map((time, at) => `${x(time)},${y(below[at] as number)}`);
      return `<path class="s${index} edge" stroke-width=".75" stroke-linejoin="round" d="M${upper.join('L')}L${lower.reverse().join('L')}Z"/>`;
    })
    .join('\n');
}

function yAxis(y: Scale, nodes: number): string {
  return [0, 25, 50, 75, 100]
    .map((percent) => {
      const at = y((percent / 100) * nodes);
      return `<line class="${percent === 0 ? 'axis' : 'grid'}" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${at}" y2="${at}" stroke-opacity="${percent === 0 ? 1 : 0.55}"/>
<text class="quiet small" x="${plot.left - 10}" y="${at + 4}" text-anchor="end">${percent} %</text>`;
    })
    .join('\n')
    .concat(
      `\n<text class="quiet small" x="${plot.left - 10}" y="${plot.top - 14}" text-anchor="end">nodes</text>`,
    );
}

function xAxis(until: number, x: Scale): string {
  const bottom = plot.top + plot.height;
  const ticks = timeTicks(until, 12).map(
    ({
      seconds,
      label,
    }) => `<line class="axis" x1="${x(seconds)}" x2="${x(seconds)}" y1="${bottom}" y2="${bottom + 5}"/>
<text class="quiet small" x="${x(seconds)}" y="${bottom + 20}" text-anchor="middle">${label}</text>`,
  );
  return `${ticks.join('\n')}
<text class="quiet small" x="${plot.left + plot.width / 2}" y="${bottom + 42}" text-anchor="middle">time since the start of the simulation</text>`;
}

/** When the target reaches 50, 95 and 100 %: above the picture, with a line down to the edge. */
function marks(result: SimulationResult, x: Scale, y: Scale): string {
  let free = plot.left - 40;
  return marksOf(result)
    .map(({ seconds, share, label }) => {
      const at = x(seconds);
      const half = label.length * 3.2;
      const middle = Math.min(plot.left + plot.width - half, Math.max(plot.left + half, at));
      // If two marks are close, the later one has no text: the description has it.
      const words = middle - half >= free;
      if (words) free = middle + half + 8;
      const line = `x1="${at}" x2="${at}" y1="${plot.top - 8}" y2="${y(share * result.nodes)}"`;
      const text = words
        ? `\n<text class="ink small strong" x="${round(middle)}" y="${plot.top - 14}" text-anchor="middle">${escapeXml(label)}</text>`
        : '';
      // A halo keeps the line visible on every band.
      return `<line class="halo" ${line} stroke-width="4" stroke-opacity=".75"/>\n<line class="mark" ${line} stroke-width="1.5"/>${text}`;
    })
    .join('\n');
}

function marksOf(result: SimulationResult) {
  const { half, most, all } = result.timeTo;
  const shares = [
    { share: 0.5, seconds: half },
    { share: 0.95, seconds: most },
    { share: 1, seconds: all },
  ];
  return shares.flatMap(({ share, seconds }) =>
    seconds === null || seconds === 0
      ? []
      : [{ share, seconds, label: `${share * 100} % after ${formatDuration(seconds)}` }],
  );
}

/** The legend: entries in rows, as wide as their texts. */
function legendOf(series: readonly Series[]): { text: string; height: number } {
  let left = plot.left;
  let row = 0;
  const text = series.map(({ label, isTarget }, index) => {
    // Wider than most fonts need: an entry must not run into the next one.
    const wide = 46 + label.length * (isTarget ? 9.2 : 8.4);
    if (left + wide > plot.left + plot.width && left > plot.left) {
      left = plot.left;
      row += 1;
    }
    const at = left;
    left += wide;
    return `<rect class="s${index}" x="${round(at)}" y="${row * 24 + 2}" width="14" height="14" rx="3"/>
<text class="ink${isTarget ? ' strong' : ''}" x="${round(at + 21)}" y="${row * 24 + 14}">${escapeXml(label)}</text>`;
  });
  return { text: text.join('\n'), height: (row + 1) * 24 + 14 };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
