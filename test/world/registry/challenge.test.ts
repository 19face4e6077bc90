import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/world/registry/challenge.ts';

describe('parseChallenges', () => {
  it('keeps commas and escaped quotes inside a quoted value', () => {
    const header =
      'Bearer realm="https://a.example/t?x=1,2",service="a \\"b\\", c",scope="repository:x:pull,push"';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://a.example/t?x=1,2',
          service: 'a "b", c',
          scope: 'repository:x:pull,push',
        },
      },
    ]);
  });

  it('reads several challenges, parameters without quotes and any case', () => {
    expect(
      parseChallenges('Negotiate, BASIC Realm=here , charset="UTF-8", Bearer realm="https://a"'),
    ).toEqual([
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'here', charset: 'UTF-8' } },
      { scheme: 'bearer', parameters: { realm: 'https://a' } },
    ]);
  });

  it.each(['', '  ', '=,=', '"unfinished'])('finds nothing in %j', (header) => {
    expect(parseChallenges(header)).toEqual([]);
  });

  it('ignores everything after an unreadable part', () => {
    expect(parseChallenges('Basic realm="x", ("')).toEqual([{ scheme: 'basic', parameters: { realm: 'x' } }]);
  });
});
