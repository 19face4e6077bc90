import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { StaleBranchError } from '../../../src/world/forge/forge.ts';
import { Git } from '../../../src/world/git/git.ts';
import { moveRef, moveRefWhile, readRef } from '../../../src/world/git/local-refs.ts';
import { commitFiles, temporaryFolder } from '../../support/repository.ts';

let git: Git;
let first: string;
let second: string;

beforeEach(async () => {
  git = new Git(await temporaryFolder());
  await git.run(['init', '--quiet', '--initial-branch', 'main']);
  await commitFiles(git, { a: '1\n' });
  first = await git.run(['rev-parse', 'HEAD']);
  await commitFiles(git, { a: '2\n' });
  second = await git.run(['rev-parse', 'HEAD']);
  await git.run(['update-ref', 'refs/heads/coxswain', first]);
});

async function lock(ref: string): Promise<string> {
  const file = join(git.directory, '.git', `${ref}.lock`);
  await writeFile(file, '');
  return file;
}

describe('a lock that a killed git left behind', () => {
  it('is removed when it is stale, and the ref moves', async () => {
    const file = await lock('refs/heads/coxswain');
    await moveRef(git, { ref: 'refs/heads/coxswain', from: first, to: second });
    expect(await readRef(git, 'refs/heads/coxswain')).toBe(second);
    expect(existsSync(file)).toBe(false);
  }, 30_000);

  it('is also removed in a move that another ref guards', async () => {
    await lock('refs/heads/coxswain');
    await moveRefWhile(
      git,
      { ref: 'refs/heads/coxswain', from: first, to: second },
      { ref: 'refs/heads/main', at: second },
    );
    expect(await readRef(git, 'refs/heads/coxswain')).toBe(second);
  }, 30_000);
});

describe('a lock that somebody holds', () => {
  it('is waited for', async () => {
    const file = await lock('refs/heads/coxswain');
    const moved = moveRef(git, { ref: 'refs/heads/coxswain', from: first, to: second });
    setTimeout(() => void rm(file), 600);
    await moved;
    expect(await readRef(git, 'refs/heads/coxswain')).toBe(second);
  });

  it('is left alone while the holders change', async () => {
    const file = await lock('refs/heads/coxswain');
    let holders = 1;
    const following = setInterval(() => {
      holders += 1;
      void writeFile(file, `${holders}`);
    }, 300);
    const moved = moveRef(git, { ref: 'refs/heads/coxswain', from: first, to: second });
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(existsSync(file)).toBe(true);
    clearInterval(following);
    await rm(file);
    await moved;
    expect(holders).toBeGreaterThan(10);
  }, 30_000);

  it('does not hide that the ref has moved', async () => {
    await lock('refs/heads/coxswain');
    await expect(
      moveRef(git, { ref: 'refs/heads/coxswain', from: second, to: first }),
    ).rejects.toBeInstanceOf(StaleBranchError);
  });
});
