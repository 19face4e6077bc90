import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAncestor, mergeBase } from '../../../src/world/git/ancestry.ts';
import { createRepository } from '../../support/repository.ts';

it('the common ancestor is one that git names, in any history', async () => {
  const git = await createRepository();
  const tree = await git.run(['mktree'], { input: '' });
  // Each commit has up to two of the earlier ones as parents, often the one before: some histories are longer than what
  // is read without git.
  const history = fc.array(fc.tuple(fc.nat(3), fc.option(fc.nat(60))), { minLength: 2, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(history, fc.nat(59), fc.nat(59), async (steps, x, y) => {
      const stream = steps.map(([back, merge], index) => {
        const parents = [...new Set([index - back, merge === null ? 0 : merge % (index + 1)])].filter(
          (at) => at > 0,
        );
        const [from, second] = parents.map((at) => `:${at}\n`);
        return [
          `commit refs/heads/any\nmark :${index + 1}\ncommitter A <a@b> ${1_785_000_000 + index} +0000\ndata 1\nx\n`,
          from === undefined ? '' : `from ${from}`,
          second === undefined ? '' : `merge ${second}`,
          `M 040000 ${tree} \nget-mark :${index + 1}\n`,
        ].join('');
      });
      const input = `reset refs/heads/any\n${stream.map((each) => each.replace(/^commit/, 'reset refs/heads/any\n\ncommit')).join('')}done\n`;
      const commits = (await git.run(['fast-import', '--quiet', '--done', '--force'], { input })).split('\n');
      const [one, other] = [commits[x % commits.length] as string, commits[y % commits.length] as string];
      const best = (await git.run(['merge-base', '--all', one, other], { allow: [0, 1] }))
        .split('\n')
        .filter(Boolean);
      const found = await mergeBase(git, one, other);
      if (best.length === 0) expect(found).toBeUndefined();
      else expect(best).toContain(found);
      const real = (await git.try(['merge-base', '--is-ancestor', one, other])) !== undefined;
      expect(await isAncestor(git, one, other)).toBe(real);
    }),
    { numRuns: 30 },
  );
});

it('a commit that is missing here is an error, not an answer', async () => {
  const git = await createRepository();
  await expect(mergeBase(git, '1'.repeat(40), '2'.repeat(40))).rejects.toThrow('merge-base');
});
