import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePackages, identity, samePackages } from '../../../src/world/packages/compare.ts';
import { countPackages, describePackages } from '../../../src/world/packages/package-changes.ts';
import { aPackage } from '../../support/rpm.ts';

function list(...texts: string[]) {
  return texts.map(aPackage);
}

describe('comparing packages', () => {
  it('distinguishes upgrades from downgrades by the order of rpm', () => {
    const before = list('bash-5.1-1', 'glibc-2.40-1', 'runc-2:1.1-1', 'old-1-1', 'zlib-1.0-1');
    const after = list('bash-5.1-2', 'glibc-2.40~rc1-1', 'runc-1:9.9-1', 'new-1-1', 'zlib-1.0-1');
    const difference = comparePackages(before, after);
    expect(difference.upgraded.map(({ name }) => name)).toEqual(['bash']);
    expect(difference.downgraded.map(({ name }) => name)).toEqual(['glibc', 'runc']);
    expect(difference.added).toEqual(list('new-1-1'));
    expect(difference.removed).toEqual(list('old-1-1'));
  });

  it('matches several versions of one package, newest with newest', () => {
    const difference = comparePackages(
      list('kernel-6.1-1', 'kernel-6.2-1'),
      list('kernel-6.2-1', 'kernel-6.3-1'),
    );
    expect(difference.upgraded.map(({ before, after }) => [before.version, after.version])).toEqual([
      ['6.1', '6.3'],
    ]);
    expect([difference.added, difference.removed]).toEqual([[], []]);
  });

  it('matches a package with the one of its own architecture', () => {
    const [one] = list('bash-5.1-1');
    const [two] = list('bash-5.2-1');
    if (one === undefined || two === undefined) throw new Error();
    const arm = { ...one, architecture: 'aarch64' };
    const difference = comparePackages([arm, one], [{ ...two, architecture: 'aarch64' }, two]);
    expect(difference.upgraded.every(({ before, after }) => before.architecture === after.architecture)).toBe(
      true,
    );
    expect(describePackages(difference)).toContain('upgraded (1)');
    const moved = comparePackages([arm], [one]);
    expect(moved.upgraded).toHaveLength(1);
    expect(describePackages(moved)).toContain('5.1-1.noarch');
  });

  it('counts every package exactly once', () => {
    const some = fc.array(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c'),
        version: fc.constantFrom('1', '2', '1~rc'),
        release: fc.constantFrom('1', '2'),
        architecture: fc.constantFrom('noarch', 'x86_64'),
      }),
      { maxLength: 8 },
    );
    const sorted = (each: readonly Parameters<typeof identity>[0][]) =>
      [...new Set(each.map(identity))].sort();
    fc.assert(
      fc.property(some, some, (before, after) => {
        const { added, removed, upgraded, downgraded } = comparePackages(before, after);
        const changed = [...upgraded, ...downgraded];
        const kept = before.filter((each) => after.some((other) => identity(other) === identity(each)));
        expect(sorted([...kept, ...removed, ...changed.map((each) => each.before)])).toEqual(sorted(before));
        expect(sorted([...kept, ...added, ...changed.map((each) => each.after)])).toEqual(sorted(after));
        const same = sorted(before).join() === sorted(after).join();
        expect(samePackages(comparePackages(before, after))).toBe(same);
      }),
    );
  });
});

describe('describing a difference', () => {
  it('is Markdown, and one line in short form', () => {
    const difference = comparePackages(
      list('bash-5.1-1', 'x-2-1', 'gone-1-1'),
      list('bash-5.2-1', 'x-1-1', 'new-1:1-1'),
    );
    expect(describePackages(difference)).toBe(
      [
        '| upgraded (1) | before | after |',
        '|---|---|---|',
        '| `bash` | `5.1-1` | `5.2-1` |',
        '',
        '| downgraded (1) | before | after |',
        '|---|---|---|',
        '| `x` | `2-1` | `1-1` |',
        '',
        'added (1): `new 1:1-1`',
        '',
        'removed (1): `gone 1-1`',
      ].join('\n'),
    );
    expect(countPackages(difference)).toBe('1 package upgraded, 1 downgraded, 1 added, 1 removed');
  });

  it('says so when nothing changed', () => {
    expect(describePackages(comparePackages([], []))).toBe('No package changed.');
    expect(countPackages(comparePackages([], []))).toBe('no package changed');
  });

  it('cuts long lists, and keeps every text inside its table cell', () => {
    const many = Array.from({ length: 300 }, (_, index) => aPackage(`p${index}-1-1`));
    const text = describePackages(comparePackages([], many));
    expect(text).toContain('added (300)');
    expect(text).toMatch(/… and 100 more$/);
    const odd = describePackages(comparePackages([], [{ ...aPackage('a-1-1'), name: 'a`|\n# b' }]));
    expect(odd).toBe('added (1): `a# b 1-1`');
  });
});
