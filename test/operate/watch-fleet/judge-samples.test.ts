import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOf, judgeSamples } from '../../../src/operate/watch-fleet/judge-samples.ts';

const to = 1_785_000_000;
const condition = { threshold: { side: 'above', value: 5 } as const, for: 300 };
const grid = gridOf(condition.for, to);
const moments = Array.from(
  { length: (grid.to - grid.from) / grid.step + 1 },
  (_, at) => grid.from + at * grid.step,
);
const all = (value: number) => moments.map((time) => ({ time, value }));
const judge = (samples: ReturnType<typeof all>) => judgeSamples(samples, grid, condition);

describe('the values of a query', () => {
  it('are trouble if every one is beyond the threshold for the whole time', () => {
    expect(judge(all(6))).toEqual({ is: 'trouble', value: 6, since: to - 300 });
    expect(judge(all(6).with(0, { time: grid.from, value: 5 }))).toMatchObject({ is: 'pending' });
  });

  it('are calm if the newest is not beyond it, since the last that was', () => {
    expect(judge(all(5))).toEqual({ is: 'calm', value: 5, since: to - 300 });
    const [late = 0] = moments.slice(-3);
    expect(judge(all(5).with(-4, { time: late - grid.step, value: 9 }))).toMatchObject({
      is: 'calm',
      since: late,
    });
  });

  it('are trouble below a threshold too', () => {
    const below = { threshold: { side: 'below', value: 5 } as const, for: 0 };
    expect(judgeSamples([{ time: to, value: 4 }], gridOf(0, to), below)).toMatchObject({ is: 'trouble' });
    expect(judgeSamples([{ time: to, value: 5 }], gridOf(0, to), below)).toMatchObject({ is: 'calm' });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'are neither if the newest is %s, and no trouble across one in between',
    (value) => {
      expect(judge(all(6).with(-1, { time: to, value }))).toMatchObject({ is: 'unknown' });
      expect(judge(all(6).with(3, { time: moments[3] ?? 0, value }))).toMatchObject({ is: 'pending' });
    },
  );

  it('are neither without a value for now, and no trouble across a gap', () => {
    expect(judge(all(6).slice(0, -1))).toMatchObject({ is: 'unknown' });
    expect(judge([])).toMatchObject({ is: 'unknown' });
    expect(judge(all(6).toSpliced(4, 1))).toMatchObject({ is: 'pending' });
  });

  it('are trouble only if no moment of the time lacks a finite value beyond the threshold', () => {
    const value = fc.constantFrom(4, 6, Number.NaN, Number.POSITIVE_INFINITY, undefined);
    fc.assert(
      fc.property(fc.array(value, { minLength: moments.length, maxLength: moments.length }), (values) => {
        const samples = moments.flatMap((time, at) => {
          const each = values[at];
          return each === undefined ? [] : [{ time, value: each }];
        });
        expect(judge(samples).is === 'trouble').toBe(values.every((each) => each === 6));
      }),
    );
  });
});

describe('the moments that are asked for', () => {
  it('are whole seconds up to now, over the whole time, and not more than Prometheus gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 14 * 86_400 }), (seconds) => {
        const { from, to: end, step } = gridOf(seconds, to);
        expect(end).toBe(to);
        expect(Number.isInteger(step) && (to - from) % step === 0).toBe(true);
        expect(from).toBeLessThanOrEqual(to - seconds);
        expect((to - from) / step).toBeLessThan(11_000);
      }),
    );
  });
});
