import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDistinctSample } from '../../../src/release/adoption/distinct-sample.ts';

const bits = fc.nat(0xffff_ffff);

describe('createDistinctSample', () => {
  it('counts what a set counts, while there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bits, fc.nat(7)), { maxLength: 400 }), (pairs) => {
        const sample = createDistinctSample(400);
        for (const [high, low] of pairs) sample.add(high, low);
        expect(sample.count()).toBe(new Set(pairs.map(String)).size);
        expect(sample.level).toBe(0);
      }),
    );
  });

  it('keeps the same, whatever the order and however often each comes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bits, bits), { minLength: 1, maxLength: 300 }), fc.nat(), (pairs, by) => {
        const one = createDistinctSample(20);
        const other = createDistinctSample(20);
        for (const [high, low] of pairs) one.add(high, low);
        const turned = [...pairs.slice(by % pairs.length), ...pairs.slice(0, by % pairs.length)].reverse();
        for (const [high, low] of [...turned, ...pairs]) other.add(high, low);
        expect([...other.kept()].map(String).sort()).toEqual([...one.kept()].map(String).sort());
        expect(other.count()).toBe(one.count());
      }),
    );
  });

  it('estimates a number above the limit within four standard errors, and keeps no more than the limit', () => {
    const limit = 4096;
    const real = 300_000;
    const sample = createDistinctSample(limit);
    let state = 1n;
    const next = () => {
      // SplitMix64: every number once.
      state = (state + 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn;
      let mixed = state;
      mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffff_ffff_ffff_ffffn;
      mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & 0xffff_ffff_ffff_ffffn;
      return mixed ^ (mixed >> 31n);
    };
    for (let index = 0; index < real; index += 1) {
      const number = next();
      sample.add(Number(number >> 32n), Number(number & 0xffff_ffffn));
    }
    const kept = [...sample.kept()].length;
    expect(kept).toBeLessThanOrEqual(limit);
    expect(kept).toBeGreaterThan(limit / 3);
    expect(Math.abs(sample.count() - real) / real).toBeLessThan(4 / Math.sqrt(kept));
  });
});
