import type { Adoption } from '../../src/guidance/adoption.ts';
import type { UpdateEntry } from '../../src/guidance/metadata.ts';
import { readRings } from '../../src/project/configuration/rings.ts';
import type { SiteFleet, SiteInput } from '../../src/release/published/input.ts';
import { makeRelease, start, versionOf } from '../guidance/histories.ts';
import { fleetOf } from '../release/published/fleets.ts';

const hour = 3600;
const commit = '3f9a1c02'.repeat(5);

/** Two fleets in trouble: every kind of problem, promotion and event. */
export function smallSite(): SiteInput {
  const now = start + 10 * hour;
  const said = { by: 'Ada Lovelace <ada@example.invalid>', at: start + 2 * hour };
  const testing = fleetOf('testing', 6, [
    { version: versionOf(0), metadata: { deadend: { reason: 'https://example.invalid/dead' } } },
    {
      version: versionOf(1),
      metadata: { barrier: { reason: 'new keys, see https://example.invalid/keys.' } },
    },
    { version: versionOf(4), metadata: { rollout: { start_percentage: 1 } } },
    { version: versionOf(5), metadata: { rollout: { start_epoch: start, duration_minutes: 2880 } } },
  ]);
  const stable = fleetOf('stable', 4, [
    { version: versionOf(2), metadata: { rollout: { start_percentage: 1 } } },
  ]);
  const records = Object.fromEntries(
    testing.state.releases.releases.map(({ version, ...release }, index) => [
      version,
      {
        recordedAt: start - (5 - index) * 24 * hour,
        commit,
        baseVersion: '44.20260707.3.1',
        images: (release['oci-images'] ?? []).map((image) => ({
          digestRef: image['digest-ref'],
          evidence: `sha256:${'ab'.repeat(32)}`,
        })),
      },
    ]),
  );
  return {
    fleets: [
      {
        ...testing,
        state: { ...testing.state, records, adoption: adoptionOf(now) },
        stamp: { published: now, nextChange: start + 24 * hour },
        facts: {
          upstream: {
            version: '44.20260707.3.1',
            verdict: 'offered',
            rollout: { start_epoch: start - 48 * hour, duration_minutes: 2880 },
            progress: 1,
          },
        },
      },
      {
        ...stable,
        state: {
          ...stable.state,
          operations: {
            paused: [
              {
                ...said,
                version: versionOf(3),
                reason:
                  'halted: rate of failed boots above 2 % for 10 min, https://prometheus.example.invalid/graph?g0.expr=x',
                entry: {
                  version: versionOf(3),
                  metadata: { rollout: { start_epoch: start - 24 * hour, duration_minutes: 2880 } },
                },
                since: start + 2 * hour,
                progress: 0.54,
              },
            ],
            hold: { ...said, reason: 'the data centre moves', until: start + 96 * hour },
          },
        },
        stamp: { published: now - hour, nextChange: start + 96 * hour },
        facts: {
          promotion: {
            from: 'testing',
            version: versionOf(5),
            pullRequest: 42,
            gates: [
              { name: 'hold of testing', state: 'green', note: 'not held' },
              {
                name: 'hold of stable',
                state: 'red',
                note: 'held: the data centre moves',
                until: start + 96 * hour,
              },
              {
                name: 'soak time',
                state: 'waiting',
                note: '2 d from the start of the rollout',
                until: start + 48 * hour,
              },
              { name: 'evidence', state: 'green', note: 'for every image' },
              { name: 'base upstream', state: 'unknown', note: 'the guidance of the base cannot be read' },
            ],
          },
          freeze: { reason: 'holidays', until: start + 200 * hour },
          deadlines: [{ what: 'The key keys/stable.pub no longer signs', at: start + 100 * hour }],
        },
      },
    ],
    architectures: ['x86_64', 'aarch64'],
    rings: readRings({ canary: 0, early: 0.1, broad: 0.5, late: 1 }),
    stream: 'stable',
    now,
    url: 'https://example.invalid/os/',
    repository: 'https://github.com/acme/os',
    events: Array.from({ length: 12 }, (_, index) => ({
      commit: index.toString(16).padStart(40, '5'),
      time: now - index * 7 * hour,
      ...(index % 5 === 4 ? {} : { fleet: index % 2 === 0 ? 'testing' : 'stable' }),
      summary:
        ['pause 44.20260104.3.0 at 54 %', `release ${versionOf(5)}`, 'hold the fleet'][index % 3] ?? '',
      ...(index % 3 === 0 ? { reason: 'see https://example.invalid/issue/7' } : {}),
      by: 'Ada Lovelace <ada@example.invalid>',
    })),
  };
}

/** Rollouts that open ring by ring: one waits for a ring, one goes by time again, one is halted. */
export function stagedSite(): SiteInput {
  const now = start + 70 * hour;
  const rings = readRings({ canary: 0.01, early: 0.1, broad: 0.5, late: 1 });
  const gates = [
    { ring: 'canary', wariness: 0.01 },
    { ring: 'early', wariness: 0.1 },
  ];
  const ringLimits = { gates, steps: [0.01, 0.1, 0.5, 1], after: 6 * hour };
  const passed = (ring: string, at: number) => ({ ring, reason: 'it did well', by: 'coxswain', at });
  const [two, three] = [versionOf(2), versionOf(3)];
  const plan = { start_epoch: start, start_percentage: 0, duration_minutes: 6000 };
  const complete = { version: two, metadata: { rollout: { start_percentage: 1 } } };
  const canary = passed('canary', start + 30 * hour);
  const moved = { ...plan, start_epoch: start + 29 * hour };
  const atEarly = { version: three, rollout: moved, passed: [canary], at: start + 39 * hour };
  const early = { start_epoch: start + hour, start_percentage: 0.1 };
  const waits = fleetOf('waits', 4, [complete, { version: three, metadata: { rollout: early } }]);
  const last = { ...plan, start_epoch: start + 50 * hour };
  const byTime = fleetOf('by-time', 4, [complete, { version: three, metadata: { rollout: last } }]);
  const halted = fleetOf('halted', 4, [complete]);
  const bothPassed = [canary, passed('early', start + 60 * hour)];
  const note = `the rings after early wait for it: early: 82 % of 11 nodes run it or a newer release, 90 % needed`;
  return {
    fleets: [
      {
        ...waits,
        state: { ...waits.state, operations: { staged: [atEarly] } },
        facts: { ringLimits, rings: [{ version: three, ring: 'early', note }] },
      },
      {
        ...byTime,
        state: {
          ...byTime.state,
          operations: {
            staged: [{ version: three, rollout: last, passed: bothPassed, at: start + 60 * hour }],
          },
        },
        facts: { ringLimits },
      },
      {
        ...halted,
        state: {
          ...halted.state,
          operations: {
            staged: [atEarly],
            paused: [
              {
                version: three,
                entry: { version: three, metadata: { rollout: early } },
                since: start + 44 * hour,
                progress: 0.1,
                reason: 'halted: disks fill up',
                by: 'coxswain',
                at: start + 44 * hour,
              },
            ],
          },
        },
        facts: { ringLimits },
      },
    ],
    architectures: ['x86_64'],
    rings,
    stream: 'stable',
    now,
    url: 'https://example.invalid/os/',
  };
}

/** Three fleets with 200 releases for 4 architectures and 100 rings, 20 barriers each. */
export function largeSite(): SiteInput {
  const architectures = ['x86_64', 'aarch64', 's390x', 'ppc64le'];
  const updates: UpdateEntry[] = [
    ...Array.from({ length: 20 }, (_, index) => ({
      version: longVersionOf(index * 9 + 5),
      metadata: { barrier: { reason: 'https://os.example.invalid/why' } },
    })),
    { version: longVersionOf(198), metadata: { rollout: { start_percentage: 1 } } },
    { version: longVersionOf(199), metadata: { rollout: { start_epoch: start, duration_minutes: 2880 } } },
  ];
  const fleets = ['next', 'testing', 'stable'].map((name): SiteFleet => {
    const { state } = fleetOf(name, 0, updates);
    const releases = Array.from({ length: 200 }, (_, index) => ({
      ...makeRelease(index, architectures),
      version: longVersionOf(index),
    }));
    const stamp = { published: start + 40_000, nextChange: start + 90_000 };
    return { name, state: { ...state, releases: { ...state.releases, releases } }, stamp };
  });
  const rings = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`ring-${index}`, index / 99]));
  return {
    fleets,
    architectures,
    rings: readRings(rings),
    stream: 'stable',
    now: start + 40_000,
    url: 'https://os.example.invalid/',
    repository: 'https://github.com/acme/os',
    events: Array.from({ length: 200 }, (_, index) => ({
      commit: index.toString(16).padStart(40, '7'),
      time: start - index * hour,
      fleet: 'stable',
      summary: `release ${longVersionOf(index)}`,
      by: 'coxswain',
    })),
  };
}

/** A thousand nodes, some of them stuck. The newest release is behind its plan. */
function adoptionOf(now: number): Adoption {
  const [five, four, zero] = [versionOf(5), versionOf(4), versionOf(0)];
  return {
    fleet: 'testing',
    observedAt: now - 900,
    window: { from: now - 2 * 24 * hour, until: now - 900 },
    lastRequest: now - 900,
    method: 'exact',
    standardError: 0,
    nodes: 1000,
    requests: { counted: 480_000, perNodeAndDay: 240, withoutNode: 0 },
    releases: [
      { version: zero, nodes: 12, lastSeen: [12, 0] },
      { version: four, nodes: 838, lastSeen: [830, 8] },
      { version: five, nodes: 150, lastSeen: [150, 0] },
    ],
    rings: [],
    days: [],
    curves: {
      start: start - 2 * hour,
      step: hour,
      releases: { [five]: [0, 0, 0, 10, 30, 50, 70, 92, 110, 128, 140, 150] },
    },
    stuck: [{ kind: 'dead-end', version: zero, nodes: 12, reason: 'https://example.invalid/dead' }],
    cameBack: [],
    missing: [{ path: '/os/testing/x86_64/earlier/v1/graph', nodes: 2, requests: 400 }],
  };
}

/** It has the length of a real one. */
function longVersionOf(index: number): string {
  return `${versionOf(index)}-${index.toString(16).padStart(8, '0')}`;
}
