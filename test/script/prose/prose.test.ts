import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { proseOf } from '../../../script/prose/collect.ts';
import { type Finding, findingLine, findProse, judgeProse } from '../../../script/prose/findings.ts';
import { beyond, shrink } from '../../../script/prose/lint.ts';
import { proseRules } from '../../../script/prose/rules.ts';
import { sampleProse } from '../../../script/prose/sample.ts';

const judge = (text: string) => judgeProse({ file: 'docs/a.md', line: 3, kind: 'document', text });
const root = fileURLToPath(new URL('../../..', import.meta.url));
const style = readFileSync(`${root}/docs/style.md`, 'utf8');
const rows = [...style.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)]
  .map((row) => [row[1] ?? '', row[2] ?? ''] as const)
  .filter(([before]) => before !== 'before');

describe('the table of docs/style.md', () => {
  it.each(rows)('"%s" is reported, "%s" is not', (before, after) => {
    expect(judge(before).length).toBeGreaterThan(0);
    expect(judge(after)).toEqual([]);
  });

  it('has an example of every rule', () => {
    const shown = new Set(rows.flatMap(([before]) => judge(before).map(({ rule }) => rule)));
    expect(proseRules.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe('a rule', () => {
  it.each([
    'the folder where the image lives',
    'a digest that has not been promoted',
    'there is no release yet',
    'the release is no longer offered',
    'the tests that it should run',
  ])('lets good English pass: %s', (text) => {
    expect(judge(text)).toEqual([]);
  });

  it('is one line: file, line, rule, words and remedy', () => {
    expect(judge('Say what mends it.').map(findingLine)).toEqual([
      'docs/a.md:3: mend: "Say what mends it."; write instead: fix, correct (docs/style.md)',
    ]);
  });
});

describe('what is read', () => {
  it('of code: comments and sentences, with their lines, and no identifiers', () => {
    const text = [
      '#!/usr/bin/env node',
      '/** Reads one',
      ' * file of many. */',
      "import { a } from './one/two/three.ts';",
      'const b = a; // a short remark',
      'throw new Error(`no file ${b} was found here`);',
    ].join('\n');
    expect(proseOf('src/x.ts', text).map(({ line, kind, text: said }) => [line, kind, said])).toEqual([
      [2, 'comment', 'Reads one file of many.'],
      [5, 'comment', 'a short remark'],
      [6, 'message', 'no file … was found here'],
    ]);
  });

  it('of tests: comments and the names of tests, not their data', () => {
    const text = "it.each([1])('refuses a release of %s', () => {\n  run('some words of data');\n});\n";
    expect(proseOf('test/x.test.ts', text)).toMatchObject([
      { kind: 'test name', text: 'refuses a release of %s' },
    ]);
  });

  it('of documents: paragraphs and table rows, without code', () => {
    const text =
      'One line\nand its end with `where it is` code.\n\n```\nwhere it is\n```\n| a | b |\n| c | d |\n';
    expect(proseOf('docs/x.md', text).map(({ line, text: said }) => [line, said])).toEqual([
      [1, 'One line and its end with `…` code.'],
      [7, '| a | b |'],
      [8, '| c | d |'],
    ]);
  });
});

describe('the allowances', () => {
  const finding = (file: string): Finding => ({ file, line: 1, rule: '', found: '', instead: '' });
  const findings = [finding('a'), finding('a'), finding('b')];

  it('let a file have as many findings as it had, and no more', () => {
    expect(beyond(findings, { a: 2, b: 1 })).toEqual([]);
    expect(beyond(findings, { a: 1, b: 1 })).toHaveLength(2);
    expect(beyond(findings, {})).toHaveLength(3);
  });

  it('only ever shrink', () => {
    expect(shrink(findings, { a: 5, b: 1, c: 4 })).toEqual({ a: 2, b: 1 });
    expect(shrink(findings, { a: 1 })).toEqual({ a: 1 });
  });
});

describe('this repository', () => {
  it('has no finding in documents, scripts, workflows and the helpers of tests', () => {
    const clean = /^(docs|script|\.github|\.ci|test\/(support|script|architecture|first-day))\/|^[A-Z]+\.md$/;
    const findings = findProse(root).filter(({ file }) => clean.test(file));
    expect(findings.map(findingLine)).toEqual([]);
  });
});

describe('a sample', () => {
  const prose = Array.from({ length: 300 }, (_, index) => ({
    file: 'src/x.ts',
    line: index,
    kind: index % 2 === 0 ? ('comment' as const) : ('message' as const),
    text: `some words of piece ${index}`,
  }));

  it('is the same for the same seed, has the sizes asked for and no piece twice', () => {
    const drawn = sampleProse(prose, 1);
    expect(sampleProse(prose, 1)).toEqual(drawn);
    expect(sampleProse(prose, 2)).not.toEqual(drawn);
    expect(new Set(drawn).size).toBe(160);
    expect(drawn.filter(({ kind }) => kind === 'comment')).toHaveLength(100);
  });
});
