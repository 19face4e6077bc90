import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FileChange } from '../../../src/world/forge/forge.ts';
import { Git } from '../../../src/world/git/git.ts';
import { changedPaths } from '../../../src/world/git/list-tree.ts';
import { writeCommit } from '../../../src/world/git/write-objects.ts';
import { commitFiles, createRepository } from '../../support/repository.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const name = fc.constantFrom('a', 'B', 'é', ' x ', '"', 'back\\slash', 'line\nend', '-', '.hidden', 'inline');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const content = fc.option(
  fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom('data 3\nD a\n', 'done\n', 'commit refs/heads/main\n'),
  ),
);
const change = fc.record(
  { path, content, executable: fc.boolean() },
  { requiredKeys: ['path', 'content'] },
) as fc.Arbitrary<FileChange>;
/** No path of one list is inside another one: what is meant then nobody can say. */
const changes = fc
  .uniqueArray(change, { selector: (each) => each.path, maxLength: 6 })
  .filter((list) => list.every((each) => list.every((other) => !other.path.startsWith(`${each.path}/`))));

/** mode, content and path of each file, as git reads them. */
async function filesOf(git: Git, commit: string): Promise<Map<string, string>> {
  const listed = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit]);
  const files = new Map<string, string>();
  for (const line of listed.split('\0').filter(Boolean)) {
    const [, mode = '', hash = '', file = ''] = /^(\d+) blob (\w+)\t(.*)$/s.exec(line) ?? [];
    files.set(file, `${mode} ${hash}`);
  }
  return files;
}

describe('a written commit', () => {
  it('has the files of its parent with the changes, for any names and contents, and so do the changed paths', async () => {
    const git = await createRepository();
    const hashOf = (bytes: string | Uint8Array) =>
      git.run(['hash-object', '--no-filters', '--stdin'], { input: bytes });
    let parent: string | undefined;
    const expected = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const before = new Map(expected);
        const made = await writeCommit(git, { parent, changes: list, message: 'Any changes' });
        for (const { path, content } of list) {
          // A folder or a file of this name is gone.
          const parts = path.split('/');
          for (const known of [...expected.keys()]) if (known.startsWith(`${path}/`)) expected.delete(known);
          if (content === null) expected.delete(path);
          else for (let at = 1; at < parts.length; at += 1) expected.delete(parts.slice(0, at).join('/'));
        }
        for (const { path, content, executable = before.get(path)?.startsWith('100755') ?? false } of list) {
          if (content !== null)
            expected.set(path, `${executable ? '100755' : '100644'} ${await hashOf(content)}`);
        }
        expect(await filesOf(git, made)).toEqual(expected);
        if (parent !== undefined) {
          const differ = [...new Set([...before.keys(), ...expected.keys()])].filter(
            (file) => before.get(file) !== expected.get(file),
          );
          expect(await changedPaths(git, parent, made)).toEqual(differ.sort());
          const listed = await git.run([
            'diff-tree',
            '-r',
            '-z',
            '--no-renames',
            '--name-only',
            parent,
            made,
          ]);
          expect(listed.split('\0').filter(Boolean).sort()).toEqual(differ);
        }
        parent = made;
      }),
      { numRuns: 25 },
    );
    expect(await git.run(['for-each-ref'])).toBe('');
    expect(
      await git.run(['fsck', '--strict', '--no-dangling', '--unreachable', '--no-progress']),
    ).not.toMatch(/error|warning/);
  });

  it('names its parents, its message and the time that the environment says', async () => {
    const git = await createRepository();
    const parent = await commitFiles(git, { a: '1' });
    const other = await commitFiles(git, { a: '2' });
    vi.stubEnv('GIT_AUTHOR_DATE', '2026-01-02T03:04:05+01:00');
    vi.stubEnv('GIT_COMMITTER_DATE', '1785000000 +0000');
    const made = await writeCommit(new Git(git.directory), {
      parent,
      merges: [other],
      changes: [],
      message: 'Subject ü\n\ndata 5\nno end',
    });
    expect(await git.run(['show', '--no-patch', '--format=%P%n%at %ct%n%B', made])).toBe(
      `${parent} ${other}\n1767319445 1785000000\nSubject ü\n\ndata 5\nno end\n`,
    );
    expect(await git.run(['show', `${made}:a`])).toBe('1');
  });

  it('has the time of now without such an environment', async () => {
    const git = await createRepository();
    const before = Math.floor(Date.now() / 1000);
    const made = await writeCommit(git, { parent: undefined, changes: [], message: 'x' });
    const time = Number(await git.run(['show', '--no-patch', '--format=%ct', made]));
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it.each(['', '/a', 'a//b', '../a', 'a/..', './a', '.git/config', 'a/.GIT/hooks/x', 'a\0b'])(
    'is refused for the path %j, and nothing is written',
    async (wrong) => {
      const git = await createRepository();
      const changes = [{ path: wrong, content: 'x' }];
      await expect(writeCommit(git, { parent: undefined, changes, message: 'x' })).rejects.toThrow(
        'cannot be the path of a file',
      );
      expect(await git.run(['count-objects'])).toMatch(/^0 objects/);
    },
  );

  it('is refused without its parent', async () => {
    const git = await createRepository();
    const parent = '1'.repeat(40);
    await expect(writeCommit(git, { parent, changes: [], message: 'x' })).rejects.toThrow('writing a commit');
    expect(await git.run(['for-each-ref'])).toBe('');
  });
});
