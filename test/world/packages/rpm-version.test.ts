import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../src/host/exec.ts';
import { comparePackageVersions, compareVersionText } from '../../../src/world/packages/rpm-version.ts';
import { aPackage } from '../../support/rpm.ts';

// From rpm-version(7), and from the manual's chapter on dependencies.
const older: readonly (readonly [string, string])[] = [
  ['1.0', '1.1'],
  ['1.9', '1.10'],
  ['1.0', '1.0.1'],
  ['1.0a', '1.0.1'],
  ['1.0', '1.0a'],
  ['5.5p1', '5.5p10'],
  ['xyz.4', '8'],
  ['2a', '2.0'],
  ['1.0~rc1', '1.0'],
  ['1.0~rc1', '1.0~rc2'],
  ['1.0~rc1~git123', '1.0~rc1'],
  ['1.0', '1.0^'],
  ['1.0', '1.0^git1'],
  ['1.0^git1', '1.0^git2'],
  ['1.0^git1', '1.01'],
  ['1.0^20160101', '1.0.1'],
  ['1.0~rc1^git1', '1.0'],
  ['1.0~rc1', '1.0~rc1^git1'],
  ['1.0^git1~pre', '1.0^git1'],
  ['20260707102030405060', '20260707102030405061'],
];
const equal: readonly (readonly [string, string])[] = [
  ['1.0', '1.0'],
  ['1.0', '1_0'],
  ['1.05', '1.5'],
  ['1.0.', '1.0'],
  ['fc4', 'fc.4'],
  ['a+', 'a_'],
  ['1.0^', '1.0^'],
];

describe('rpm version order', () => {
  it.each(older)('treats %s as older than %s', (one, other) => {
    expect(compareVersionText(one, other)).toBeLessThan(0);
    expect(compareVersionText(other, one)).toBeGreaterThan(0);
  });

  it.each(equal)('treats %s and %s as equal', (one, other) => {
    expect(compareVersionText(one, other)).toBe(0);
    expect(compareVersionText(other, one)).toBe(0);
  });

  it('asks the epoch first, and the release last', () => {
    const order = ['a-1.0-9', 'a-1.1-1', 'a-1.1-1.1', 'a-1:0.1-1', 'a-2:0.0-0'].map(aPackage);
    for (const [index, each] of order.entries()) {
      for (const [other, compared] of order.entries()) {
        expect(Math.sign(comparePackageVersions(each, compared))).toBe(Math.sign(index - other));
      }
    }
    expect(comparePackageVersions(aPackage('a-1-1'), { ...aPackage('a-1-1'), epoch: 0 })).toBe(0);
  });

  const part = fc.constantFrom(
    '0',
    '1',
    '01',
    '9',
    '10',
    '007',
    'a',
    'rc',
    'Z',
    '.',
    '..',
    '_',
    '+',
    '~',
    '^',
    'é',
  );
  const version = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));

  it('is an order: antisymmetric and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (one, two, three) => {
        expect(Math.sign(compareVersionText(one, two)) + Math.sign(compareVersionText(two, one))).toBe(0);
        const [low, middle, high] = [one, two, three].sort(compareVersionText) as [string, string, string];
        expect(compareVersionText(low, middle)).toBeLessThanOrEqual(0);
        expect(compareVersionText(middle, high)).toBeLessThanOrEqual(0);
        expect(compareVersionText(low, high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('agrees with rpm', async () => {
    const sampled = fc.sample(fc.tuple(version, version), { numRuns: 3_000, seed: 42 });
    const pairs = [...sampled, ...older, ...equal];
    const theirs: number[] = [];
    // In parts, because a command line has a limit.
    for (let start = 0; start < pairs.length; start += 1_000) {
      const calls = pairs
        .slice(start, start + 1_000)
        .map(([one, other]) => `print(rpm.vercmp("${one}", "${other}") .. " ")`);
      const { stdout } = await exec('rpm', ['--eval', `%{lua: ${calls.join(' ')}}`]);
      theirs.push(...stdout.trim().split(/\s+/).map(Number));
    }
    expect(theirs).toHaveLength(pairs.length);
    const different = pairs.filter(
      ([one, other], index) => Math.sign(compareVersionText(one, other)) !== theirs[index],
    );
    expect(different).toEqual([]);
  });
});
