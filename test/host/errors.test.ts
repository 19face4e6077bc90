import { describe, expect, it } from 'vitest';
import { InputError, OutsideError } from '../../src/host/errors.ts';

describe('InputError', () => {
  it('says place, problem, found, expected and remedy in one line', () => {
    const error = new InputError({
      where: 'coxswain.yaml:7:3',
      field: 'refresh',
      problem: 'wrong type',
      found: 7,
      expected: 'a duration such as 7d',
      remedy: 'Write refresh: 7d.',
    });
    expect(error.message).toBe(
      'coxswain.yaml:7:3: refresh: wrong type, found 7, expected a duration such as 7d. Write refresh: 7d.',
    );
  });

  it('shows the type of what it found, and cuts what is long', () => {
    expect(new InputError({ problem: 'bad', found: '7' }).message).toBe('bad, found "7".');
    expect(new InputError({ problem: 'bad', found: 'x'.repeat(5000) }).message.length).toBeLessThan(220);
  });
});

describe('OutsideError', () => {
  it('says that a re-run is safe', () => {
    expect(new OutsideError('pushing x', 'connection refused').message).toBe(
      'pushing x failed: connection refused. Running the same command again is safe.',
    );
  });
});
