import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAdoption, parseAdoption } from '../../../src/guidance/adoption.ts';
import { adoptionCurve } from '../../../src/guidance/adoption-share.ts';
import {
  adoptionOf,
  combined,
  countedFleet,
  day,
  logOf,
  now,
  observeText,
  targetOf,
  versions,
} from './logs.ts';

const [first, second, third] = versions;

interface Poll {
  readonly node: number;
  /** Seconds before now. */
  readonly ago: number;
  readonly release: number;
  readonly ring: number;
}

const folders = ['', '/canary', '/late', '/slice-2'];
const ringNames = ['no ring', 'canary', 'late', 'slices'];

const polls = fc.array(
  fc.record({
    node: fc.nat(12),
    ago: fc.integer({ min: 1, max: 16 * day }),
    release: fc.nat(2),
    ring: fc.nat(3),
  }),
  { minLength: 1, maxLength: 80 },
);

function lineOf({ node, ago, release, ring }: Poll): string {
  const path = `/stable/x86_64${folders[ring]}/v1/graph`;
  return combined(now - ago, targetOf(node, versions[release] as string, { path }));
}

/** The last poll of each node in the window; of two in one second, the one with the newer release, then the later ring. */
function lastPolls(list: readonly Poll[]): Poll[] {
  const rank = ({ ago, release, ring }: Poll) => [-ago, release, [1, 2, 0, 3].indexOf(ring)];
  const last = new Map<number, Poll>();
  for (const poll of list) {
    if (poll.ago > 14 * day) continue;
    const known = last.get(poll.node);
    const [one, other] = [rank(poll), known === undefined ? [] : rank(known)];
    const at = one.findIndex((value, index) => value !== other[index]);
    if (known === undefined || (at >= 0 && (one[at] as number) > (other[at] as number)))
      last.set(poll.node, poll);
  }
  return [...last.values()];
}

function countBy<T>(list: readonly T[], key: (each: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of list) counts[key(each)] = (counts[key(each)] ?? 0) + 1;
  return counts;
}

describe('counting', () => {
  it('finds what a naive count in sets finds', async () => {
    await fc.assert(
      fc.asyncProperty(polls, async (list) => {
        const seen = await adoptionOf(list.map(lineOf).join(''));
        const last = lastPolls(list);
        const inWindow = list.filter(({ ago }) => ago <= 14 * day);
        expect(seen.nodes).toBe(last.length);
        expect(Object.fromEntries(seen.releases.map(({ version, nodes }) => [version, nodes]))).toEqual(
          countBy(last, ({ release }) => versions[release] as string),
        );
        expect(Object.fromEntries(seen.rings.map(({ ring, nodes }) => [ring, nodes]))).toEqual(
          countBy(last, ({ ring }) => ringNames[ring] as string),
        );
        const days = (poll: Poll) => new Date((now - poll.ago) * 1000).toISOString().slice(0, 10);
        expect(Object.fromEntries(seen.days.map(({ day: each, nodes }) => [each, nodes]))).toEqual(
          countBy([...new Set(inWindow.map((poll) => `${days(poll)} ${poll.node}`))], (each) =>
            each.slice(0, 10),
          ),
        );
        expect(seen.requests.counted).toBe(new Set(inWindow.map(({ node, ago }) => `${node} ${ago}`)).size);
        const top = new Map<number, number>();
        for (const { node, release } of inWindow) top.set(node, Math.max(top.get(node) ?? 0, release));
        const back = last.filter(({ node, release }) => release < (top.get(node) ?? 0));
        expect(seen.cameBack.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(back.length);
        const curve = seen.curves.releases[second]?.at(-1) ?? 0;
        expect(curve).toBe(
          new Set(inWindow.filter(({ release }) => release >= 1).map(({ node }) => node)).size,
        );
        expect(parseAdoption(formatAdoption(seen), 'x')).toEqual(seen);
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order of lines and logs, nor on overlaps', async () => {
    await fc.assert(
      fc.asyncProperty(polls, fc.nat(), async (list, by) => {
        const lines = list.map(lineOf);
        const cut = by % lines.length;
        const once = await adoptionOf(lines.join(''));
        const again = await adoptionOf([
          logOf(lines.slice(cut).reverse().join('')),
          logOf(lines.join('')),
          logOf(lines.slice(0, cut + 1).join('')),
        ]);
        expect(again).toEqual(once);
      }),
      { numRuns: 40 },
    );
  });

  it('samples above its limit, says so, and is right within four standard errors', async () => {
    const nodes = 6000;
    const lines = Array.from({ length: nodes }, (_, node) =>
      combined(now - 60, targetOf(node, node % 4 === 0 ? second : third)),
    );
    const seen = await adoptionOf(lines.join(''), { limit: 1000 });
    expect(seen.method).toBe('sample');
    expect(Math.abs(seen.nodes - nodes) / nodes).toBeLessThan(4 * seen.standardError);
    const share = (seen.releases.find(({ version }) => version === second)?.nodes ?? 0) / seen.nodes;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.1);
    expect(await adoptionOf(lines.toReversed().join(''), { limit: 1000 })).toEqual(seen);
    expect((await adoptionOf(lines.join(''), { limit: nodes })).method).toBe('exact');
  });

  it('leaves out requests before the window and in the future, and says how many', async () => {
    const at = (time: number) => combined(time, targetOf(1, third));
    const { fleets, leftOut } = await observeText(at(now - 15 * day) + at(now + 301) + at(now + 299));
    expect(leftOut).toEqual({ early: 1, future: 1, otherFleets: 0 });
    expect(fleets[0]).toMatchObject({ nodes: 1, lastRequest: now - 1 });
  });

  it('counts requests without a node apart, and not as nodes', async () => {
    const seen = await adoptionOf(
      combined(now - 5, targetOf(undefined, third)) + combined(now - 5, '/stable/x86_64/v1/graph'),
    );
    expect(seen).toMatchObject({ nodes: 0, requests: { withoutNode: 2, counted: 0, perNodeAndDay: 0 } });
  });

  it('shows when nodes came to a release, beside the plan', async () => {
    const arrive = [10, 8, 6, 4, 2].map((days, node) => combined(now - days * day, targetOf(node, third)));
    const before = [0, 1, 2, 3, 4].map((node) => combined(now - 12 * day, targetOf(node, second)));
    const seen = await adoptionOf([...arrive, ...before].join(''));
    const rollout = { start_epoch: now - 10 * day, duration_minutes: 10 * 1440 };
    const curve = adoptionCurve(seen, third, rollout);
    expect(curve.at(-1)).toEqual({ at: now, planned: 1, observed: 1 });
    const middle = curve.findLast(({ at }) => at <= now - 5 * day);
    expect(middle).toMatchObject({ planned: 0, observed: 0.6 });
    expect(seen.cameBack).toEqual([]);
  });
});

describe('nodes that do not move on', () => {
  const barrier = { version: second, metadata: { barrier: { reason: 'new bootloader' } } };
  const done = { version: third, metadata: { rollout: { start_percentage: 1 } } };
  const poll = (node: number, ago: number, version: string) => combined(now - ago, targetOf(node, version));

  it('wait at a barrier, or do not take what they are offered, for more than a day', async () => {
    const fleets = [countedFleet([barrier, done])];
    const text =
      poll(1, 3 * day, first) +
      poll(1, 60, first) +
      poll(2, 3600, first) +
      poll(3, 2 * day, second) +
      poll(3, 60, second);
    expect((await adoptionOf(text, { fleets })).stuck).toEqual([
      { kind: 'barrier', version: first, behind: second, reason: 'new bootloader', nodes: 1 },
      { kind: 'offered', version: second, behind: third, nodes: 1 },
    ]);
  });

  it('run a dead-end, or wait for a paused rollout', async () => {
    const said = { reason: 'boot loop', by: 'Ada', at: now - day };
    const paused = { version: third, entry: done, since: now - day, progress: 0.1, ...said };
    const deadend = { version: first, metadata: { deadend: { reason: 'no space in /boot' } } };
    const fleets = [countedFleet([deadend], { paused: [paused] })];
    expect(
      (await adoptionOf(poll(1, 60, first) + poll(2, 60, second) + poll(3, 60, third), { fleets })).stuck,
    ).toEqual([
      { kind: 'dead-end', version: first, reason: 'no space in /boot', nodes: 1 },
      { kind: 'paused', version: second, behind: third, reason: 'boot loop', nodes: 1 },
    ]);
  });

  it('run an image that is not in the graph, also if it has the version of a release', async () => {
    const own = targetOf(2, third, { payload: `registry.example.com/acme/os-test@sha256:${'9'.repeat(64)}` });
    const evil = targetOf(1, '%1b%5b31m%0a| x | <b>', { payload: 'x' });
    const { stuck, releases } = await adoptionOf(combined(now - 9, evil) + combined(now - 9, own));
    expect(releases).toMatchObject([{ version: 'other', nodes: 2 }]);
    expect(stuck.map(({ kind }) => kind)).toEqual(['not in the graph', 'not in the graph']);
    expect(stuck.map(({ version }) => version).sort()).toEqual([
      expect.stringMatching(/^44\.3-cc \(another image: registry\.example\.com\/acme\/os-test@sha256:9+…$/),
      '\ufffd[31m\ufffd| x | <b>',
    ]);
  });

  it('ask for graphs that do not exist, and which that are is said with the likely fleet', async () => {
    const ask = (node: number, path: string, status = 404) =>
      combined(now - 9, targetOf(node, third, { path }), status);
    const text =
      ask(1, '/stabel/x86_64/v1/graph') +
      ask(1, '/stabel/x86_64/v1/graph') +
      ask(2, '/stable/x86_64/canry/v1/graph') +
      ask(3, '/stable/x86_64/late/v1/graph', 403) +
      ask(4, '/testing/x86_64/v1/graph', 200);
    const { fleets, leftOut } = await observeText(text, { otherFleets: ['testing'] });
    expect(leftOut.otherFleets).toBe(1);
    expect(fleets[0]).toMatchObject({ nodes: 1, rings: [{ ring: 'late', nodes: 1 }] });
    expect(fleets[0]?.missing).toEqual([
      { path: '/stabel/x86_64/v1/graph', nodes: 1, requests: 2 },
      { path: '/stable/x86_64/canry/v1/graph', nodes: 1, requests: 1 },
      { path: '/stable/x86_64/late/v1/graph', nodes: 1, requests: 1 },
    ]);
  });

  it('stay few in what is kept, whatever comes from outside', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) =>
      index % 2 === 0
        ? combined(now - 9, targetOf(index, `made-up-${index}`, { payload: `x${index}` }))
        : combined(now - 9, targetOf(index, third, { path: `/stable/x86_64/r${index}/v1/graph` }), 404),
    );
    const seen = await adoptionOf(lines.join(''));
    expect(seen.stuck.length).toBeLessThanOrEqual(50);
    expect(seen.missing.length).toBe(50);
    expect(formatAdoption(seen).length).toBeLessThan(40_000);
  });
});
