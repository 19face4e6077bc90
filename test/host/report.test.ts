import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderFindings } from '../../src/host/findings.ts';
import { count, exact, exactly, type Fact, renderReports, say } from '../../src/host/report.ts';

const digest = 'sha256:0123';

describe('a report', () => {
  const report = {
    headline: say`stable: promoted ${exact('acme/os:1')}`,
    facts: [
      { warning: 'no evidence' },
      say`digest: ${exact(digest)}`,
      undefined,
      say`tags: ${exactly(['1', 'stable'])}, ${2} of them`,
      {
        head: ['gate', 'state'],
        rows: [
          ['soak time', { text: 'waiting', markdown: '🟡' }],
          ['hold', 'green'],
        ],
      },
      { title: '2 files', lines: ['a', 'b'] },
      { block: '-old\n+new\n' },
      { title: 'console', block: 'panic\n' },
    ],
  } as const;

  it('says every fact on the terminal', () => {
    expect(renderReports(report).text).toBe(`stable: promoted acme/os:1
  warning: no evidence
  digest: sha256:0123
  tags: 1, stable, 2 of them
  soak time  waiting
  hold       green
  a
  b

-old
+new

--- console ---
panic`);
  });

  it('says the same facts in a job summary', () => {
    expect(renderReports(report).summary).toBe(`### stable: promoted \`acme/os:1\`

> [!WARNING]
> no evidence

- digest: \`sha256:0123\`
- tags: \`1\`, \`stable\`, 2 of them

| gate | state |
|---|---|
| soak time | 🟡 |
| hold | green |

<details><summary>2 files</summary>

\`\`\`text
a
b
\`\`\`

</details>

\`\`\`text
-old
+new
\`\`\`

<details open><summary>console</summary>

\`\`\`text
panic
\`\`\`

</details>`);
  });

  it('leaves out lists, tables and blocks without content', () => {
    const facts: Fact[] = [{ head: ['a'], rows: [] }, { title: 'none', lines: [] }, { block: ' \n' }];
    expect(renderReports({ headline: 'nothing', facts })).toEqual({
      text: 'nothing',
      summary: '### nothing',
    });
  });

  it('is one of several, one after the other', () => {
    expect(renderReports({ headline: 'one', facts: ['1'] }, { headline: 'two', facts: [] })).toEqual({
      text: 'one\n  1\ntwo',
      summary: '### one\n\n- 1\n\n### two',
    });
  });

  it('never lets a value act as markup in a job summary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const hostile = `${value} <img src=x> @someone [a](https://b.example)`;
        const { summary } = renderReports({
          headline: hostile,
          facts: [
            hostile,
            say`because: ${hostile}`,
            { warning: hostile },
            { head: ['x'], rows: [[hostile]] },
          ],
        });
        expect(summary).not.toMatch(/<img|@someone|(?<!\\)\[a/);
      }),
    );
  });
});

describe('findings', () => {
  const found = {
    text: 'a.yaml:3: error: It is wrong. [one]\nb: warning: It is odd. [two]\n    Change it.\ncheck: 2 findings',
    summary: `### check: 2 findings

|  | where | what | what to do | rule |
|---|---|---|---|---|
| error | \`a.yaml:3\` | It is wrong. |  | \`one\` |
| warning | \`b\` | It is odd. | Change it. | \`two\` |`,
  };

  it('come before the report on the terminal, after it in a job summary, errors first', () => {
    const findings = [
      { severity: 'warning', rule: 'two', where: 'b', message: 'It is odd.', remedy: 'Change it.' },
      { severity: 'error', rule: 'one', where: 'a.yaml:3', message: 'It is wrong.' },
    ];
    expect(renderFindings(findings, { headline: 'check: 2 findings', facts: [] })).toEqual(found);
  });

  it('keep the address of a page as a link', () => {
    const where = 'https://github.example/acme/os/settings';
    const { summary } = renderFindings([{ severity: 'error', rule: 'r', where, message: 'm' }], {
      headline: 'h',
      facts: [],
    });
    expect(summary).toContain(`| ${where} |`);
  });
});

it('counts in the singular and in the plural', () => {
  expect([count(0, 'error'), count(1, 'error'), count(2, 'error')]).toEqual([
    '0 errors',
    '1 error',
    '2 errors',
  ]);
});
