import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { SimulationResult } from '../../src/guidance/simulation/simulation.ts';
import { InputError } from '../../src/host/errors.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import simulateRollout from '../../src/verbs/simulate-rollout.ts';
import { start, versionOf } from '../guidance/histories.ts';
import { writeFleet } from '../operate/serve-graph/support.ts';
import { requireAnswer } from '../support/answers.ts';
import { contextAt } from '../support/project.ts';

function run(flags: readonly string[], fleets: readonly string[] = ['stable']) {
  return withTemporaryFolder('simulate', async (folder) => {
    for (const fleet of fleets) await writeFleet(folder, fleet);
    await writeFile(
      join(folder, 'coxswain.yaml'),
      'image: quay.io/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { stable: {} }\nrings: { early: 0.1 }\n',
    );
    const svg = join(folder, 'adoption.svg');
    const nodes = flags.includes('--nodes') ? [] : ['--nodes', '2_000'];
    const even = flags.some((each) => /^--wariness$|^none$/.test(each)) ? [] : ['--wariness', 'uniform=100%'];
    const rest = flags.filter((each) => each !== 'none');
    const given = ['--site', folder, '--directory', folder, '--svg', svg, ...nodes, ...even, ...rest];
    const outcome = await simulateRollout.run(readArguments(simulateRollout.inputs, given), contextAt(start));
    requireAnswer('simulate-rollout', outcome.data);
    return { text: outcome.text, data: outcome.data as SimulationResult, svg: await readFile(svg, 'utf8') };
  });
}

describe('simulate-rollout', () => {
  it('shows figures, the curve, releases and a picture', async () => {
    const { text, data, svg } = await run([]);
    expect(text).toContain(`2,000 simulated nodes on the way to ${versionOf(2)}`);
    expect(text).toMatch(/50 % {3}after \d+ min \(2026-07-22 14:\d\d UTC\)/);
    expect(text).toMatch(/100 % ┤ .*[▁▂▃▄▅▆▇█]/);
    expect(text).toMatch(new RegExp(`^${versionOf(2)} +0 +2,000$`, 'm'));
    expect(data).toMatchObject({ nodes: 2000, arrived: 2000, target: versionOf(2) });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>\n$/s);
    expect(svg).toContain(`<title id="title">Adoption of ${versionOf(2)}</title>`);
    expect(svg).toContain(`${versionOf(1)}</text>`);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('takes a ring from coxswain.yaml, and shares', async () => {
    const { data, text } = await run([
      '--wariness',
      'early=100%',
      '--offline',
      '25%',
      '--start',
      `${versionOf(0)}=50%`,
    ]);
    // Ring 0.1 opens after 10 of the 100 minutes.
    expect(data.lastArrival).toBeLessThan(600 + 330 + 420);
    expect(data.releases.map(({ atStart }) => atStart)).toEqual([1000, 1000, 0]);
    expect(data.arrived / 2000).toBeCloseTo(0.75, 1);
    expect(text).toMatch(/do not arrive:\n.*they are off for ever/);
  });

  it('simulates what the files of the site give: nodes without a ring get it at the end, all at once', async () => {
    const { data } = await run(['none']);
    expect(data.timeTo.half).toBeGreaterThanOrEqual(6000);
    expect(data.timeTo.half).toBeLessThan(6000 + 330 + 420);
    expect(data.arrived).toBe(2000);
  });

  it('simulates the slices of the site, evenly', async () => {
    await withTemporaryFolder('simulate', async (folder) => {
      await writeFleet(folder, 'stable');
      for (let number = 1; number <= 100; number += 1) {
        await mkdir(join(folder, `stable/x86_64/slice-${number}`), { recursive: true });
      }
      const given = [
        '--site',
        folder,
        '--nodes',
        '5000',
        '--poll',
        '1m',
        '--staging',
        '0s',
        '--reboot',
        '0s',
      ];
      const outcome = await simulateRollout.run(
        readArguments(simulateRollout.inputs, given),
        contextAt(start),
      );
      const { curve, timeTo } = outcome.data as SimulationResult;
      expect(timeTo.half).toBeCloseTo(3000, -2.5);
      expect(curve.times.length).toBeGreaterThan(10);
    });
  });

  it('asks which fleet only when there are several', async () => {
    await expect(run([], ['stable', 'testing'])).rejects.toThrow(
      '--fleet: missing: the site has several fleets, expected one of stable, testing.',
    );
    expect((await run(['--fleet', 'testing'], ['stable', 'testing'])).data.arrived).toBe(2000);
  });

  it.each([
    [['--fleet', 'other'], /--fleet: .* has no such fleet, found "other", expected one of stable/],
    [['--nodes', '0'], /--nodes: not a number in the range/],
    [['--nodes', '1e6'], /--nodes: not a number in the range/],
    [['--start', `${versionOf(0)}=20`], /--start: not a share, found "20", expected a percentage/],
    [['--start', '44.1=20%'], /this version is not in the release index, found "44\.1"/],
    [['--wariness', '1.5=20%'], /--wariness: not a wariness/],
    [['--wariness', 'earli=20%'], /--wariness: no such ring .* found "earli", expected .*early/],
    [['--window', 'sat 2-6'], /--window: not a reboot window/],
    [['--offline', '5%', '--offline', '6%'], /--offline: given twice/],
    [['--offline', '5%/'], /--offline: not a duration/],
    [['--offline', '100%/1h'], /--offline: such nodes must be on/],
    [['--poll', '0s'], /--poll: this must be between/],
    [['--basearch', 'm68k'], /no release of this fleet has an image/],
  ])('refuses %j', async (flags, message) => {
    await expect(run(flags)).rejects.toThrow(InputError);
    await expect(run(flags)).rejects.toThrow(message);
  });
});
