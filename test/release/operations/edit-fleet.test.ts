import { describe, expect, it } from 'vitest';
import { offers } from '../../../src/guidance/choose.ts';
import { buildGraph } from '../../../src/guidance/graph.ts';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { formatOperations, holdAt, parseOperations } from '../../../src/guidance/operations.ts';
import { throttleGraph } from '../../../src/guidance/throttle.ts';
import { type Action, editState } from '../../../src/release/operations/edit-fleet.ts';
import { applyExternalHolds } from '../../../src/release/operations/hold.ts';
import { endExpiredPauses } from '../../../src/release/operations/pause-rollout.ts';
import type { FleetState } from '../../../src/release/state/state.ts';
import { versionOf } from '../../guidance/histories.ts';
import { complete, fleetOf, half, now, order } from './fleet.ts';

const hour = 3600;

function edit(state: FleetState, action: Action, at = now) {
  return editState(state, { ...order, now: at }, action);
}

/** What a node on each release is offered, by index. */
function offersOf(state: FleetState, options: { at?: number; wariness?: number; basearch?: string } = {}) {
  const { at = now, wariness = 0.3, basearch = 'x86_64' } = options;
  const graph = throttleGraph(buildGraph(state.releases, state.updates, { basearch, scheme: 'oci' }), {
    now: at,
    wariness,
  });
  const versions = state.releases.releases.map(({ version }) => version);
  return versions.map((version) => {
    const offered = offers(graph, version);
    return offered === undefined ? undefined : versions.indexOf(offered.version);
  });
}

function said(state: FleetState, index: number): UpdateEntry['metadata'] | undefined {
  return state.updates.releases.find((entry) => entry.version === versionOf(index))?.metadata;
}

const running = fleetOf(3, { 1: complete, 2: half });
const pausing = { kind: 'pause', reason: 'boot loop' } as const;

describe('pause', () => {
  it('takes the entry out as upstream does, and remembers it', () => {
    expect(offersOf(running)).toEqual([2, 2, undefined]);
    const { state, summary } = edit(running, pausing);
    expect(summary).toBe(`pause ${versionOf(2)} at 50 %`);
    expect(state.updates.releases.map(({ version }) => version)).toEqual([versionOf(1)]);
    expect(offersOf(state)).toEqual([1, undefined, undefined]);
    expect(offersOf(state, { wariness: 0 })).toEqual([1, undefined, undefined]);
    expect(state.operations.paused).toEqual([
      {
        version: versionOf(2),
        entry: { version: versionOf(2), metadata: half },
        since: now,
        progress: 0.5,
        reason: 'boot loop',
        by: 'Ada <ada@example.com>',
        at: now,
      },
    ]);
    const text = formatOperations(state.operations) as string;
    expect(parseOperations(text, 'operations.json')).toEqual(state.operations);
  });

  it('is the same state the second time, and accepts another reason or end', () => {
    const paused = edit(running, { ...pausing, duration: hour }).state;
    expect(edit(paused, { ...pausing, duration: hour }, now + 60).state).toBe(paused);
    const again = edit(paused, { kind: 'pause', reason: 'still', duration: 2 * hour }, now + 60).state;
    expect(again.operations.paused).toMatchObject([
      { since: now, at: now + 60, until: now + 60 + 2 * hour, reason: 'still' },
    ]);
    const endless = edit(again, { kind: 'pause', reason: 'still' }, now + 90).state;
    expect(endless.operations.paused?.[0]).not.toHaveProperty('until');
  });

  it('stops every open rollout if no version is given, or only that one', () => {
    const two = fleetOf(3, { 0: complete, 1: half, 2: half });
    expect(edit(two, pausing).state.operations.paused).toHaveLength(2);
    const one = edit(two, { ...pausing, version: versionOf(1) }).state;
    expect(one.operations.paused?.map(({ version }) => version)).toEqual([versionOf(1)]);
    expect(edit(one, pausing).state.operations.paused).toHaveLength(2);
  });

  it('leaves a dead-end mark where it is', () => {
    const state = edit(fleetOf(2, { 0: complete, 1: { ...half, deadend: { reason: 'x' } } }), pausing).state;
    expect(said(state, 1)).toEqual({ deadend: { reason: 'x' } });
    expect(said(edit(state, { kind: 'resume' }).state, 1)).toEqual({ ...half, deadend: { reason: 'x' } });
  });

  it('removes the whole entry of a barrier: without its rollout it would be offered to all nodes', () => {
    const state = fleetOf(3, { 1: complete, 2: { ...half, barrier: { reason: 'keys' } } });
    const paused = edit(state, pausing).state;
    expect(offersOf(paused, { wariness: 1 })).toEqual([1, undefined, undefined]);
    expect(edit(paused, { kind: 'resume' }).state.updates.releases).toEqual(state.updates.releases);
  });

  it('refuses to pause a barrier while something newer is offered: nodes would go around it', () => {
    const state = fleetOf(3, { 1: { ...half, barrier: { reason: 'keys' } }, 2: half });
    expect(() => edit(state, { ...pausing, version: versionOf(1) })).toThrow(
      `Pause or withdraw ${versionOf(2)} first`,
    );
  });

  it.each<[string, FleetState, Action, string]>([
    ['nothing is rolling out', fleetOf(2, { 1: complete }), pausing, 'no rollout is in progress'],
    [
      'the rollout is complete',
      fleetOf(2, { 1: complete }),
      { ...pausing, version: versionOf(1) },
      '--action withdraw --version',
    ],
    [
      'the version is not offered',
      fleetOf(2, { 1: complete }),
      { ...pausing, version: versionOf(0) },
      'is not offered to any node',
    ],
    [
      'it is a plain barrier',
      fleetOf(2, { 1: { barrier: { reason: 'x' } } }),
      { ...pausing, version: versionOf(1) },
      'a barrier without a rollout',
    ],
    [
      'the version is mistyped',
      running,
      { ...pausing, version: versionOf(2).replace('.3.0', '.30') },
      `Did you mean ${versionOf(2)}?`,
    ],
  ])('says so when %s', (_name, state, action, message) => {
    expect(() => edit(state, action)).toThrow(message);
  });
});

describe('resume', () => {
  it('goes on at the share that was reached, and forgets the pause', () => {
    const paused = edit(running, pausing).state;
    const { state, summary } = edit(paused, { kind: 'resume' }, now + 100 * hour);
    expect(summary).toBe(`resume ${versionOf(2)} at 50 %`);
    expect(said(state, 2)?.rollout?.start_epoch).toBe(now - 43_200 + 100 * hour);
    expect(state.operations).toEqual({});
    expect(formatOperations(state.operations)).toBeUndefined();
    expect(edit(state, { kind: 'resume' }, now + 100 * hour).state).toBe(state);
  });

  it('keeps what somebody rolled out by hand meanwhile', () => {
    const paused = edit(running, pausing).state;
    const byHand = { ...paused, updates: running.updates };
    const { state, summary } = edit(byHand, { kind: 'resume' });
    expect(state.updates).toBe(running.updates);
    expect(summary).toContain('rolled out again');
  });

  it('keeps marks that were set meanwhile, and warns of a dead-end', () => {
    const paused = edit(running, pausing).state;
    const marked = edit(paused, { kind: 'deadend', version: versionOf(2), reason: 'lost' }).state;
    const { state, warnings } = edit(marked, { kind: 'resume' });
    expect(said(state, 2)).toEqual({ ...half, deadend: { reason: 'lost' } });
    expect(warnings?.join()).toContain('is a dead-end');
  });

  it('happens automatically with the next action after the end of the pause', () => {
    const paused = edit(running, { ...pausing, duration: hour }).state;
    const hold = { kind: 'hold', reason: 'x', keepRollouts: true } as const;
    expect(edit(paused, hold, now + hour - 1).state.operations.paused).toHaveLength(1);
    const { state, summary } = edit(paused, hold, now + 2 * hour);
    expect(state.operations.paused).toBeUndefined();
    expect(said(state, 2)?.rollout?.start_epoch).toBe(now - 43_200 + 2 * hour);
    expect(summary).toMatch(/^hold the fleet; resume .* at 50 %: the pause ended 2026-07-25T18:20:00Z$/);
  });
});

describe('rollout', () => {
  const action = { kind: 'rollout', start: now, duration: 48 * hour, force: false } as const;

  it('gives the newest release a rollout, formatted and placed as upstream has it', () => {
    const { state, summary } = edit(fleetOf(3, { 1: complete }), action);
    expect(summary).toContain(`roll out ${versionOf(2)} from 2026-07-25T17:20:00Z over 2 d`);
    expect(state.updates.releases).toEqual([
      { version: versionOf(1), metadata: complete },
      {
        version: versionOf(2),
        metadata: { rollout: { duration_minutes: 2880, start_epoch: now, start_percentage: 0 } },
      },
    ]);
  });

  it('changes nothing when "now" is given again a little later, and starts again if forced', () => {
    const { state } = edit(running, action);
    const later = { ...action, start: now + 60 };
    expect(edit(state, later, now + 60).state).toBe(state);
    expect(said(edit(state, { ...later, force: true }, now + 60).state, 2)?.rollout?.start_epoch).toBe(
      now + 60,
    );
    expect(edit(state, { ...later, duration: hour }, now + 60).state).not.toBe(state);
  });

  it('puts an older release before the newer ones: tidying keeps the last completed one', () => {
    const { state } = edit(fleetOf(3, { 2: complete }), { ...action, version: versionOf(0) });
    expect(state.updates.releases.map(({ version }) => version)).toEqual([versionOf(0), versionOf(2)]);
    const later = edit(state, { kind: 'barrier', version: versionOf(1), reason: 'x' }, now + 100 * hour);
    expect(said(later.state, 2)).toEqual(complete);
    expect(said(later.state, 0)).toBeUndefined();
  });

  it('refuses a start in the past, one in centuries, and a release whose rollout is complete', () => {
    const state = fleetOf(3, { 1: half, 2: complete });
    expect(() => edit(state, { ...action, version: versionOf(1), start: now - 1 })).toThrow(
      'this start is 1 s ago',
    );
    expect(() =>
      edit(state, { ...action, version: versionOf(1), start: now + 11 * 365 * 24 * hour }),
    ).toThrow('away');
    expect(() => edit(state, action)).toThrow(
      'is complete: every node is offered it. Another rollout would begin at 0 %',
    );
    const forced = edit(state, { ...action, force: true });
    expect(forced.warnings).toContain('its rollout had reached 100 % of the nodes: it begins again at 0 %');
    expect(edit(state, { ...action, version: versionOf(1) }).warnings?.join()).toMatch(/had reached 50 %/);
  });

  it('replaces a pause, keeps marks, and warns of other rollouts', () => {
    const state = fleetOf(3, { 0: complete, 1: { ...half, barrier: { reason: 'keys' } }, 2: half });
    const paused = edit(state, { ...pausing, version: versionOf(2) }).state;
    const edited = edit(paused, action);
    expect(edited.state.operations.paused).toBeUndefined();
    expect(edited.warnings?.join('\n')).toContain(`not complete yet: ${versionOf(1)}`);
    const marked = edit(state, { ...action, version: versionOf(1) }).state;
    expect(said(marked, 1)?.barrier).toEqual({ reason: 'keys' });
  });

  it('refuses what would lead nodes around a paused barrier', () => {
    const paused = edit(fleetOf(3, { 0: complete, 1: { ...half, barrier: { reason: 'keys' } } }), pausing);
    expect(() => edit(paused.state, action)).toThrow(`the barrier ${versionOf(1)} is paused`);
    expect(edit(paused.state, { ...action, version: versionOf(0), force: true }).state).not.toBe(
      paused.state,
    );
  });
});

describe('barrier and deadend', () => {
  const barrier = { kind: 'barrier', version: versionOf(1), reason: 'https://example.com/1' } as const;
  const deadend = { kind: 'deadend', version: versionOf(1), reason: 'https://example.com/1' } as const;

  it('hold nodes back, and change nothing the second time', () => {
    const { state } = edit(fleetOf(4, { 3: complete }), barrier);
    expect(offersOf(state)).toEqual([1, 3, 3, undefined]);
    expect(edit(state, barrier).state).toBe(state);
    expect(said(edit(state, { ...barrier, reason: 'other' }).state, 1)).toEqual({
      barrier: { reason: 'other' },
    });
  });

  it('stop nodes on a dead-end, and warn while it is offered', () => {
    const { state, warnings } = edit(fleetOf(3, { 2: complete }), deadend);
    expect(offersOf(state)).toEqual([2, undefined, undefined]);
    expect(warnings).toEqual([]);
    expect(edit(state, deadend).state).toBe(state);
    const offered = edit(fleetOf(2, { 1: half }), deadend);
    expect(offered.warnings?.join()).toContain('more nodes go into this dead-end');
  });

  it.each<[string, FleetState, Action, string]>([
    [
      'a dead-end a barrier',
      fleetOf(2, { 1: { deadend: { reason: 'x' } } }),
      barrier,
      'is a dead-end already (x)',
    ],
    [
      'a barrier a dead-end',
      fleetOf(2, { 1: { barrier: { reason: 'x' } } }),
      deadend,
      'is a barrier already (x)',
    ],
    ['a paused release a barrier', edit(fleetOf(2, { 1: half }), pausing).state, barrier, '--action resume'],
    [
      'a withdrawn release a barrier',
      edit(fleetOf(2, { 0: complete, 1: half }), {
        kind: 'withdraw',
        version: versionOf(1),
        reason: 'bad',
        force: false,
      }).state,
      barrier,
      '--action rollout --force',
    ],
  ])('refuse to make %s', (_name, state, action, message) => {
    expect(() => edit(state, action)).toThrow(message);
  });
});

describe('withdraw', () => {
  const withdraw = { kind: 'withdraw', version: versionOf(2), reason: 'bad', force: false } as const;

  it('is no longer offered; its nodes are in the graph and get the next release', () => {
    const { state } = edit(running, withdraw);
    expect(offersOf(state, { wariness: 0 })).toEqual([1, undefined, undefined]);
    expect(state.operations.withdrawn).toMatchObject([{ version: versionOf(2), reason: 'bad', at: now }]);
    expect(edit(state, withdraw, now + 9).state).toBe(state);
    const mended = { ...state, releases: fleetOf(4, {}).releases };
    const next = edit(mended, { kind: 'rollout', start: now, duration: 60, force: false }).state;
    expect(offersOf(next, { at: now + 61, wariness: 1 })).toEqual([3, 3, 3, undefined]);
  });

  it('withdraws a paused release', () => {
    const { state } = edit(edit(running, pausing).state, withdraw);
    expect(state.operations.paused).toBeUndefined();
    expect(state.operations.withdrawn?.[0]?.entry?.metadata).toEqual(half);
    expect(() => edit(state, pausing)).toThrow('no rollout is in progress');
  });

  it('refuses to leave nodes without an update path, names them, and does it if forced', () => {
    const tidied = fleetOf(3, { 2: complete });
    expect(() => edit(tidied, withdraw)).toThrow(
      `no update is left for nodes on ${versionOf(0)} (x86_64). Give them another release first (--action rollout --version ${versionOf(1)}`,
    );
    const forced = edit(tidied, { ...withdraw, force: true });
    expect(forced.warnings?.join()).toContain(versionOf(0));
    expect(offersOf(forced.state)).toEqual([undefined, undefined, undefined]);
  });

  it('checks each architecture separately', () => {
    const state = fleetOf(3, { 1: complete, 2: half }, ['x86_64', 'aarch64']);
    const releases = state.releases.releases.map((release, index) =>
      index === 1 ? { ...release, 'oci-images': release['oci-images']?.slice(0, 1) ?? [] } : release,
    );
    const [first] = releases;
    expect(first).toBeDefined();
    const four = { ...state, releases: { ...state.releases, releases } };
    // On aarch64 the newest remaining release is the oldest, so its nodes have nothing to update.
    expect(edit(four, withdraw).state.operations.withdrawn).toHaveLength(1);
  });

  it('refuses to withdraw a barrier', () => {
    const state = fleetOf(3, { 1: complete, 2: { ...half, barrier: { reason: 'keys' } } });
    expect(() => edit(state, withdraw)).toThrow('older nodes go straight to newer releases');
    expect(edit(state, { ...withdraw, force: true }).warnings?.join()).toContain('it was a barrier (keys)');
  });

  it('keeps a release from being rolled out again by mistake', () => {
    const { state } = edit(running, withdraw);
    const again = { kind: 'rollout', start: now, duration: hour, force: false } as const;
    expect(() => edit(state, again)).toThrow('was withdrawn on 2026-07-25T17:20:00Z by Ada');
    expect(edit(state, { ...again, force: true }).state.operations.withdrawn).toBeUndefined();
  });
});

describe('hold', () => {
  const hold = { kind: 'hold', reason: 'freeze', duration: hour } as const;

  it('is in force until its end, and changes nothing the second time', () => {
    const { state } = edit(running, hold);
    expect(holdAt(state.operations, now + hour - 1)).toMatchObject({ reason: 'freeze' });
    expect(holdAt(state.operations, now + hour)).toBeUndefined();
    expect(edit(state, hold, now + 60).state).toBe(state);
    expect(edit(state, hold, now + 2 * hour).state).not.toBe(state);
    expect(edit(state, { kind: 'hold', reason: 'freeze' }).state.operations.hold).not.toHaveProperty('until');
  });

  it('pauses rollouts until it ends, and then resumes them at the same share', () => {
    const { state, summary } = edit(running, hold);
    expect(summary).toBe(`hold the fleet until 2026-07-25T18:20:00Z, pause ${versionOf(2)} at 50 %`);
    expect(offersOf(state)).toEqual([1, undefined, undefined]);
    const text = formatOperations(state.operations) as string;
    expect(parseOperations(text, 'operations.json')).toEqual(state.operations);
    expect(endExpiredPauses(state, now + hour - 1).state).toBe(state);
    expect(said(endExpiredPauses(state, now + hour).state, 2)?.rollout?.start_epoch).toBe(
      now - 43_200 + hour,
    );
    const released = edit(state, { kind: 'release-hold' }, now + 60);
    expect(said(released.state, 2)?.rollout?.start_epoch).toBe(now - 43_200 + 60);
    expect(released.summary).toContain(`resume ${versionOf(2)} at 50 %`);
  });

  it('lets rollouts go on if asked to', () => {
    const { state } = edit(running, { ...hold, keepRollouts: true });
    expect(state.updates).toBe(running.updates);
  });

  it('does not end what an operator paused, before it or meanwhile', () => {
    const before = edit(edit(edit(running, pausing).state, hold).state, { kind: 'release-hold' }).state;
    const meanwhile = edit(edit(edit(running, hold).state, pausing).state, { kind: 'release-hold' }).state;
    for (const state of [before, meanwhile, endExpiredPauses(meanwhile, now + 2 * hour).state]) {
      expect(state.operations.paused).toMatchObject([{ reason: 'boot loop' }]);
    }
  });

  it('is released', () => {
    const { state } = edit(edit(running, hold).state, { kind: 'release-hold' });
    expect(state.operations).toEqual({});
    expect(edit(state, { kind: 'release-hold' }).state).toBe(state);
  });
});

describe('a hold that is set elsewhere', () => {
  const stop = { source: 'label on pull request #7', reason: 'CVE', by: 'a reviewer', at: now };
  const mirror = (state: FleetState, stops: readonly (typeof stop)[], at = now) =>
    applyExternalHolds(state, { ...order, now: at }, stops);

  it('holds the fleet and its rollouts until it is removed', () => {
    const { state } = mirror(running, [stop]);
    expect(holdAt(state.operations, now)).toEqual(stop);
    expect(state.operations.paused).toMatchObject([{ held: true, by: 'a reviewer', reason: 'CVE' }]);
    const text = formatOperations(state.operations) as string;
    expect(parseOperations(text, 'operations.json')).toEqual(state.operations);
    expect(mirror(state, [{ ...stop, at: now + 60 }], now + 60).state).toBe(state);
    const gone = mirror(state, [], now + hour).state;
    expect(gone.operations).toEqual({});
    expect(said(gone, 2)?.rollout?.start_epoch).toBe(now - 43_200 + hour);
  });

  it('and one of an operator last until both are removed', () => {
    const both = mirror(edit(running, { kind: 'hold', reason: 'freeze' }).state, [stop]).state;
    const one = edit(both, { kind: 'release-hold' });
    expect([one.state.operations.paused?.length, one.warnings?.[0]]).toEqual([
      1,
      'the label on pull request #7 still holds it: CVE',
    ]);
    expect(mirror(both, []).state.operations.paused).toHaveLength(1);
    expect(mirror(one.state, []).state.operations).toEqual({});
  });
});
