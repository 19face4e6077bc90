import { describe, expect, it } from 'vitest';
import { type FleetTexts, lintGuidance } from '../../../src/guidance/lint/lint.ts';
import { formatUpdateMetadata, type UpdateEntry } from '../../../src/guidance/metadata.ts';
import { formatOperations, type Operations } from '../../../src/guidance/operations.ts';
import { formatReleaseIndex, type Release } from '../../../src/guidance/releases.ts';
import { makeRelease, versionOf } from '../histories.ts';

const now = 1_785_000_000;
const day = 86_400;
const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-21T14:00:00Z' } };
const complete = { rollout: { start_percentage: 1 } };
// A Tuesday, 14:00 UTC.
const tuesday = Date.parse('2026-07-28T14:00:00Z') / 1000;
const planned = { rollout: { duration_minutes: 2880, start_epoch: tuesday, start_percentage: 0 } };

function texts(
  said: Readonly<Record<number | string, UpdateEntry['metadata']>>,
  options: { releases?: readonly Release[]; operations?: Operations; count?: number } = {},
): FleetTexts {
  const { count = 4, releases = Array.from({ length: count }, (_, index) => makeRelease(index)) } = options;
  const entries = Object.entries(said).map(([index, metadata]) => ({
    version: /^\d+$/.test(index) ? versionOf(Number(index)) : index,
    metadata,
  }));
  const operations = options.operations === undefined ? undefined : formatOperations(options.operations);
  return {
    releases: { file: 'releases.json', text: formatReleaseIndex({ ...head, releases }) },
    updates: { file: 'updates.json', text: formatUpdateMetadata({ ...head, releases: entries }) },
    operations: operations === undefined ? undefined : { file: 'operations.json', text: operations },
  };
}

/** `severity rule: the text from that place to the end of its line`. */
function lint(after: FleetTexts, before: FleetTexts = after, timeZone = 'UTC'): string[] {
  return lintGuidance(after, before, { stream: 'stable', now, timeZone }).map(
    ({ severity, rule, where }) => `${severity} ${rule}: ${textAt(after, where)}`,
  );
}

function textAt(texts: FleetTexts, where: string): string {
  const [file, line = '', column = ''] = where.split(':');
  const text = Object.values(texts).find((each) => each?.file === file)?.text;
  if (line === '' || text === undefined) return where;
  return text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1) ?? '';
}

/** The same without places. */
function rules(...args: Parameters<typeof lint>): string[] {
  return lint(...args).map((each) => each.split(':')[0] as string);
}

function messages(after: FleetTexts, before: FleetTexts = after): string {
  return lintGuidance(after, before, { stream: 'stable', now, timeZone: 'UTC' })
    .map(({ message, remedy }) => `${message} | ${remedy ?? ''}`)
    .join('\n');
}

function edited(
  source: FleetTexts,
  file: 'releases' | 'updates',
  change: (text: string) => string,
): FleetTexts {
  const { text = '', file: name = '' } = source[file] ?? {};
  const next = change(text);
  if (next === text) throw new Error('the test changes nothing');
  return { ...source, [file]: { file: name, text: next } };
}

const steady = texts({ 0: { barrier: { reason: 'https://example.com/keys' } }, 2: complete });

describe('lint', () => {
  it('has nothing to say about a fleet as the verbs leave it', () => {
    expect(lint(steady)).toEqual([]);
    expect(lint(texts({ 2: complete, 3: planned }), texts({ 2: complete }))).toEqual([]);
    expect(lint(texts({}, { releases: [] }))).toEqual([]);
    const paused = { version: versionOf(3), entry: { version: versionOf(3), metadata: planned } };
    const operations = {
      paused: [{ ...paused, since: now, progress: 0, reason: 'x', by: 'Ada', at: now }],
    };
    expect(lint(texts({ 2: complete }, { operations }), texts({ 2: complete, 3: planned }))).toEqual([]);
    // The same by hand, as upstream does it.
    expect(lint(texts({ 2: complete }), texts({ 2: complete, 3: planned }))).toEqual([]);
  });

  it('reports broken JSON with its place, and every wrong value of a file', () => {
    expect(lint(edited(steady, 'updates', (text) => text.replace('"releases": [', '"releases": ')))).toEqual([
      'error json: {',
    ]);
    const wrong = edited(texts({ 2: complete, 3: planned }), 'updates', (text) =>
      text.replace('1.0', '5').replace(String(tuesday), `${tuesday}000`).replace('2880', '"2 d"'),
    );
    expect(lint(wrong)).toEqual(['error format: 5', `error format: ${tuesday}000,`, 'error format: "2 d",']);
    expect(messages(wrong)).toContain(`this looks like milliseconds, found ${tuesday}000`);
    expect(messages(wrong)).toContain('Despite its name it is a fraction: 0.05 means 5 %.');
  });

  it('finds a mistyped version, and the one that was meant', () => {
    const after = texts({
      0: { barrier: { reason: 'x' } },
      2: complete,
      [versionOf(3).replace('.3.0', '.30')]: planned,
    });
    expect(lint(after, steady)).toContain(`error unknown-release: "${versionOf(3).replace('.3.0', '.30')}",`);
    expect(messages(after, steady)).toContain(`Did you mean ${versionOf(3)}?`);
    const barrier = texts({ 2: complete, '40.20200101.3.0': { barrier: { reason: 'x' } } });
    expect(messages(barrier)).toContain('no release 40.20200101.3.0: this barrier has no effect');
  });

  it.each<[string, Record<number, UpdateEntry['metadata']>, string]>([
    ['a dead-end with no reason', { 1: { deadend: { reason: ' ' } }, 2: complete }, 'error no-reason'],
    ['a barrier with no reason', { 1: { barrier: { reason: '' } }, 2: complete }, 'warning no-reason'],
    [
      'a barrier that is a dead-end',
      { 1: { barrier: { reason: 'a' }, deadend: { reason: 'b' } }, 2: complete },
      'error barrier-and-deadend',
    ],
    [
      'a dead-end that is offered',
      { 3: { ...complete, deadend: { reason: 'b' } } },
      'warning offered-deadend',
    ],
    ['an entry that says nothing', { 1: {}, 2: complete }, 'warning empty-entry'],
    [
      'a duration of zero',
      { 2: complete, 3: { rollout: { ...planned.rollout, duration_minutes: 0 } } },
      'warning no-duration',
    ],
    [
      'a rollout without a duration',
      { 2: complete, 3: { rollout: { start_epoch: tuesday } } },
      'warning no-duration',
    ],
    ['nothing that is offered', {}, 'warning nothing-offered'],
  ])('finds %s', (_name, said, expected) => {
    expect(rules(texts(said))).toContain(expected);
  });

  it('finds a mistyped field', () => {
    const after = edited(texts({ 2: complete, 3: planned }), 'updates', (text) =>
      text.replace('duration_minutes', 'duration_minute'),
    );
    expect(lint(after)).toContain('warning unknown-field: 2880,');
    expect(messages(after)).toContain('Did you mean duration_minutes?');
  });

  it('finds two entries for one release', () => {
    const after = edited(texts({ 2: complete, 3: planned }), 'updates', (text) =>
      text.replace(versionOf(2), versionOf(3)),
    );
    expect(lint(after)).toContain(`error second-entry: "${versionOf(3)}",`);
  });

  it.each<[string, number, string, string[]]>([
    ['on a Saturday', tuesday + 4 * day, 'UTC', ['warning weekend']],
    ['on a Tuesday', tuesday, 'UTC', []],
    [
      'late on a Sunday there',
      Date.parse('2026-08-03T03:00:00Z') / 1000,
      'America/New_York',
      ['warning weekend'],
    ],
    ['early on a Monday here', Date.parse('2026-08-03T03:00:00Z') / 1000, 'Europe/Berlin', []],
    ['in the past', now - day, 'UTC', ['warning start-in-the-past']],
  ])('judges a new start %s', (_name, start, timeZone, expected) => {
    const rollout = { ...planned.rollout, start_epoch: start };
    const [before, after] = [texts({ 2: complete }), texts({ 2: complete, 3: { rollout } })];
    expect(rules(after, before, timeZone)).toEqual(expected);
    // It was like that before, so it is not reported again with each change.
    expect(lint(after, after, timeZone)).toEqual([]);
  });

  it('says how many more or fewer nodes a changed rollout reaches', () => {
    const running = { rollout: { ...planned.rollout, start_epoch: now - day } };
    const [before, after] = [texts({ 2: complete }), texts({ 2: complete, 3: running })];
    expect(messages(after, before)).toContain('50 % of the nodes are offered it at once, up from 0 %');
    const anew = texts({ 2: complete, 3: planned });
    expect(lint(anew, after)).toEqual([`warning goes-back: ${tuesday},`]);
  });

  it('finds rollouts that overlap', () => {
    const other = { rollout: { ...planned.rollout, start_epoch: tuesday + day } };
    const after = texts({ 1: complete, 2: planned, 3: other });
    expect(lint(after, texts({ 1: complete, 2: planned }))).toEqual([`warning overlap: ${tuesday + day},`]);
    expect(messages(after, texts({ 1: complete, 2: planned }))).toContain(
      'overlap from 2026-07-29T14:00:00Z to 2026-07-30T14:00:00Z',
    );
  });

  describe('finds what leaves nodes without an update path:', () => {
    it('a dead-end on the only way', () => {
      const after = texts({ 1: { barrier: { reason: 'a' }, deadend: { reason: 'b' } }, 3: complete });
      expect(lint(after)).toContain('error stranded: {');
      expect(messages(after)).toContain(
        `nodes on ${versionOf(0)} (aarch64, x86_64) end on the dead-end ${versionOf(1)} and never get ${versionOf(3)}`,
      );
    });

    it('a barrier that is never rolled out', () => {
      const after = texts({
        1: { barrier: { reason: 'a' }, rollout: { start_percentage: 0.5 } },
        3: complete,
      });
      expect(lint(after)).toContain('error stranded: {');
    });

    it('the last completed rollout taken out', () => {
      const after = texts({ 0: { barrier: { reason: 'x' } } });
      expect(lint(after, steady)).toEqual(['error stranded: {']);
      const said = messages(after, steady);
      expect(said).toContain(`after this change, nodes on ${versionOf(0)} (aarch64, x86_64)`);
      expect(said).toContain(' have no update path');
    });

    it('what upstream’s tidying will take, on one architecture', () => {
      const releases = [0, 1, 2].map((index) => makeRelease(index, index === 2 ? ['x86_64'] : undefined));
      const after = texts({ 1: complete, 2: complete }, { releases });
      expect(lint(after)).toEqual(['warning lost-by-tidying: {']);
      expect(messages(after)).toContain(
        `nodes on ${versionOf(0)} (aarch64) then have no release to update to`,
      );
    });

    it('what upstream’s tidying will take before a barrier that is still rolling out', () => {
      const barrier = { barrier: { reason: 'x' }, rollout: { start_percentage: 0.5 } };
      const after = texts({ 1: complete, 2: barrier, 3: complete });
      expect(lint(after)).toContain('warning lost-by-tidying: {');
    });
  });

  describe('keeps releases as they are:', () => {
    const all = [0, 1, 2, 3].map((index) => makeRelease(index));
    const [one, two, three, four] = all as [Release, Release, Release, Release];

    it.each<[string, Release[], string[]]>([
      ['removed', [one, three, four], ['release-removed']],
      ['reordered', [two, one, three, four], ['release-reordered']],
      ['slipped in before older ones', [one, makeRelease(9), two, three, four], ['release-reordered']],
      [
        'rewritten',
        [one, { ...two, 'oci-images': makeRelease(8)['oci-images'] ?? [] }, three, four],
        ['release-rewritten'],
      ],
      ['without an image', [...all, { version: '45.1', metadata: '' }], ['no-image']],
      ['added at the end', [...all, makeRelease(4)], []],
    ])('one %s', (_name, releases, expected) => {
      const after = texts({ 2: complete }, { releases });
      const before = texts({ 2: complete }, { releases: all });
      expect(
        lintGuidance(after, before, { stream: 'stable', now, timeZone: 'UTC' }).map(({ rule }) => rule),
      ).toEqual(expected);
    });
  });

  it('reports the removal of a barrier, of a file, and another stream', () => {
    expect(lint(texts({ 2: complete }), steady)).toEqual(['warning barrier-removed: [']);
    expect(lint({ ...steady, updates: undefined }, steady)).toEqual(['error file-removed: updates.json']);
    expect(lint(edited(steady, 'updates', (text) => text.replace('"stable"', '"next"')))).toEqual([
      'error stream: "next",',
    ]);
  });

  it('compares with operations.json', () => {
    const operations: Operations = {
      withdrawn: [
        { version: versionOf(2), reason: 'bad', by: 'Ada', at: now },
        { version: '1.1', reason: 'bad', by: 'Ada', at: now },
      ],
    };
    const after = texts({ 2: complete }, { operations });
    expect(lint(after)).toEqual(['warning offered-although-withdrawn: {', 'error unknown-release: "1.1",']);
  });
});
