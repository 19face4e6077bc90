import { describe, expect, it } from 'vitest';
import { asciiCurve } from '../../../src/guidance/simulation/ascii-curve.ts';
import { seriesOf, timeTicks } from '../../../src/guidance/simulation/series.ts';
import { type SimulationResult, simulate } from '../../../src/guidance/simulation/simulation.ts';
import { svgChart } from '../../../src/guidance/simulation/svg-chart.ts';
import { makeRelease, start, versionOf } from '../histories.ts';

function resultOf(adopted: readonly number[], more: Partial<SimulationResult> = {}): SimulationResult {
  const { result } = simulate({
    releases: { releases: [makeRelease(0), makeRelease(1)] },
    updates: { releases: [{ version: versionOf(1), metadata: { rollout: { start_percentage: 1 } } }] },
    basearch: 'x86_64',
    now: start,
    fleet: { nodes: 100 },
  });
  const times = adopted.map((_, index) => index * 3600);
  const counts = [adopted.map((count) => 100 - count), adopted];
  return { ...result, curve: { times, counts, adopted }, ...more };
}

describe('the curve in a terminal', () => {
  it('is as high as the share, column by column', () => {
    const curve = asciiCurve(resultOf([0, 0, 50, 50, 100, 100, 100, 100, 100]), { width: 16, height: 4 });
    expect(curve).toBe(
      [
        '100 % ┤        ████████',
        '      ┤        ████████',
        ' 50 % ┤    ████████████',
        '      ┤    ████████████',
        '  0 % └┬───────────────',
        '      0 h',
        '',
      ].join('\n'),
    );
  });

  it('shows one node in a hundred, and that one is missing', () => {
    expect(asciiCurve(resultOf([0, 1, 1]), { width: 4, height: 4 })).toContain(' ┤  ▁▁\n');
    expect(asciiCurve(resultOf([99, 99, 99]), { width: 4, height: 4 })).toContain('100 % ┤▇▇▇▇\n');
  });
});

describe('the picture', () => {
  it('stacks all nodes, from the bottom of the plot to its top', () => {
    const svg = svgChart(resultOf([0, 40, 100]));
    const [target, older] = [...svg.matchAll(/<path class="s\d edge"[^>]* d="M([^"]+)Z"/g)].map(
      ([, points]) => (points as string).split('L').map((point) => Number(point.split(',')[1])),
    );
    // Upper edge first: 330 high, from 422 up to 92.
    expect(target?.slice(0, 3)).toEqual([422, 290, 92]);
    expect(older?.slice(0, 3)).toEqual([92, 92, 92]);
    expect(older?.slice(3)).toEqual([92, 290, 422]);
  });

  it('is well-formed whatever a version is called', () => {
    const svg = svgChart(resultOf([0, 100], { target: `1<2 & "3"` }));
    expect(svg).toContain('Adoption of 1&lt;2 &amp; &quot;3&quot;');
    expect(svg).not.toContain('1<2');
  });

  it('keeps the target and the largest releases apart, and adds up the others', () => {
    const base = resultOf([0, 100]);
    const releases = Array.from({ length: 12 }, (_, index) => ({
      version: `v${index}`,
      barrier: false,
      deadend: false,
      atStart: index,
      atEnd: 0,
    }));
    const counts = releases.map(({ atStart }) => [atStart, 0]);
    const series = seriesOf({ ...base, target: 'v0', releases, curve: { ...base.curve, counts } });
    expect(series.map(({ label }) => label)).toEqual(['v11', 'v10', 'v9', 'v8', 'v7', 'v0', '6 others']);
    expect(series.at(-1)?.counts).toEqual([1 + 2 + 3 + 4 + 5 + 6, 0]);
  });

  it.each([
    [
      600,
      ['0 min', '1 min', '2 min', '3 min', '4 min', '5 min', '6 min', '7 min', '8 min', '9 min', '10 min'],
    ],
    [172_800, ['0 h', '6 h', '12 h', '18 h', '24 h', '30 h', '36 h', '42 h', '48 h']],
    [30 * 86_400, ['0 d', '3 d', '6 d', '9 d', '12 d', '15 d', '18 d', '21 d', '24 d', '27 d', '30 d']],
  ])('has round times along its axis: %i seconds', (until, labels) => {
    expect(timeTicks(until, 12).map(({ label }) => label)).toEqual(labels);
  });
});
