import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadVerbs } from '../../script/generate.ts';
import { referencePages } from '../../script/reference.ts';

describe('docs/reference', () => {
  it('is what script/build makes from the code', async () => {
    const verbs = await loadVerbs(`${process.cwd()}/src/verbs`);
    for (const [path, text] of referencePages(verbs)) {
      expect(readFileSync(path, 'utf8'), `${path}: run script/build`).toBe(text);
      for (const name of verbs.keys())
        if (path.endsWith('verbs.md')) expect(text).toContain(`\n### ${name}\n`);
    }
  });
});
