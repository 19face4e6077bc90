import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { ringGatesOf } from '../../../src/project/configuration/ring-gates.ts';

const read = (threshold: string, rings = '{ canary: 0.0, early: 0.1, late: 1.0, slices: 4 }') =>
  ringGatesOf(
    parseConfig(
      `image: 127.0.0.1:9/os
base: 127.0.0.1:9/fcos:stable
rings: ${rings}
fleets:
  testing: {}
  stable: { ${threshold} }
`,
      'coxswain.yaml',
    ),
    'stable',
  );

describe('success-threshold', () => {
  it('is about every named ring that another ring follows, with every default filled in', () => {
    expect(read('success-threshold: { adoption: 90 % }')).toEqual({
      threshold: { share: 0.9, nodes: 1, after: 21_600 },
      gates: [
        { ring: 'canary', wariness: 0 },
        { ring: 'early', wariness: 0.1 },
      ],
      steps: [0, 0.1, 0.25, 0.5, 0.75, 1],
    });
    const chosen = read('success-threshold: { adoption: 99.5 %, nodes: 20, after: 2d, rings: [early] }');
    expect(chosen).toMatchObject({
      threshold: { share: 0.995, nodes: 20, after: 172_800 },
      gates: [{ ring: 'early' }],
    });
    expect(read('')).toBeUndefined();
  });

  it.each<[string, string, RegExp]>([
    ['nothing', 'success-threshold: {}', /success-threshold\.adoption/],
    ['a share of nothing', 'success-threshold: { adoption: 0 % }', /adoption: not a share of the nodes/],
    ['more than all nodes', 'success-threshold: { adoption: 101 % }', /adoption: not a share of the nodes/],
    ['a number', 'success-threshold: { adoption: 90 }', /adoption/],
    ['no node', 'success-threshold: { adoption: 90 %, nodes: 0 }', /nodes/],
    ['a time that is none', 'success-threshold: { adoption: 90 %, after: 6 }', /after/],
    [
      'a ring that does not exist',
      'success-threshold: { adoption: 90 %, rings: [canry] }',
      /rings\[0\]: this ring does not exist.*\n?.*Did you mean canary/s,
    ],
    ['the last ring', 'success-threshold: { adoption: 90 %, rings: [late] }', /no ring opens after this one/],
    ['another field', 'success-threshold: { adoption: 90 %, node: 3 }', /Did you mean nodes/],
  ])('refuses %s', (_, threshold, message) => {
    expect(() => read(threshold)).toThrow(message);
  });

  it('refuses a threshold without a ring', () => {
    expect(() => read('success-threshold: { adoption: 90 % }', '{ late: 1.0 }')).toThrow(
      /no ring opens before the others/,
    );
  });
});
