import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../../src/guidance/graph.ts';
import { type Contents, type Held, keptWith, removable } from '../../../src/operate/prune-images/contents.ts';
import { awaitedDigests, type KnownFleet, neededDigests } from '../../../src/release/needed-images.ts';
import { type Digest, digestOf } from '../../../src/world/registry/reference.ts';

const basearchs = ['x86_64', 'aarch64'] as const;
const repository = 'registry.example/acme/os';

/** A fleet's history: releases that were promoted from a common set of builds, and what operators did to them. */
const said = fc.record(
  {
    rollout: fc.record(
      { start_epoch: fc.nat(100), start_percentage: fc.constantFrom(0, 0.5, 1) },
      { requiredKeys: [] },
    ),
    barrier: fc.constant({ reason: 'keys' }),
    deadend: fc.constant({ reason: 'lost' }),
  },
  { requiredKeys: [] },
);
const stock = Array.from({ length: 9 }, (_, index) => `44.${index}`);
const history = fc.record({
  versions: fc.subarray(stock),
  entries: fc.array(fc.record({ version: fc.constantFrom(...stock), metadata: said }), { maxLength: 6 }),
  paused: fc.subarray(stock, { maxLength: 2 }),
});

function imageOf(version: string, basearch: string): Digest {
  return digestOf(`${version} ${basearch}`);
}

function indexOf(version: string): Digest {
  return digestOf(`${version} index`);
}

type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

function fleetOf({ versions, entries, paused }: History): KnownFleet {
  return {
    releases: {
      releases: versions.map((version) => ({
        version,
        metadata: '',
        'oci-images': basearchs.map((architecture) => ({
          architecture,
          image: `${repository}:stable`,
          'digest-ref': `${repository}@${imageOf(version, architecture)}`,
        })),
        'oci-index': `${repository}@${indexOf(version)}`,
      })),
    },
    updates: { releases: entries },
    operations: {
      paused: paused.map((version) => ({
        version,
        reason: 'wait',
        by: 'Ada',
        at: 0,
        percent: 0,
        entry: { version, metadata: { rollout: {} } },
      })),
    },
  } as unknown as KnownFleet;
}

/** All builds, promoted: indexes, their images, evidence on both, signatures under tags. */
function repositoryOf(): Contents {
  const tags = new Map<string, Digest>();
  const manifests = new Map<Digest, Held>();
  for (const version of stock) {
    const children = basearchs.map((basearch) => imageOf(version, basearch));
    const evidence = digestOf(`${version} evidence`);
    const signature = digestOf(`${version} signature`);
    const ofEvidence = digestOf(`${version} signature of evidence`);
    manifests.set(signature, { children: [], referrers: [] });
    manifests.set(evidence, { children: [], referrers: [ofEvidence] });
    manifests.set(ofEvidence, { children: [], referrers: [] });
    for (const child of children) manifests.set(child, { children: [], referrers: [evidence] });
    manifests.set(indexOf(version), { children, referrers: [] });
    tags.set(version, indexOf(version));
    tags.set(`${indexOf(version).replace(':', '-')}.sig`, signature);
  }
  return { tags, manifests };
}

describe('what retention keeps', () => {
  it('is everything that a node of any fleet can be offered, run, or be rolled back to, and what belongs to it', () => {
    fc.assert(
      fc.property(
        fc.array(history, { minLength: 1, maxLength: 3 }),
        fc.option(fc.integer({ min: 2, max: 4 }), { nil: undefined }),
        (histories, newest) => {
          const contents = repositoryOf();
          const gone = new Set(removable(contents, neededDigests(histories.map(fleetOf), newest)));
          for (const each of histories) {
            const fleet = fleetOf(each);
            for (const basearch of basearchs) {
              const graph = buildGraph(fleet.releases, fleet.updates, { basearch, scheme: 'oci' });
              const resumed = buildGraph(
                fleet.releases,
                {
                  releases: [
                    ...fleet.updates.releases,
                    ...(fleet.operations?.paused ?? []).map(({ entry }) => entry),
                  ],
                },
                { basearch, scheme: 'oci' },
              );
              const targets = [graph, resumed].flatMap(({ nodes, edges }) =>
                edges.map(([, to]) => nodes[to]?.version ?? ''),
              );
              const barriers = each.entries
                .filter(({ metadata }) => metadata.barrier)
                .map(({ version }) => version);
              const rollbacks = each.versions.slice(-2);
              const all = newest === undefined ? each.versions : [];
              for (const version of [
                ...targets,
                ...barriers.filter((one) => each.versions.includes(one)),
                ...rollbacks,
                ...all,
              ]) {
                const belongs = ['index', basearch, 'evidence', 'signature', 'signature of evidence'].map(
                  (part) => digestOf(`${version} ${part}`),
                );
                expect(belongs.filter((digest) => gone.has(digest))).toEqual([]);
              }
            }
          }
        },
      ),
    );
  });

  it('is nothing more: what no fleet knows is deleted, with everything that belongs to it', () => {
    const contents = repositoryOf();
    const fleet = fleetOf({ versions: ['44.1', '44.2'], entries: [], paused: [] });
    const kept = keptWith(contents, neededDigests([fleet]));
    expect(kept.size).toBe(2 * 6);
    expect(removable(contents, kept)).toHaveLength(contents.manifests.size - 12);
  });

  it('is complete at every moment: nothing is deleted before what names it', () => {
    fc.assert(
      fc.property(fc.subarray(stock), fc.subarray([...repositoryOf().manifests.keys()]), (roots, shared) => {
        const { tags, manifests } = repositoryOf();
        // A test registry: an index over other images, and tags on anything.
        const contents = {
          tags: new Map([
            ...shared.map((digest, index): [string, Digest] => [`key-${index}`, digest]),
            ...tags,
          ]),
          manifests: new Map([...manifests, [digestOf('common'), { children: shared, referrers: [] }]]),
        };
        const order = removable(contents, roots.map(indexOf));
        const left = new Map(contents.manifests);
        for (const digest of order) {
          left.delete(digest);
          for (const held of left.values()) {
            expect([...held.children, ...held.referrers].filter((each) => !left.has(each))).toEqual([]);
          }
        }
        expect(new Set(order).size).toBe(order.length);
      }),
    );
  });
});

describe('what the test registry keeps', () => {
  it("is what the next fleet will still get, and each fleet's newest", () => {
    const testing = fleetOf({ versions: ['44.0', '44.1', '44.2', '44.3'], entries: [], paused: [] });
    const stable = fleetOf({ versions: ['44.1'], entries: [], paused: [] });
    const promotions = [{ from: 'testing', to: 'stable' }];
    const kept = awaitedDigests({ testing, stable }, promotions);
    const versions = stock.filter((version) => kept.has(indexOf(version)));
    expect(versions).toEqual(['44.1', '44.2', '44.3']);
    const fresh = awaitedDigests(
      { testing, stable: fleetOf({ versions: [], entries: [], paused: [] }) },
      promotions,
    );
    expect(stock.filter((version) => fresh.has(indexOf(version)))).toEqual(['44.0', '44.1', '44.2', '44.3']);
  });
});
