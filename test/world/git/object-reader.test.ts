import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OutsideError } from '../../../src/host/errors.ts';
import { findTool } from '../../../src/host/tools.ts';
import { Git } from '../../../src/world/git/git.ts';
import { findEntry, listCommit, listTree } from '../../../src/world/git/list-tree.ts';
import { readRef } from '../../../src/world/git/local-refs.ts';
import { findCommit, readCommitTime } from '../../../src/world/git/read-commit.ts';
import { readBlob, readTexts } from '../../../src/world/git/read-objects.ts';
import { commitFiles, createRepository, temporaryFolder } from '../../support/repository.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Pids of the `git cat-file` processes that read this repository. */
function readers({ directory }: Git): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes(directory) && words.includes('cat-file');
      } catch {
        return false; // It has ended.
      }
    });
}

async function repositoryWithCommit(): Promise<Git> {
  const git = await createRepository();
  await commitFiles(git, { file: 'old\n' });
  return git;
}

describe('lists of files', () => {
  it('equal those of git ls-tree, for any names, folders, links and submodules', async () => {
    const name = fc
      .string({
        unit: fc.constantFrom('a', 'b', 'B', '-', '.', ' ', 'é', '0', '\t', '"'),
        minLength: 1,
        maxLength: 4,
      })
      .filter((text) => !/^\.+$/.test(text) && text.trim() !== '');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const kind = fc.constantFrom('file', 'program', 'link', 'submodule');
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(path, kind), { maxLength: 12 }), async (files) => {
        const git = await repositoryWithCommit();
        const base = await git.run(['rev-parse', 'HEAD']);
        for (const [file, what] of files) {
          const target = join(git.directory, file);
          try {
            mkdirSync(dirname(target), { recursive: true });
            if (what === 'link') symlinkSync('elsewhere', target);
            else writeFileSync(target, file);
            if (what === 'program') chmodSync(target, 0o755);
          } catch {
            continue; // A file is where this one needs a folder, or the other way round.
          }
          if (what !== 'submodule') continue;
          await git.run(['add', '--all']);
          await git.run(['update-index', '--cacheinfo', `160000,${base},${file}`]);
        }
        await git.run(['add', '--all']);
        await git.run(['commit', '--quiet', '--allow-empty', '--message', 'Any files']);
        const listed = (await git.run(['ls-tree', '-r', '-z', '--full-tree', 'HEAD']))
          .split('\0')
          .filter((line) => line !== '')
          .map((line) => {
            const [, mode = '', hash = '', file = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
            return { mode, hash, path: file };
          });
        const commit = await git.run(['rev-parse', 'HEAD']);
        expect(await listCommit(git, 'HEAD')).toEqual(listed);
        expect(await listTree(git, commit, '')).toEqual(listed.filter(({ mode }) => mode !== '160000'));
        for (const entry of listed) {
          expect(await findEntry(git, commit, entry.path)).toEqual(entry);
          const top = entry.path.split('/')[0] ?? '';
          expect(await listTree(git, commit, `${top}/`)).toEqual(
            listed.filter(
              (each) => (each.path === top || each.path.startsWith(`${top}/`)) && each.mode !== '160000',
            ),
          );
        }
        expect(await findEntry(git, commit, 'not-here/at-all')).toBeUndefined();
      }),
      { numRuns: 8 },
    );
  });
});

describe('objects', () => {
  it('are read byte for byte, many at once, by one process that ends when it is idle', async () => {
    const git = await repositoryWithCommit();
    const contents = [0, 1, 70_000, 3_000_000].map((size) =>
      Buffer.alloc(size, Buffer.from([0, 10, 255, 13])),
    );
    const hashes = await Promise.all(
      contents.map((input) => git.run(['hash-object', '-w', '--stdin'], { input })),
    );
    const asked = [...hashes, ...hashes, ...hashes];
    const read = await Promise.all(asked.map((hash) => readBlob(git, hash)));
    expect(readers(git)).toHaveLength(1);
    asked.forEach((hash, index) => {
      expect(read[index]?.equals(contents[hashes.indexOf(hash)] as Buffer)).toBe(true);
    });
    await expect.poll(() => readers(git), { timeout: 20_000 }).toEqual([]);
    expect(await readBlob(git, hashes[1] as string)).toEqual(contents[1]);
  });

  it('that are asked for while an idle process still ends are read by the next one', async () => {
    const git = new Git((await repositoryWithCommit()).directory);
    const folder = await temporaryFolder();
    // The first process takes a second to end, and the next one two seconds to start.
    const slow = `#!/bin/sh
if mkdir ${folder}/started 2>/dev/null; then ${findTool('git')} "$@"; sleep 1; else sleep 2; exec ${findTool('git')} "$@"; fi
`;
    writeFileSync(join(folder, 'git'), slow, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
    expect((await git.objects.read('HEAD'))?.kind).toBe('commit');
    await sleep(1200);
    expect((await git.objects.read('HEAD'))?.kind).toBe('commit');
  });

  it('are asked for again in a new process if the first one is killed', async () => {
    const git = await repositoryWithCommit();
    const before = await findCommit(git, 'HEAD');
    for (const pid of readers(git)) process.kill(pid, 'SIGKILL');
    expect(await findCommit(git, 'HEAD')).toBe(before);
    await expect.poll(() => git.objects.find('HEAD').then((object) => object?.hash)).toBe(before);
  });

  it('that other processes add, pack and name are found', async () => {
    const git = await repositoryWithCommit();
    const first = await readRef(git, 'refs/heads/main');
    await commitFiles(git, { file: 'new\n' });
    const second = await git.run(['rev-parse', 'HEAD']);
    expect(second).not.toBe(first);
    expect(await readRef(git, 'refs/heads/main')).toBe(second);
    await git.run(['gc', '--quiet', '--prune=now']);
    await commitFiles(git, { file: 'newer\n' });
    await git.run(['repack', '-a', '-d', '--quiet']);
    await git.run(['pack-refs', '--all']);
    const third = await git.run(['rev-parse', 'HEAD']);
    expect(await readRef(git, 'refs/heads/main')).toBe(third);
    const texts = await readTexts(git, await listTree(git, third, 'file'));
    expect(Object.fromEntries(texts)).toEqual({ file: 'newer\n' });
    expect(await readCommitTime(git, third)).toBe(Number(await git.run(['log', '-1', '--format=%ct'])));
    await git.run(['update-ref', '-d', 'refs/heads/main']);
    expect(await readRef(git, 'refs/heads/main')).toBeUndefined();
  });

  it('that cannot be read are an error that says why', async () => {
    const git = await repositoryWithCommit();
    const missing = '1'.repeat(40);
    await expect(readBlob(git, missing)).rejects.toThrow(new RegExp(`${missing}.*missing`, 's'));
    await expect(readBlob(git, (await findCommit(git, 'HEAD')) ?? '')).rejects.toThrow(/it is commit/);
    const nowhere = new Git(await temporaryFolder());
    await expect(nowhere.objects.read('HEAD')).rejects.toThrow(OutsideError);
    await expect(nowhere.objects.read('HEAD')).rejects.toThrow(/not a git repository/);
    await expect(readRef(nowhere, 'refs/heads/main')).rejects.toThrow(/not a git repository/);
    expect(await git.objects.read('two\nlines')).toBeUndefined();
  });

  it('of a name that looks like an option or an answer do not exist', async () => {
    const git = await repositoryWithCommit();
    for (const name of ['--batch-all-objects', `${'1'.repeat(40)} blob 3`, 'HEAD^{commit} missing', ' ']) {
      expect(await git.objects.read(name)).toBeUndefined();
    }
    expect(await findCommit(git, '--help')).toBeUndefined();
    expect((await git.objects.read('HEAD'))?.kind).toBe('commit');
  });
});
