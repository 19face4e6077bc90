import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPercent } from '../../src/host/percent.ts';

describe('formatPercent', () => {
  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.125, '12.5 %'],
    [0.0004, '< 0.1 %'],
    [0.99999, '> 99.9 %'],
  ])('%d is %s', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });

  it('takes more digits', () => {
    expect(formatPercent(0.99991, 2)).toBe('> 99.99 %');
    expect(formatPercent(0.12345, 2)).toBe('12.35 %');
  });

  it('says 0 % and 100 % only if that is true', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        if (formatPercent(share) === '0 %') expect(share).toBe(0);
        if (formatPercent(share) === '100 %') expect(share).toBe(1);
      }),
    );
  });
});
