import { describe, expect, it } from 'vitest';
import { createOutputTail } from '../../../../src/loop/boot-test/guest/output-tail.ts';

describe('a long output', () => {
  it('keeps its end, and says that there was more', () => {
    const tail = createOutputTail();
    for (let index = 0; index < 100_000; index += 1) tail.add(`line ${index}`);
    expect(tail.text().length).toBeLessThan(200_000);
    expect(tail.text()).toMatch(/^… /);
    expect(tail.text()).toMatch(/line 99999$/);
  });

  it('of one line is cut too', () => {
    const tail = createOutputTail();
    tail.add(`${'x'.repeat(1_000_000)}end`);
    expect(tail.text().length).toBeLessThan(200_000);
    expect(tail.text()).toMatch(/end$/);
  });
});
