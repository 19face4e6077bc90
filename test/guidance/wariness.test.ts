import { describe, expect, it } from 'vitest';
import { sipHash13, warinessOf } from '../../src/guidance/wariness.ts';

describe('warinessOf', () => {
  // From upstream's own code.
  it.each([
    ['', 0.18848315746051456],
    ['a', 0.4437761738999516],
    ['e0f3745b108f471cbd4883c6fbed8cdd', 0.6533234000651716],
    ['27e3ac02af3946af995c9940e18b0cce', 0.6682990010065529],
    ['de35106b6ec24688b63afddaa156679b', 0.2008975402648792],
  ])('of %j is what fcos-cincinnati computes', (uuid, expected) => {
    expect(warinessOf(uuid)).toBe(expected);
  });

  it('spreads nodes evenly', () => {
    const counts = [0, 0, 0, 0];
    for (let node = 0; node < 2000; node += 1) {
      const quarter = Math.floor(warinessOf(node.toString(16).padStart(32, '0')) * 4);
      counts[quarter] = (counts[quarter] as number) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(90);
  });
});

describe('sipHash13', () => {
  it('counts the length modulo 256, and takes blocks of any size', () => {
    const hashes = Array.from({ length: 300 }, (_, length) => sipHash13(new Uint8Array(length)));
    expect(new Set(hashes).size).toBe(300);
    expect(hashes.every((hash) => hash >= 0n && hash < 1n << 64n)).toBe(true);
  });
});
