import { beforeEach, describe, expect, it } from 'vitest';
import type { FleetStatus } from '../../src/operate/status/fleet-status.ts';
import status from '../../src/verbs/status.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { useUpstream } from '../support/upstream.ts';

const upstream = useUpstream();
const now = 1_785_000_000;
const hour = 3600;
let project: TestProject;

beforeEach(async () => {
  upstream.say(['44.1', '44.2'], { '44.1': { rollout: { start_percentage: 1 } } });
  // Nothing here asks a registry.
  project = await createProject('127.0.0.1:9', { more: upstream.yaml });
});

async function run(hours: number, fleet?: string) {
  const inputs = { directory: project.git.directory, fleet, 'first-release': true };
  const { data, text, summary } = await status.run(inputs, contextAt(now + hours * hour));
  const { fleets } = data as { fleets: FleetStatus[] };
  return { fleets, text, summary: summary ?? '' };
}

describe('status', () => {
  it('shows a rollout ring by ring, and what comes next', async () => {
    await recordRelease(project, 'stable', { version: '44.1-aa', time: now - 1000 * hour });
    await recordRelease(project, 'testing', { version: '44.1-bb', time: now });
    const refs = await project.git.run(['for-each-ref']);
    const { fleets, text, summary } = await run(6);
    expect(fleets).toMatchObject([
      {
        fleet: 'testing',
        release: {
          version: '44.1-bb',
          phase: 'in progress',
          progress: 0.25,
          completeAt: now + 24 * hour,
          rings: [
            { ring: 'early', offered: true },
            { ring: 'late', offered: false, offeredFrom: now + 24 * hour },
            { ring: 'no ring', offered: false },
          ],
        },
      },
      {
        fleet: 'stable',
        release: { version: '44.1-aa', phase: 'complete', progress: 1 },
        promotion: { from: 'testing', version: '44.1-bb', ready: false, nextGate: { name: 'soak time' } },
      },
    ]);
    expect(text.split('\n')).toEqual([
      'testing: 44.1-bb (base 44.1, released 2026-07-25T17:20:00Z)',
      '  ██████░░░░░░░░░░░░░░░░░░ 25 % in progress, 18 h left',
      '  early: offered · late: in 18 h · no ring: in 18 h',
      'stable: 44.1-aa (base 44.1, released 2026-06-14T01:20:00Z)',
      '  ████████████████████████ complete: offered to every node',
      '  next: 44.1-bb from testing, no pull request yet: waits for soak time: 2 d from the start of the rollout: over on 2026-07-27T17:20:00Z (in 1 d 18 h)',
    ]);
    expect(summary).toContain('### stable: 44.1-aa (base 44.1');
    expect((await run(48)).fleets[1]?.promotion).toMatchObject({ ready: true });
    // It only reads.
    expect(await project.git.run(['for-each-ref'])).toBe(refs);
  });

  it('says what is stopped, and by whom', async () => {
    await recordRelease(project, 'testing', { version: '44.2-aa', time: now, metadata: null });
    const said = { reason: 'boot loop', by: 'Ada', at: now };
    const entry = { version: '44.2-aa', metadata: {} };
    await project.state.changeFleet('testing', 'Stop', (state) => ({
      ...state,
      operations: {
        hold: { ...said, until: now + 9 * hour },
        paused: [{ ...said, version: '44.2-aa', entry, since: now, progress: 0.375 }],
      },
    }));
    const { text } = await run(1, 'testing');
    for (const part of [
      '█████████░░░░░░░░░░░░░░░ 37.5 % paused',
      'HELD: boot loop (by Ada on 2026-07-25T17:20:00Z, until 2026-07-26T02:20:00Z)',
      'paused: 44.2-aa at 37.5 %: boot loop (by Ada)',
      'upstream: base 44.2 is paused',
    ]) {
      expect(text).toContain(part);
    }
    expect((await run(10, 'testing')).text).not.toContain('HELD');
  });

  it('answers a misspelt fleet before it asks anybody', async () => {
    let asked = 0;
    upstream.misbehave((_request, response) => {
      asked += 1;
      response.writeHead(400).end();
    });
    await expect(run(0, 'stabel')).rejects.toThrow('Did you mean stable?');
    expect(asked).toBe(0);
  });

  it('works before the first release, and while upstream does not answer', async () => {
    upstream.misbehave((_request, response) => response.writeHead(400).end());
    expect((await run(0)).text).toBe('testing: no release yet\nstable: no release yet');
  });
});
