import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/project/configuration/config.ts';
import { blocksOf, pagesForUsers } from './pages.ts';

const markdown = new MarkdownIt({ html: true });
const pages = pagesForUsers();

/** The targets of all links and pictures of a page, in the order of the page. */
function linksOf(page: string): string[] {
  const tokens = markdown.parse(readFileSync(page, 'utf8'), {});
  return tokens
    .flatMap(({ children }) => children ?? [])
    .flatMap((token) => [token.attrGet('href'), token.attrGet('src')])
    .filter((link) => typeof link === 'string');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const tokens = markdown.parse(readFileSync(page, 'utf8'), {});
  const anchors = new Set<string>();
  for (const [index, { type }] of tokens.entries()) {
    if (type !== 'heading_open') continue;
    const text = (tokens[index + 1]?.children ?? []).map(({ content }) => content).join('');
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    anchors.add(anchors.has(slug) ? `${slug}-1` : slug);
  }
  return anchors;
}

describe('the pages', () => {
  it.each(pages)('%s: every link leads to a file and a heading that exist', (page) => {
    const broken = linksOf(page).filter((link) => {
      if (/^(https?|mailto):/.test(link)) return false;
      const [path = '', anchor] = decodeURI(link).split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(file)) return true;
      return anchor !== undefined && statSync(file).isFile() && !anchorsOf(file).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('can all be reached from the README', () => {
    const seen = new Set(['README.md']);
    for (const page of seen) {
      for (const link of linksOf(page)) {
        const file = normalize(join(dirname(page), link.replace(/#.*/, '')));
        const index = existsSync(file) && statSync(file).isDirectory() ? join(file, 'README.md') : file;
        if (index.endsWith('.md') && existsSync(index)) seen.add(index);
      }
    }
    const lost = pages.filter((page) => !seen.has(page) && !page.startsWith('actions/'));
    expect(lost).toEqual([]);
  });

  it('show only configurations that this version reads', () => {
    const whole = pages
      .flatMap((page) => blocksOf(page))
      .filter(({ language, text }) => language === 'yaml' && /^image:/m.test(text) && /^fleets:/m.test(text));
    expect(whole.length).toBeGreaterThan(0);
    for (const { page, line, text } of whole) {
      expect(() => parseConfig(text, `${page}:${line}`)).not.toThrow();
    }
  });
});
