import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offers } from '../../src/guidance/choose.ts';
import { buildGraph } from '../../src/guidance/graph.ts';
import {
  addUpdate,
  emptyUpdateMetadata,
  formatUpdateMetadata,
  parseGraphUpdates,
  parseUpdateMetadata,
  tidy,
  type UpdateEntry,
  type UpdateMetadata,
} from '../../src/guidance/metadata.ts';
import { throttleGraph } from '../../src/guidance/throttle.ts';
import { histories, makeRelease, moments, start, versionOf, warinesses } from './histories.ts';

// The format that rollout.py gives Fedora's files.
const fedoraText = `{
  "stream": "stable",
  "metadata": {
    "last-modified": "2026-07-21T14:07:12Z"
  },
  "releases": [
    {
      "version": "43.20260217.3.1",
      "metadata": {
        "barrier": {
          "reason": "https://example.invalid/\\"start_percentage\\": 1"
        }
      }
    },
    {
      "version": "44.20260621.3.1",
      "metadata": {
        "rollout": {
          "start_percentage": 1.0
        }
      }
    },
    {
      "version": "44.20260707.3.1",
      "metadata": {
        "rollout": {
          "duration_minutes": 2880,
          "start_epoch": 1784728800,
          "start_percentage": 0.0
        }
      }
    }
  ]
}
`;

describe('parseUpdateMetadata', () => {
  it("gives Fedora's own files back byte for byte", () => {
    expect(formatUpdateMetadata(parseUpdateMetadata(fedoraText, 'stable.json'))).toBe(fedoraText);
  });

  it('keeps unknown fields, in their places', () => {
    const odd = fedoraText
      .replace('"start_percentage": 1.0', '"x-who": null,\n          "start_percentage": 1.0')
      .replace('"stream"', '"x": {\n    "y": [\n      1\n    ]\n  },\n  "stream"');
    expect(formatUpdateMetadata(parseUpdateMetadata(odd, 'stable.json'))).toBe(odd);
  });

  it('treats null as absent where serde does', () => {
    const nulls = fedoraText.replace(
      '"start_percentage": 1.0',
      '"start_percentage": 1.0, "start_epoch": null',
    );
    expect(parseUpdateMetadata(nulls, 'x').releases[1]?.metadata.rollout).toEqual({ start_percentage: 1 });
  });

  it.each([
    ['a percentage above 1', '1.0', '5', 'releases[1].metadata.rollout.start_percentage', 'Despite its name'],
    ['a percentage below 0', '1.0', '-0.1', 'start_percentage', 'out of range'],
    ['a percentage as text', '1.0', '"1"', 'start_percentage', 'a fraction from 0 to 1'],
    [
      'an epoch in milliseconds',
      '1784728800',
      '1784728800000',
      'start_epoch',
      'milliseconds, found 1784728800000',
    ],
    ['an epoch with a fraction', '1784728800', '1784728800.5', 'start_epoch', 'a whole number'],
    ['a negative duration', '2880', '-1', 'duration_minutes', '0 or more'],
    ['a barrier without a reason', '"reason"', '"reasons"', 'releases[0].metadata.barrier.reason', 'missing'],
    ['a barrier that is a text', /\{\n\s+"reason[^}]+\}/, '"x"', 'releases[0].metadata.barrier', 'an object'],
    [
      'an entry without metadata',
      '"metadata": {\n        "barrier"',
      '"meta": {"barrier"',
      'releases[0].metadata',
      'missing',
    ],
    ['a percentage that is not a number', '1.0', 'NaN', 'a JSON value', 'stable.json:19:31: not valid JSON'],
  ])('refuses %s', (_, from, to, field, problem) => {
    const broken = fedoraText.replace(from, to);
    expect(broken).not.toBe(fedoraText);
    expect(() => parseUpdateMetadata(broken, 'stable.json')).toThrow(problem);
    expect(() => parseUpdateMetadata(broken, 'stable.json')).toThrow(field);
    expect(() => parseGraphUpdates(broken, 'stable.json')).toThrow(problem);
  });

  it('says what milliseconds would be', () => {
    expect(() =>
      parseUpdateMetadata(fedoraText.replace('1784728800', '1784728800000'), 'stable.json'),
    ).toThrow(
      'stable.json:28:26: releases[2].metadata.rollout.start_epoch: this looks like milliseconds, ' +
        'found 1784728800000, expected UNIX seconds. Divide by 1000: 1784728800',
    );
  });

  it('reads only the releases for a graph', () => {
    expect(parseGraphUpdates('{"releases": []}', 'x').releases).toEqual([]);
    expect(() => parseUpdateMetadata('{"releases": []}', 'x')).toThrow('stream: missing');
  });
});

// The three cases that rollout.py tests itself with, rebuilt from its rules with versions of our own.
describe('addUpdate', () => {
  const hours = (count: number) => count * 60;
  const added: UpdateEntry = {
    version: versionOf(9),
    metadata: { rollout: { duration_minutes: hours(24), start_epoch: start, start_percentage: 0 } },
  };

  it('cleans up a long file: of completed rollouts only the last stays; barriers and dead-ends stay', () => {
    const over = { duration_minutes: hours(48), start_epoch: start - hours(60) * 60, start_percentage: 0 };
    const grown = metadataOf([
      { version: versionOf(0), metadata: { deadend: { reason: 'a' } } },
      { version: versionOf(1), metadata: { barrier: { reason: 'b' }, rollout: { start_percentage: 1 } } },
      { version: versionOf(2), metadata: { barrier: { reason: 'c' }, rollout: over } },
      { version: versionOf(3), metadata: { rollout: over } },
      { version: versionOf(4), metadata: { barrier: { reason: 'd' }, rollout: over } },
    ]);
    expect(addUpdate(grown, added, start).releases).toEqual([
      { version: versionOf(0), metadata: { deadend: { reason: 'a' } } },
      { version: versionOf(1), metadata: { barrier: { reason: 'b' } } },
      { version: versionOf(2), metadata: { barrier: { reason: 'c' } } },
      { version: versionOf(4), metadata: { barrier: { reason: 'd' }, rollout: { start_percentage: 1 } } },
      added,
    ]);
  });

  it.each(['deadend', 'barrier'] as const)('adds a rollout with a %s to an empty file', (kind) => {
    const entry = { ...added, metadata: { ...added.metadata, [kind]: { reason: 'a reason' } } };
    const metadata = addUpdate(emptyUpdateMetadata('stable', start - 60), entry, start);
    expect(metadata).toEqual({
      stream: 'stable',
      metadata: { 'last-modified': '2026-07-22T14:00:00Z' },
      releases: [entry],
    });
  });

  it('gives the same object back for an entry that exists, and refuses another for its version', () => {
    const metadata = metadataOf([added]);
    expect(addUpdate(metadata, structuredClone(added), start + 1)).toBe(metadata);
    const other = { ...added, metadata: { rollout: { start_percentage: 1 } } };
    expect(() => addUpdate(metadata, other, start)).toThrow('has an entry in the update metadata already');
  });

  it('refuses an entry that could not be read again', () => {
    const entry = { version: versionOf(9), metadata: { rollout: { start_percentage: 50 } } };
    expect(() => addUpdate(metadataOf([]), entry, start)).toThrow('metadata.rollout.start_percentage');
  });
});

describe('tidy', () => {
  it('leaves running and endless rollouts alone, and gives the same object back', () => {
    const metadata = metadataOf([
      { version: versionOf(0), metadata: { rollout: { start_epoch: start, duration_minutes: 10 } } },
      { version: versionOf(1), metadata: { rollout: { start_percentage: 0.5 } } },
      { version: versionOf(2), metadata: { rollout: { start_epoch: 5, duration_minutes: 0 } } },
      { version: versionOf(3), metadata: { rollout: { start_epoch: 5, start_percentage: 1 } } },
    ]);
    expect(tidy(metadata, start + 600)).toBe(metadata);
    expect(tidy(metadata, start + 601).releases[0]?.metadata.rollout).toEqual({ start_percentage: 1 });
  });

  it('keeps unknown fields of entries that stay, and drops entries that say nothing', () => {
    const metadata = metadataOf([
      { version: versionOf(0), metadata: {} },
      { version: versionOf(1), metadata: { barrier: { reason: 'b' }, rollout: { start_percentage: 1 } } },
      { version: versionOf(2), metadata: { rollout: { start_percentage: 1 } } },
    ]);
    const marked = { ...metadata, releases: metadata.releases.map((entry) => ({ ...entry, 'x-mark': 1 })) };
    expect(tidy(marked, start).releases).toEqual([
      { version: versionOf(1), metadata: { barrier: { reason: 'b' } }, 'x-mark': 1 },
      { version: versionOf(2), metadata: { rollout: { start_percentage: 1 } }, 'x-mark': 1 },
    ]);
    expect(tidy(marked, start).metadata['last-modified']).toBe('2026-07-22T14:00:00Z');
  });

  it('has nothing to do a second time', () => {
    fc.assert(
      fc.property(histories, moments, ({ updates }, now) => {
        const once = tidy(metadataOf(updates), now);
        expect(tidy(once, now)).toBe(once);
      }),
    );
  });

  it("changes no node's offer if entries are in the order of the releases", () => {
    fc.assert(
      fc.property(histories, moments, warinesses, (history, now, wariness) => {
        // Every release has all architectures: if the last completed one lacks an architecture, upstream's rule
        // removes the only target of those nodes. No barrier is itself rolling out: if it is not open yet, nodes wait
        // when the completed release before it is removed. One entry for each version, as rollout.py keeps it.
        const releases = history.releases.map((_, index) => makeRelease(index));
        const updates = history.updates.map(({ version, metadata: { rollout, ...rest } }) => ({
          version,
          metadata: rest.barrier !== undefined || rollout === undefined ? rest : { ...rest, rollout },
        }));
        const single = updates.filter(
          (entry, index) => updates.findIndex(({ version }) => version === entry.version) === index,
        );
        const served = (entries: readonly UpdateEntry[]) =>
          throttleGraph(
            buildGraph({ releases }, { releases: entries }, { basearch: 'x86_64', scheme: 'oci' }),
            { now, wariness },
          );
        const before = served(single);
        const after = served(tidy(metadataOf(single), now).releases);
        for (const { version } of before.nodes) {
          expect(offers(after, version)?.version).toBe(offers(before, version)?.version);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatUpdateMetadata', () => {
  it('writes what it can read again', () => {
    fc.assert(
      fc.property(histories, ({ updates }) => {
        const metadata = metadataOf(updates);
        expect(parseUpdateMetadata(formatUpdateMetadata(metadata), 'x')).toEqual(
          JSON.parse(JSON.stringify(metadata)),
        );
      }),
    );
  });
});

function metadataOf(releases: readonly UpdateEntry[]): UpdateMetadata {
  return { ...emptyUpdateMetadata('stable', start - 86_400), releases };
}
