import { describe, expect, it } from 'vitest';
import { readinessSentence } from '../../../src/loop/open-promotion/readiness.ts';
import { type GateResult, nextGate } from '../../../src/release/gates/gate.ts';

const hour = 3600;
/** 2026-07-25T17:20:00Z */
const now = 1_785_000_000;

describe('the sentence about readiness', () => {
  const waiting = (name: string, until?: number): GateResult => ({
    name,
    state: 'waiting',
    note: '',
    ...(until === undefined ? {} : { until }),
  });

  it('says when all gates will be open, or which gate needs a person', () => {
    const all = [waiting('a', now), waiting('b', now + hour)];
    expect(readinessSentence(all)).toBe(
      '**Not to be merged yet**: it waits until 2026-07-25T18:20:00Z (a, b).',
    );
    expect(nextGate(all)?.name).toBe('b');
    expect(readinessSentence([...all, waiting('c')])).toBe('**Not to be merged yet**: it waits (a, b, c).');
    const red: GateResult = { name: 'd', state: 'red', note: '' };
    expect(readinessSentence([...all, red])).toBe('**Not to be merged yet**: d.');
    expect(nextGate([...all, red])?.name).toBe('d');
  });
});
