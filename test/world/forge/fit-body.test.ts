import { describe, expect, it } from 'vitest';
import { bodyLimit, fitBody } from '../../../src/world/forge/fit-body.ts';

describe('fitBody', () => {
  const rows = (count: number) => ['| a | b |', '|---|---|', ...Array(count).fill('| 1 | 2 |')].join('\n');

  it('leaves alone what fits, to the last character', () => {
    const body = 'x'.repeat(bodyLimit - 5);
    expect(fitBody(body, { tail: '<!-->' })).toBe(`${body}<!-->`);
    expect(fitBody(`${body}y`, { tail: '<!-->' })).not.toContain('y');
  });

  it.each([
    ['a table', `Before.\n\n${rows(40)}\n\nAfter.`],
    [
      'a fenced block',
      `Before.\n\n\`\`\`\`text\none\n\n\`\`\`\n\n${'line\n\n'.repeat(60)}\`\`\`\`\n\nAfter.`,
    ],
    ['details', `Before.\n\n<details><summary>All</summary>\n\n${'text\n\n'.repeat(60)}</details>\n\nAfter.`],
  ])('does not cut inside %s', (_what, body) => {
    const cut = fitBody(body, { limit: 300, tail: '\n<!-- mark -->\n' });
    expect(cut).toBe(
      `Before.\n\n> **Cut here**: this text has ${body.length} characters, more than GitHub accepts. The workflow run has the rest.\n\n<!-- mark -->\n`,
    );
  });

  it('keeps as many whole paragraphs as there is room for', () => {
    const cut = fitBody(Array.from({ length: 50 }, (_, index) => `Paragraph ${index}.`).join('\n\n'), {
      limit: 300,
    });
    expect(cut.length).toBeLessThanOrEqual(300);
    expect(cut).toMatch(/^Paragraph 0\.\n\n.*Paragraph 1\d\.\n\n> \*\*Cut here\*\*/s);
  });

  it('cuts between lines if there is only one paragraph', () => {
    const cut = fitBody(rows(60), { limit: 300 });
    expect(cut.split('\n\n')[0]).toMatch(/^(\| (a|1) \| (b|2) \|\n|\|---\|---\|\n)+\| 1 \| 2 \|$/);
  });
});
