import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../src/guidance/json.ts';

describe('readJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(readJson(text, 'x').value).toEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts and refuses what JSON.parse accepts and refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"b"',
      '1',
      '-0.5e3',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
      '"',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        expect(outcome(() => readJson(text, 'x').value)).toEqual(outcome(() => JSON.parse(text)));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['{\n  "a": 1,\n}', 'x:3:1', 'no comma after the last one'],
    ['[1, 2', 'x:1:6', 'the end of the file'],
    ['{"a": 1}\n// note', 'x:2:1', 'the end of the file'],
    ['{\n  a: 1}', 'x:2:3', 'a key in double quotes'],
    ['{"a": NaN}', 'x:1:7', 'a JSON value'],
    ['', 'x:1:1', 'a JSON value'],
    ['{"a": "two\nlines"}', 'x:1:11', 'a string that ends on its line'],
    ['\ufeff{}', 'x:1:1', 'a JSON value'],
    ['['.repeat(100_000), 'x:1:202', 'nesting'],
  ])('says where %j is broken', (text, place, expected) => {
    expect(() => readJson(text, 'x')).toThrow(`${place}: `);
    expect(() => readJson(text, 'x')).toThrow(expected);
  });

  it('refuses a key that occurs twice, which JSON.parse would let pass', () => {
    expect(() => readJson('{"a": {"b": 1,\n  "\\u0062": 2}}', 'x')).toThrow('x:2:3: this key occurs twice');
  });

  it('knows the place of a value, or of its nearest parent', () => {
    const json = readJson('{"a": [1,\n  {"b": 2}]}', 'x');
    expect(json.placeOf(['a', 1, 'b'])).toBe('x:2:9');
    expect(json.placeOf(['a', 1, 'missing', 'deeper'])).toBe('x:2:3');
    expect(json.placeOf([])).toBe('x:1:1');
  });
});

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch {
    return 'refused';
  }
}
