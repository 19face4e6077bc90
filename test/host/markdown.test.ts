import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { harmless } from '../../src/cli/actions/workflow-log.ts';
import { code, codeBlock, plainText, table } from '../../src/host/markdown.ts';
import { oneLine, withoutTrailingSlashes } from '../../src/host/one-line.ts';

// Read by a real Markdown parser, with HTML, tables and strikethrough as GitHub has them.
const parser = new MarkdownIt({ html: true });

const nasty = fc.string({
  unit: fc.constantFrom(
    ...'`*_[](){}<>|~#@!\\&;:-+=.1aZ/ \t\n\r\u0085\u2028',
    '```',
    '<img src=x>',
    '](http://x)',
    '&#96;',
  ),
  maxLength: 60,
});

/** What a paragraph holds: the kinds of its inline parts, and its text as a reader sees it. */
function read(markdown: string) {
  const [open, inline, close, ...rest] = parser.parse(`x ${markdown} y`, {});
  expect([open?.type, inline?.type, close?.type, rest.length]).toEqual([
    'paragraph_open',
    'inline',
    'paragraph_close',
    0,
  ]);
  const parts = inline?.children ?? [];
  return {
    kinds: new Set(
      parts.map(({ type }) => type).filter((type) => type !== 'text' && type !== 'text_special'),
    ),
    text: parts.map(({ content }) => content).join(''),
  };
}

const shown = (text: string) =>
  text
    .replaceAll(/[\u2060\u200b]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe('text from outside in Markdown', () => {
  it('is the same text for a reader, and nothing else', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const { kinds, text: seen } = read(plainText(text));
        expect([...kinds]).toEqual([]);
        expect(shown(seen)).toBe(shown(`x ${oneLine(text)} y`));
      }),
      { numRuns: 2000 },
    );
  });

  it('begins no list, heading, rule or quotation at the start of a line', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const kinds = parser.parse(plainText(text), {}).map(({ type }) => type);
        expect(kinds.filter((kind) => !/^(paragraph_(open|close)|inline)$/.test(kind))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['@ada', 'see @ada/team', '#12', 'acme/os#12'])(
    'mentions nobody and refers to nothing: %s',
    (text) => {
      expect(plainText(text)).not.toMatch(/[@#]\w/);
    },
  );

  it('in code type shows every character, whatever backquotes are in it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        fc.pre(oneLine(text).trim() !== '');
        const { kinds, text: seen } = read(code(text.replaceAll('|', '/')));
        expect([...kinds]).toEqual(['code_inline']);
        expect(shown(seen)).toBe(shown(`x ${oneLine(text.replaceAll('|', '/'))} y`));
      }),
      { numRuns: 2000 },
    );
  });

  it('in a block of code stays in it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const kinds = parser.parse(codeBlock(text), {}).map(({ type }) => type);
        expect(kinds).toEqual(['fence']);
      }),
    );
  });

  it('in a table stays in its cell', () => {
    fc.assert(
      fc.property(nasty, nasty, (one, other) => {
        const html = parser.render(table(['a', 'b'], [[plainText(one), code(`x${other}x`)]]));
        expect(html.match(/<td>/g)).toHaveLength(2);
      }),
    );
  });
});

describe('a log line in a workflow run', () => {
  it('is never a command, whatever blanks .NET trims before it', () => {
    const blank = fc.string({
      unit: fc.constantFrom(
        ' ',
        '\t',
        '\u0085',
        '\u00a0',
        '\u2003',
        '\ufeff',
        '\n',
        '\r',
        '\v',
        '\f',
        '\u2028',
      ),
      maxLength: 6,
    });
    fc.assert(
      fc.property(blank, blank, (one, two) => {
        for (const line of harmless(`${one}::error::x${two}\n${two}##[error]y`).split(/[\n\r]/)) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what String.Trim of .NET removes
          expect(line.replace(/^[\s\u0085\u0000]+/, '')).not.toMatch(/^::/);
          expect(line).not.toContain('##[');
        }
      }),
    );
  });
});

describe('long hostile texts', () => {
  // Quadratic patterns took seconds for these; the test's own time limit is the measure.
  const long = 300_000;
  it.each([
    ['line breaks', '\n'.repeat(long)],
    ['blanks', `${' '.repeat(long)}x`],
    ['slashes', `${'/'.repeat(long)}x`],
    ['backquotes', '`'.repeat(long)],
    ['separate backquotes', '` '.repeat(long)],
    ['angles', '<'.repeat(long)],
    ['colons', ` ${':'.repeat(long)}`],
  ])('%s are escaped at once', (_, text) => {
    for (const escaped of [plainText, code, codeBlock, harmless, oneLine, withoutTrailingSlashes])
      escaped(text);
  });
});
