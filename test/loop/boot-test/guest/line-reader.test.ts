import { describe, expect, it } from 'vitest';
import { createLineReader } from '../../../../src/loop/boot-test/guest/line-reader.ts';

describe('createLineReader', () => {
  it('puts lines together from pieces, also in the middle of a character', () => {
    const lines: string[] = [];
    const feed = createLineReader((line) => lines.push(line));
    const bytes = Buffer.from('eins\nzwölf\nrest');
    for (const byte of bytes) feed(Buffer.from([byte]));
    expect(lines).toEqual(['eins', 'zwölf']);
  });

  it('cuts a line that does not end', () => {
    const lines: string[] = [];
    const feed = createLineReader((line) => lines.push(line));
    for (let part = 0; part < 64; part += 1) feed(Buffer.alloc(256 * 1024, 'x'));
    feed(Buffer.from('\nnext\n'));
    expect(lines.map((line) => line.length <= 1_310_720)).toEqual([true, true]);
    expect(lines[1]).toBe('next');
  });
});
