import { describe, expect, it } from 'vitest';
import { hasColours } from '../../src/host/log.ts';

describe('hasColours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('%j, terminal: %s → %s', (env, isTerminal, colours) => {
    expect(hasColours(env, isTerminal)).toBe(colours);
  });
});
