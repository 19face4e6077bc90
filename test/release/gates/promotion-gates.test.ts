import { describe, expect, it } from 'vitest';
import type { Adoption } from '../../../src/guidance/adoption.ts';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import type { Operations, UrgentRelease } from '../../../src/guidance/operations.ts';
import { type Fleet, parseConfig } from '../../../src/project/configuration/config.ts';
import { chooseRelease } from '../../../src/release/gates/choose-release.ts';
import type { GateVerdict } from '../../../src/release/gates/gate.ts';
import {
  evaluateAllGates,
  evaluateReleaseGates,
  evaluateStateGates,
  type RegistryFacts,
} from '../../../src/release/gates/promotion-gates.ts';
import { freezeGate, holdGate, upstreamGate } from '../../../src/release/gates/target-gates.ts';
import type { FleetState, ReleaseRecord } from '../../../src/release/state/state.ts';
import { digestOf } from '../../../src/world/registry/reference.ts';

const hour = 3600;
/** 2026-07-25T17:20:00Z */
const now = 1_785_000_000;

function target(fields: string, top = ''): Fleet {
  const text = `image: ghcr.io/a/os
base: quay.io/a/fcos:stable
${top}fleets:
  testing: {}
  stable: { promote-from: testing, ${fields} }
`;
  return parseConfig(text, 'coxswain.yaml').fleets.stable as Fleet;
}

interface Made {
  /** Hours after `now` at which its rollout starts; it takes a day. */
  readonly starts: number;
  /** Instead of that rollout; null: no entry. */
  readonly said?: UpdateEntry['metadata'] | null;
  readonly record?: Partial<ReleaseRecord>;
}

/** A fleet with releases v0, v1, … that were created in this order. */
function fleet(made: readonly Made[], operations: Operations = {}): FleetState {
  const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-21T14:00:00Z' } };
  const name = (index: number) => `44.${index}-aa`;
  const start = ({ starts }: Made) => now + starts * hour;
  return {
    releases: { ...head, releases: made.map((_, index) => ({ version: name(index), metadata: '' })) },
    updates: {
      ...head,
      releases: made.flatMap((each, index) => {
        const rollout = { start_epoch: start(each), start_percentage: 0, duration_minutes: 1440 };
        const metadata = each.said === undefined ? { rollout } : each.said;
        return metadata === null ? [] : [{ version: name(index), metadata }];
      }),
    },
    records: Object.fromEntries(
      made.map((each, index) => [
        name(index),
        {
          version: name(index),
          fleet: 'testing',
          commit: '0'.repeat(40),
          buildKey: '0'.repeat(64),
          baseVersion: `44.${index}`,
          created: new Date((now + index) * 1000).toISOString(),
          recordedAt: start(each),
          rolloutStart: start(each),
          rolloutEnd: start(each) + 24 * hour,
          images: [
            { architecture: 'x86_64' as const, image: 'x', digestRef: 'x', evidence: digestOf(name(index)) },
          ],
          ...each.record,
        },
      ]),
    ),
    operations,
  };
}

/** `state until` of each gate that the source fleet's releases have to pass. */
function shown(
  made: Made,
  options: { soak?: string; at?: number; operations?: Operations; after?: Made } = {},
) {
  const { soak = '48h', at = 0, operations, after } = options;
  const state = fleet(after === undefined ? [made] : [made, after], operations);
  const record = state.records['44.0-aa'] as ReleaseRecord;
  const gates = evaluateReleaseGates({
    release: { record, state },
    source: 'testing',
    target: target(`soak: ${soak}`),
    now: now + at * hour,
  });
  return gates.map(({ state: is, until }) => (until === undefined ? is : `${is} +${(until - now) / hour}h`));
}

const complete = { rollout: { start_percentage: 1 } };
const pause = { version: '44.0-aa', reason: 'x', by: 'Ada', at: now, since: now, progress: 0.5 };

describe('the gates of the source fleet: rollout, soak time, evidence', () => {
  it.each<[string, Parameters<typeof shown>, readonly string[]]>([
    ['at the start', [{ starts: 0 }], ['waiting +24h', 'waiting +48h', 'green']],
    ['complete, and soaking', [{ starts: 0 }, { at: 25 }], ['green', 'waiting +48h', 'green']],
    ['a second before', [{ starts: 0 }, { at: 48 - 1 / 3600 }], ['green', 'waiting +48h', 'green']],
    ['soaked', [{ starts: 0 }, { at: 48 }], ['green', 'green', 'green']],
    [
      'after start, said so',
      [{ starts: 0 }, { at: 48, soak: '48h after start' }],
      ['green', 'green', 'green'],
    ],
    [
      'after complete',
      [{ starts: 0 }, { at: 48, soak: '48h after complete' }],
      ['green', 'waiting +72h', 'green'],
    ],
    [
      'after complete, over',
      [{ starts: 0 }, { at: 72, soak: '48h after complete' }],
      ['green', 'green', 'green'],
    ],
    [
      'after complete, tidied',
      [
        { starts: 0, said: complete },
        { at: 71, soak: '48h after complete' },
      ],
      ['green', 'waiting +72h', 'green'],
    ],
    ['not begun', [{ starts: 5 }], ['waiting +29h', 'waiting +53h', 'green']],
    ['shorter soak than rollout', [{ starts: 0 }, { at: 2, soak: '1h' }], ['waiting +24h', 'green', 'green']],
    [
      'a rollout without an end',
      [{ starts: 0, said: { rollout: { start_percentage: 0.2 } } }, { at: 99 }],
      ['red', 'green', 'green'],
    ],
    [
      'tidied away after a newer one',
      [{ starts: -100, said: null }, { after: { starts: -50, said: complete } }],
      ['green', 'green', 'green'],
    ],
    [
      'taken out by hand',
      [{ starts: -100, said: null }, { after: { starts: -1 } }],
      ['red', 'green', 'green'],
    ],
    [
      'taken out before its end',
      [{ starts: 0, said: null }, { after: { starts: -1, said: complete } }],
      ['red', 'waiting +48h', 'green'],
    ],
    [
      'paused',
      [
        { starts: 0, said: null },
        { operations: { paused: [{ ...pause, entry: { version: '44.0-aa', metadata: {} } }] } },
      ],
      ['red', 'waiting +48h', 'green'],
    ],
    ['withdrawn', [{ starts: -99 }, { operations: { withdrawn: [pause] } }], ['red', 'green', 'green']],
    ['a dead-end', [{ starts: -99, said: { deadend: { reason: 'x' } } }], ['red', 'green', 'green']],
    ['a barrier', [{ starts: -99, said: { barrier: { reason: 'x' } } }], ['green', 'green', 'green']],
    [
      'no evidence',
      [{ starts: -99, record: { images: [{ architecture: 'x86_64', image: 'x', digestRef: 'x@sha256:' }] } }],
      ['green', 'green', 'red'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(shown(...given)).toEqual(expected);
  });

  it('an urgent release waits for nothing, and does not pass what is red', () => {
    const gatesOf = (operations: Operations) => {
      const state = fleet([{ starts: 0 }], operations);
      const urgent = { version: '44.0-aa', commit: '0', reason: 'CVE', by: 'Ada', at: now };
      const record = state.records['44.0-aa'] as ReleaseRecord;
      return evaluateReleaseGates({
        release: { record, state, urgent },
        source: 't',
        target: target('soak: 48h'),
        now,
      });
    };
    expect(gatesOf({}).map(({ state, note }) => [state, note])).toEqual([
      ['green', 'skipped as urgent: CVE (by Ada)'],
      ['green', 'skipped as urgent: CVE (by Ada)'],
      ['green', 'every image passed its tests'],
    ]);
    expect(gatesOf({ withdrawn: [pause] })[0]?.state).toBe('red');
  });
});

describe('the gates of the target fleet', () => {
  const freeze =
    'freeze: [{ start: "0 16 * * 5", until: "0 8 * * 1", time-zone: Europe/Berlin, reason: weekend }]';

  it('a freeze of the fleet or of all fleets closes it, and an exception with a reason opens it', () => {
    // now is a saturday
    const open = '2026-07-27T06:00:00Z';
    for (const fleetOf of [target(freeze), target('soak: 1h', `${freeze}\n`)]) {
      expect(freezeGate(fleetOf, undefined, now)).toEqual({
        state: 'waiting',
        until: Date.parse(open) / 1000,
        note: `weekend: until ${open}`,
      });
      expect(freezeGate(fleetOf, undefined, Date.parse(open) / 1000)).toMatchObject({ state: 'green' });
      expect(freezeGate(fleetOf, { reason: '', by: 'a label' }, now)).toMatchObject({
        state: 'waiting',
        note: expect.stringContaining('needs a reason: freeze-exception: WHY'),
      });
      expect(freezeGate(fleetOf, { reason: 'CVE', by: 'a label' }, now)).toMatchObject({
        state: 'green',
        note: `weekend: until ${open}; excepted: CVE (by a label)`,
      });
    }
    expect(freezeGate(target('soak: 1h'), undefined, now)).toBeUndefined();
  });

  it('a hold closes it until the hold ends, and a hold without an end needs a person', () => {
    const hold = { reason: 'boot loop', by: 'Ada', at: now };
    expect(holdGate({ hold }, now)).toMatchObject({ state: 'red' });
    const until = now + hour;
    expect(holdGate({ hold: { ...hold, until } }, now)).toMatchObject({ state: 'waiting', until });
    expect(holdGate({ hold: { ...hold, until } }, until)).toBeUndefined();
    expect(holdGate({ stops: [{ ...hold, source: 'file x' }] }, now)).toMatchObject({
      state: 'red',
      note: 'the fleet is held: boot loop (by Ada on 2026-07-25T17:20:00Z)',
    });
  });

  it.each<[string, UpdateEntry['metadata'] | undefined, GateVerdict['state']]>([
    ['rolls it out', { rollout: { start_percentage: 0.3 } }, 'green'],
    ['has paused it', undefined, 'red'],
    ['made it a dead-end', { deadend: { reason: 'x' } }, 'red'],
  ])('upstream %s', (_name, metadata, state) => {
    const updates = metadata === undefined ? [] : [{ version: '44.1', metadata }];
    expect(upstreamGate({ order: ['44.0', '44.1'], updates }, '44.1', now)).toMatchObject({ state });
    expect(upstreamGate(undefined, '44.1', now)).toBeUndefined();
    expect(upstreamGate(new Error('no answer'), '44.1', now)).toMatchObject({ state: 'red' });
  });
});

describe('which release is proposed', () => {
  const choose = (
    source: readonly Made[],
    at: number,
    options: { has?: number; soak?: string; operations?: Operations; urgent?: string } = {},
  ) => {
    const { has = 1, soak = '48h', operations, urgent } = options;
    const said = { reason: 'CVE', by: 'Ada', at: now };
    const to = fleet(
      source.slice(0, has),
      urgent === undefined ? {} : { urgent: [{ ...said, version: urgent, commit: '0' }] },
    );
    return chooseRelease(fleet(source, operations), to, {
      target: target(`soak: ${soak}`),
      now: now + at * hour,
    })?.version;
  };
  /** A release every 12 hours; each soaks for 48. */
  const often = [0, 12, 24, 36, 48, 60].map((starts) => ({ starts }));
  const barrier = (starts: number) => ({ starts, said: { ...complete, barrier: { reason: 'keys' } } });

  it.each<[string, string | undefined, string]>([
    ['the one that will be ready first', choose(often, 20), '44.1-aa'],
    ['that one as soon as it has earned it', choose(often, 60), '44.1-aa'],
    ['the newest that has earned it', choose(often, 85), '44.3-aa'],
    [
      'the newest where only people can help',
      choose(
        [
          { starts: -99 },
          { starts: -99, said: null },
          { starts: 0, said: { rollout: { start_percentage: 0.1 } } },
        ],
        0,
      ),
      '44.2-aa',
    ],
    [
      'not one that was withdrawn',
      choose(often, 99, {
        operations: { withdrawn: [{ version: '44.4-aa', reason: 'x', by: 'x', at: now }] },
      }),
      '44.3-aa',
    ],
    [
      'a barrier before what is newer',
      choose([{ starts: -99 }, barrier(-80), { starts: -70 }], 0),
      '44.1-aa',
    ],
    [
      'a barrier that has still to soak, too',
      choose([{ starts: -99 }, barrier(0), { starts: -70 }], 0),
      '44.1-aa',
    ],
    [
      'what has earned it before that barrier',
      choose([{ starts: -99 }, { starts: -90 }, barrier(0), { starts: -70 }], 0),
      '44.1-aa',
    ],
    [
      'no barrier to a fleet without nodes',
      choose([barrier(-99), { starts: -80 }], 0, { has: 0 }),
      '44.1-aa',
    ],
    ['an urgent one at once', choose(often, 61, { urgent: '44.5-aa' }), '44.5-aa'],
    [
      'the barrier on the way to an urgent one',
      choose([{ starts: -99 }, barrier(0), { starts: 0 }], 1, { urgent: '44.2-aa' }),
      '44.1-aa',
    ],
    ['the newest that the target has, to say so', choose([{ starts: -99 }], 0), '44.0-aa'],
  ])('%s', (_name, chosen, expected) => {
    expect(chosen).toBe(expected);
  });
});

describe('the one list of gates', () => {
  it('gives status the gates of open-promotion that need neither the merge nor the registry', () => {
    const from = fleet([{ starts: 0 }, { starts: 12 }]);
    const facts: RegistryFacts = {
      source: 'testing',
      target: target('soak: 48h, freeze: [{ start: "0 16 * * 5", until: "0 8 * * 1", reason: weekend }]'),
      release: { record: from.records['44.1-aa'] as ReleaseRecord, state: from },
      to: fleet([{ starts: 0 }], { hold: { reason: 'boot loop', by: 'Ada', at: now } }),
      freezeException: undefined,
      guidance: { order: ['44.0', '44.1'], updates: [] },
      forecast: { result: 'conflict', paths: ['Containerfile'] },
      outdatedBranch: 'coxswain/promote/testing/stable',
      template: { path: 'rollouts/stable.json.hbs', problem: 'it does not render' },
      mergedImage: { tested: false, note: 'not built yet' },
      now,
    };
    const all = evaluateAllGates(facts);
    expect(all.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'hold of stable: red',
      'freeze: waiting',
      'rollout in testing: waiting',
      'soak time: waiting',
      'evidence: green',
      'base upstream: red',
      'newer than stable: green',
      'merge: red',
      'image: red',
      'template: red',
      'branch: red',
    ]);
    expect(evaluateStateGates(facts)).toEqual(all.slice(0, 7));
    expect(evaluateReleaseGates(facts)).toEqual(all.slice(2, 5));
  });
});

describe('the gate of adoption', () => {
  const day = 24 * hour;
  const versions = ['44.0-aa', '44.1-aa'] as const;

  function counted(newer: number, older: number, changes: Partial<Adoption> = {}): Adoption {
    return {
      fleet: 'testing',
      observedAt: now - hour,
      window: { from: now - hour - 14 * day, until: now - hour },
      lastRequest: now - hour - 1,
      method: 'exact',
      standardError: 0,
      nodes: newer + older,
      requests: { counted: 0, perNodeAndDay: 288, withoutNode: 0 },
      releases: [
        { version: versions[0], nodes: older, lastSeen: [older] },
        { version: versions[1], nodes: newer, lastSeen: [newer] },
      ],
      rings: [],
      days: [],
      curves: { start: now - 14 * day, step: hour, releases: {} },
      stuck: [],
      cameBack: [],
      missing: [],
      ...changes,
    };
  }

  function gate(
    required: string,
    adoption: Adoption | undefined,
    urgent?: UrgentRelease,
  ): string | undefined {
    const state = fleet([{ starts: -72 }, { starts: -48 }]);
    const record = state.records[versions[1]] as ReleaseRecord;
    const gates = evaluateReleaseGates({
      source: 'testing',
      target: target(required),
      release: { record, urgent, state: adoption === undefined ? state : { ...state, adoption } },
      now,
    });
    const found = gates.find(({ name }) => name === 'adoption in testing');
    return found === undefined ? undefined : `${found.state}: ${found.note}`;
  }

  it('is open if enough nodes of the source run the release or a newer one', () => {
    expect(gate('adoption: 90 %', counted(90, 10))).toBe(
      'green: 90 % of 100 nodes run it or a newer release, 90 % needed; counted on 2026-07-25T16:20:00Z',
    );
    expect(gate('adoption: 90 %', counted(899, 101))).toMatch(/^waiting: 89\.9 % of 1000 nodes/);
    expect(gate('adoption: 90%', counted(90, 10, { method: 'sample' }))).toMatch(/^green: about 90 %/);
  });

  it('is closed while nobody knows, and says which command counts', () => {
    expect(gate('adoption: 90 %', undefined)).toBe(
      'waiting: not known, because nobody counted the nodes of testing: coxswain observe --log LOG --fleet testing --window 14d --record',
    );
    expect(gate('adoption: 90 %', counted(90, 10, { lastRequest: now - 8 * day }))).toMatch(
      /^waiting: not known, because the newest request .* is older than 7 d: coxswain observe/,
    );
    expect(gate('adoption: 90 % in 20d', counted(90, 10))).toMatch(/fewer than 20 d .* --window 20d/);
    expect(gate('adoption: 90 %', counted(0, 0))).toMatch(/no node was seen in 7 d/);
  });

  it('does not hold an urgent release, and does not apply without a required share', () => {
    const urgent = { version: versions[1], commit: '0'.repeat(40), reason: 'CVE', by: 'Ada', at: now };
    expect(gate('adoption: 90 %', undefined, urgent)).toBe('green: skipped as urgent: CVE (by Ada)');
    expect(gate('soak: 1h', counted(90, 10))).toBeUndefined();
  });

  it('refuses a share that no fleet can have', () => {
    for (const wrong of ['0 %', '101 %', '90 % in 32d', '90 % in 0d'])
      expect(() => target(`adoption: ${wrong}`)).toThrow(/fleets.stable.adoption: .*expected more than 0 %/);
    expect(() => target('adoption: most')).toThrow(/fleets.stable.adoption/);
  });
});
