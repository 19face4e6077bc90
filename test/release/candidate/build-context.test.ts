import { mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { selectContext } from '../../../src/release/candidate/build-context.ts';
import { materialiseContext } from '../../../src/release/candidate/materialise.ts';
import { listCommit } from '../../../src/world/git/list-tree.ts';
import { commitFiles, createRepository, temporaryFolder } from '../../support/repository.ts';

const own = {
  containerfile: 'Containerfile',
  tests: 'tests',
  templates: ['rollouts/stable.json.hbs', 'odd/[x].hbs'],
};

/** The paths of those files that stay in the context. */
function select(paths: string[], patterns?: string): string[] {
  const entries = paths.map((path) => ({ path, mode: '100644', hash: '0'.repeat(40) }));
  const ignoreFile = patterns === undefined ? undefined : { path: '.containerignore', text: patterns };
  return selectContext(entries, own, ignoreFile).map(({ path }) => path);
}

describe('the build context', () => {
  it('is the whole commit without the files for Coxswain and its tests', () => {
    expect(
      select([
        '.containerignore',
        '.coxswain/refresh',
        '.dockerignore',
        '.gitattributes',
        '.github/workflows/x.yml',
        '.gitignore',
        'Containerfile',
        'README.md',
        'coxswain.yaml',
        'docs/tests/a.md',
        'odd/[x].hbs',
        'odd/x.hbs',
        'rollouts/stable.json.hbs',
        'rollouts/other.json.hbs',
        'rootfs/etc/hosts',
        'rootfs/coxswain.yaml',
        'tests/10-boots.sh',
        'testsuite/x',
      ]),
    ).toEqual([
      'README.md',
      'docs/tests/a.md',
      'odd/x.hbs',
      'rootfs/etc/hosts',
      'rootfs/coxswain.yaml',
      'testsuite/x',
    ]);
  });

  it('leaves out what an ignore file names, with the meaning it has to Docker', () => {
    const files = ['a.md', 'docs/a.md', 'docs/deep/b.txt', 'rootfs/keep', 'rootfs/README.md', 'Docs/c'];
    expect(select(files, '# comment\n\n*.md\n')).toEqual([
      'docs/a.md',
      'docs/deep/b.txt',
      'rootfs/keep',
      'rootfs/README.md',
      'Docs/c',
    ]);
    expect(select(files, '**/*.md\n!rootfs/README.md')).toEqual([
      'docs/deep/b.txt',
      'rootfs/keep',
      'rootfs/README.md',
      'Docs/c',
    ]);
    expect(select(files, '/docs/\r\n')).toEqual(['a.md', 'rootfs/keep', 'rootfs/README.md', 'Docs/c']);
    expect(select(files, '*\n!rootfs')).toEqual(['rootfs/keep', 'rootfs/README.md']);
    expect(select(files, '*\n!rootfs/**\nrootfs/*.md')).toEqual(['rootfs/keep']);
  });

  it('has tests when a pattern asks for them, and never the configuration or the refresh marker', () => {
    const files = ['coxswain.yaml', '.coxswain/refresh', 'tests/a.sh', 'Containerfile'];
    expect(select(files, '!tests\n!coxswain.yaml\n!.coxswain\n!.coxswain/refresh')).toEqual(['tests/a.sh']);
  });

  it('refuses an invalid pattern, with its line', () => {
    expect(() => select(['a'], 'docs\n[z-a]\n')).toThrowError(
      /^\.containerignore:2: not a pattern: .*found "\[z-a\]"/,
    );
  });

  it('refuses a submodule, unless it is ignored', () => {
    const entries = [{ path: 'vendor/lib', mode: '160000', hash: '0'.repeat(40) }];
    expect(() => selectContext(entries, own)).toThrowError(
      'vendor/lib: a git submodule cannot be part of the build context: its files are not in this repository. ' +
        'Copy the files, fetch them in the Containerfile, or name vendor/lib in .containerignore.',
    );
    expect(selectContext(entries, own, { path: '.containerignore', text: 'vendor' })).toEqual([]);
  });
});

describe('the materialised context', () => {
  async function materialise(git: Awaited<ReturnType<typeof createRepository>>) {
    const folder = await temporaryFolder();
    const context = selectContext(await listCommit(git, 'HEAD'), own);
    await materialiseContext(git, context, folder, 1_700_000_000);
    return folder;
  }

  it('is the commit byte for byte: not the work tree, not line ends, modes and links as committed', async () => {
    const git = await createRepository();
    const bytes = Buffer.from([0, 255, 13, 10, 10, 200, 0]);
    await mkdir(join(git.directory, 'deep/er'), { recursive: true });
    await writeFile(join(git.directory, 'deep/er/bytes'), bytes);
    await writeFile(join(git.directory, 'empty'), '');
    await writeFile(join(git.directory, 'big'), Buffer.alloc(300_000, 'x\n'));
    await writeFile(join(git.directory, 'ä b\n"c'), 'odd name');
    await writeFile(join(git.directory, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    await symlink('../etc/nothing', join(git.directory, 'link'));
    await symlink('deep', join(git.directory, 'folder-link'));
    await commitFiles(git, { '.gitattributes': '*.txt text eol=crlf\n', 'lines.txt': 'a\nb\n' });
    await writeFile(join(git.directory, 'lines.txt'), 'changed');
    await writeFile(join(git.directory, 'untracked'), 'new');
    const previous = process.umask(0o077);
    const folder = await materialise(git).finally(() => process.umask(previous));
    expect(await readFile(join(folder, 'deep/er/bytes'))).toEqual(bytes);
    expect(await readFile(join(folder, 'lines.txt'), 'utf8')).toBe('a\nb\n');
    expect(await readFile(join(folder, 'empty'), 'utf8')).toBe('');
    expect((await readFile(join(folder, 'big'))).length).toBe(300_000);
    expect(await readFile(join(folder, 'ä b\n"c'), 'utf8')).toBe('odd name');
    expect(await readlink(join(folder, 'link'))).toBe('../etc/nothing');
    expect(await readlink(join(folder, 'folder-link'))).toBe('deep');
    await expect(stat(join(folder, 'untracked'))).rejects.toThrow('ENOENT');
    const modes = await Promise.all(
      ['run.sh', 'lines.txt', 'deep/er'].map(async (path) =>
        ((await stat(join(folder, path))).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['755', '644', '755']);
    expect((await stat(join(folder, 'deep/er'))).mtimeMs).toBe(1_700_000_000_000);
    expect((await stat(join(folder, 'run.sh'))).mtimeMs).toBe(1_700_000_000_000);
  });

  it('refuses a Git LFS pointer, which would be built in instead of the file', async () => {
    const git = await createRepository();
    await commitFiles(git, {
      'rootfs/big.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`,
    });
    await expect(materialise(git)).rejects.toThrowError(/^rootfs\/big\.bin: this file is in Git LFS/);
  });
});
