import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { InputError, OutsideError } from '../../../../src/host/errors.ts';
import { type Forge, StaleBranchError } from '../../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../../src/world/forge/git/git-forge.ts';
import { untilNotStale } from '../../../../src/world/forge/retry.ts';
import { Git } from '../../../../src/world/git/git.ts';
import { findRemote, runWithRemote, withoutCredentials } from '../../../../src/world/git/remote.ts';
import { cloneOf, type ForgeStage, gitStage, openRemoteForge, remoteStage } from '../../../support/forges.ts';
import { type GitServer, startGitServer } from '../../../support/git-server.ts';
import { commitFiles, createRepository, temporaryFolder } from '../../../support/repository.ts';

const servers: GitServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(...options: Parameters<typeof startGitServer>): Promise<GitServer> {
  const server = await startGitServer(...options);
  servers.push(server);
  return server;
}

/** Adds a line to a file on the state branch, as verbs change it. */
async function addLine({ branches }: Forge, line: string): Promise<void> {
  await untilNotStale(async () => {
    const parent = await branches.resolve('coxswain');
    const text = parent === undefined ? '' : ((await branches.readFile(parent, 'log')) ?? '');
    const changes = [{ path: 'log', content: `${text}${line}\n` }];
    await branches.commit({ branch: 'coxswain', parent, changes, message: `Add ${line}` });
  });
}

const lines = async (stage: ForgeStage) => (await stage.repository.run(['show', 'coxswain:log'])).split('\n');

describe('a remote of plain git', () => {
  it.each([
    ['a fresh clone', []],
    ['a shallow clone', ['--depth=1']],
    ['a clone of one branch', ['--single-branch', '--branch', 'main']],
    ['a partial clone', ['--filter=blob:none']],
    ['a treeless clone', ['--filter=tree:0']],
    ['a clone without a checkout', ['--no-checkout']],
  ])('is read and written from %s', async (_what, args) => {
    const stage = await remoteStage({ args, at: (path) => `file://${path}` });
    await addLine(await stage.open(), 'one');
    const forge = await stage.open();
    await addLine(forge, 'two');
    expect(await lines(stage)).toEqual(['one', 'two']);
    expect(await forge.branches.readFile(stage.base, 'folder/b.txt')).toBe('b\n');
    expect(await forge.branches.isAncestor(stage.base, stage.base)).toBe(true);
  });

  it.each([
    ['a fresh clone', []],
    ['a shallow clone', ['--depth=1']],
  ])('is read from %s where the server serves only what its branches have', async (_what, args) => {
    const stage = await remoteStage({ at: (path) => `file://${path}` });
    await addLine(await stage.open(), 'one');
    const first = await stage.repository.run(['rev-parse', 'coxswain']);
    const address = `file://${stage.repository.directory}`;
    const alone = ['--single-branch', '--branch', 'main', '--config', 'protocol.version=0'];
    const forge = await openRemoteForge(await cloneOf(address, [...alone, ...args]));
    for (const line of ['two', 'three']) await addLine(await stage.open(), line);
    // No branch is at this commit.
    expect(await forge.branches.readFile(first, 'log')).toBe('one\n');
  });

  it('is read and written from a work tree of a clone', async () => {
    const stage = await remoteStage();
    const clone = await cloneOf(stage.repository.directory);
    const folder = join(await temporaryFolder(), 'tree');
    await clone.run(['worktree', 'add', '--quiet', '--detach', folder]);
    await addLine(await openRemoteForge(new Git(folder)), 'one');
    expect(await lines(stage)).toEqual(['one']);
  });

  it('is read and written over http, with the login of git’s credential helper', async () => {
    const stage = await gitStage();
    const { directory } = stage.repository;
    const server = await serve(directory, { name: 'ada', password: 'secret-word' });
    const clone = await createRepository();
    await clone.run(['remote', 'add', 'origin', server.url]);
    const forge = await openRemoteForge(clone);
    await expect(forge.branches.resolve('main')).rejects.toThrow(
      /does not accept the login, or there is none/,
    );

    const helper = '!f() { echo username=ada; echo password=secret-word; }; f';
    await clone.run(['config', 'credential.helper', helper]);
    await addLine(forge, 'one');
    expect(await lines(stage)).toEqual(['one']);
    expect(await forge.branches.readFile(stage.base, 'a.txt')).toBe('one\n');
  });

  it('leaves the branches and the work tree of the clone alone', async () => {
    const stage = await remoteStage();
    await addLine(await stage.open(), 'one');
    const clone = await cloneOf(stage.repository.directory);
    await clone.run(['switch', '--quiet', '--orphan', 'coxswain']);
    const mine = await commitFiles(clone, { log: 'mine\n' });
    await addLine(await openRemoteForge(clone), 'two');
    expect(await lines(stage)).toEqual(['one', 'two']);
    expect(await clone.run(['rev-parse', 'coxswain'])).toBe(mine);
    expect(await clone.run(['status', '--porcelain'])).toBe('');
  });

  it('loses no line of ten clones that write at once over http', async () => {
    const stage = await gitStage();
    const server = await serve(stage.repository.directory);
    const forges = await Promise.all(
      Array.from({ length: 10 }, async () => openRemoteForge(await cloneOf(server.url))),
    );
    await Promise.all(forges.map((forge, index) => addLine(forge, String(index))));
    const expected = Array.from({ length: 10 }, (_, index) => String(index));
    expect((await lines(stage)).sort()).toEqual(expected);
    expect(await stage.repository.run(['rev-list', '--count', 'coxswain'])).toBe('10');
  }, 240_000);

  it('keeps pull requests and statuses for every clone', async () => {
    const stage = await remoteStage();
    const forge = await stage.open();
    const head = await forge.branches.commit({
      branch: 'change',
      parent: undefined,
      from: stage.base,
      changes: [{ path: 'a.txt', content: 'two\n' }],
      message: 'Change',
    });
    await forge.pullRequests.open({
      head: 'change',
      base: 'main',
      title: 'T',
      body: '',
      ready: true,
      labels: [],
    });
    await forge.statuses.set(head, { context: 'coxswain/x', state: 'success', description: 'ok' });
    const other = await stage.open();
    expect(await other.pullRequests.findByCommit(head)).toMatchObject({ number: 1, title: 'T' });
    expect(await other.statuses.list(head)).toHaveLength(1);
    await other.pullRequests.merge(1, { head });
    expect(await forge.pullRequests.list({ state: 'merged' })).toHaveLength(1);
  });

  it('shows a pull request whose branch was deleted as closed, from a clone that never had it', async () => {
    const stage = await remoteStage();
    const forge = await stage.open();
    await forge.branches.commit({
      branch: 'change',
      parent: undefined,
      from: stage.base,
      changes: [{ path: 'a.txt', content: 'two\n' }],
      message: 'Change',
    });
    const request = { head: 'change', base: 'main', title: 'T', body: '', ready: true, labels: [] };
    await forge.pullRequests.open(request);
    await stage.repository.run(['update-ref', '-d', 'refs/heads/change']);
    await stage.repository.run(['gc', '--quiet', '--prune=now']);
    expect(await (await stage.open()).pullRequests.latest(request)).toMatchObject({ state: 'closed' });
  });
});

describe('a push that the remote refuses', () => {
  async function withHook(stage: ForgeStage, name: string, script: string): Promise<void> {
    const file = join(stage.repository.directory, 'hooks', name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  it('is reported with the words of the remote, and nothing is changed', async () => {
    const stage = await remoteStage();
    await withHook(stage, 'pre-receive', 'echo "only the release team may push here" >&2; exit 1');
    const failed = await addLine(await stage.open(), 'one').catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(InputError);
    expect(String(failed)).toMatch(
      /moving coxswain at origin.*the remote refuses it \(pre-receive hook declined\)/,
    );
    expect(await stage.repository.try(['rev-parse', '--verify', 'coxswain'])).toBeUndefined();
  });

  it('because another writer was first is stale, and the other’s commit stays', async () => {
    const stage = await remoteStage();
    const { branches } = await stage.open();
    await addLine(await stage.open(), 'theirs');
    const theirs = await stage.repository.run(['rev-parse', 'coxswain']);
    const ours = { branch: 'coxswain', changes: [{ path: 'log', content: 'ours\n' }], message: 'Ours' };
    for (const parent of [undefined, stage.base]) {
      await expect(branches.commit({ ...ours, parent, from: theirs })).rejects.toBeInstanceOf(
        StaleBranchError,
      );
    }
    expect(await stage.repository.run(['rev-parse', 'coxswain'])).toBe(theirs);
  });

  it('is tried again after a lock that a killed git left in the remote’s folder', async () => {
    const stage = await remoteStage();
    await addLine(await stage.open(), 'one');
    await writeFile(join(stage.repository.directory, 'refs/heads/coxswain.lock'), '');
    await addLine(await stage.open(), 'two');
    expect(await lines(stage)).toEqual(['one', 'two']);
  }, 60_000);

  it('does not stop people who may only read from seeing pull requests', async () => {
    const stage = await remoteStage();
    const forge = await stage.open();
    const head = await forge.branches.commit({
      branch: 'change',
      parent: undefined,
      from: stage.base,
      changes: [{ path: 'a.txt', content: 'two\n' }],
      message: 'Change',
    });
    const request = { head: 'change', base: 'main', title: 'T', body: '', ready: true, labels: [] };
    await forge.pullRequests.open(request);
    await stage.repository.run(['update-ref', 'refs/heads/main', head]);
    await withHook(stage, 'pre-receive', 'exit 1');
    expect(await (await stage.open()).pullRequests.latest(request)).toMatchObject({ state: 'merged' });
  });
});

describe('a push whose answer is lost', () => {
  it('counts as done if it arrived', async () => {
    const stage = await gitStage();
    const server = await serve(stage.repository.directory);
    const forge = await openRemoteForge(await cloneOf(server.url));
    // The server writes, then breaks the connection before it answers.
    const hook = join(stage.repository.directory, 'hooks/post-receive');
    await writeFile(hook, '#!/bin/sh\nkill -9 $PPID\n');
    await chmod(hook, 0o755);
    const made = await forge.branches.commit({
      branch: 'coxswain',
      parent: undefined,
      changes: [{ path: 'log', content: 'one\n' }],
      message: 'One',
    });
    expect(await stage.repository.run(['rev-parse', 'coxswain'])).toBe(made);
  });

  it('counts as done if another writer already continued from it', async () => {
    const stage = await gitStage();
    const server = await serve(stage.repository.directory);
    const forge = await openRemoteForge(await cloneOf(server.url));
    const { directory } = stage.repository;
    const hook = join(directory, 'hooks/post-receive');
    await writeFile(
      hook,
      `#!/bin/sh
unset GIT_QUARANTINE_PATH
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x
git update-ref refs/heads/coxswain "$(git commit-tree -p coxswain -m next 'coxswain^{tree}')"
rm -f "$0"
kill -9 $PPID
`,
    );
    await chmod(hook, 0o755);
    const made = await forge.branches.commit({
      branch: 'coxswain',
      parent: undefined,
      changes: [{ path: 'log', content: 'one\n' }],
      message: 'One',
    });
    expect(await stage.repository.run(['rev-parse', 'coxswain^'])).toBe(made);
  });
});

describe('a remote that does not work', () => {
  it.each([
    ['does not exist', '/nowhere/os.git', /no repository at this address/],
    ['has no host', 'http://nowhere.invalid/os.git', /the name of the host cannot be resolved/, OutsideError],
    [
      'refuses connections',
      'http://127.0.0.1:9/os.git',
      /reading the branches of origin .* failed/,
      OutsideError,
    ],
  ])('says what was tried if it %s', async (_what, address, message, kind: unknown = InputError) => {
    const clone = await createRepository();
    await clone.run(['remote', 'add', 'origin', address]);
    const { branches } = await openRemoteForge(clone);
    const error = await branches.resolve('main').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind as typeof Error);
    expect(String(error)).toMatch(message);
  });

  it('is asked again after a passing fault of its server', async () => {
    const stage = await gitStage();
    const server = await serve(stage.repository.directory);
    const { branches } = await openRemoteForge(await cloneOf(server.url));
    server.fault = 503;
    const found = branches.resolve('main');
    const before = server.requests.length;
    while (server.requests.length === before) await new Promise((resolve) => setTimeout(resolve, 10));
    server.fault = undefined;
    expect(await found).toBe(stage.base);
  });

  it('ends the command when it does not answer in time', async () => {
    const stage = await gitStage();
    const server = await serve(stage.repository.directory);
    const clone = await cloneOf(server.url);
    server.fault = 0;
    const asked = runWithRemote(clone, ['ls-remote', 'origin'], { doing: 'asking origin', seconds: 1 });
    await expect(asked).rejects.toThrow('asking origin failed: git did not end within 1 s');
    await expect(asked).rejects.toBeInstanceOf(OutsideError);
  });

  it('never shows the password in its address', async () => {
    const clone = await createRepository();
    await clone.run(['remote', 'add', 'origin', 'http://ada:secret-word@127.0.0.1:9/os.git']);
    const { branches } = await openRemoteForge(clone);
    const failed = await branches.resolve('main').catch((error: unknown) => String(error));
    expect(failed).toContain('http://127.0.0.1:9/os.git');
    expect(failed).not.toContain('secret-word');
    expect(withoutCredentials("unable to access 'https://a:b@c.d/e': x")).toBe(
      "unable to access 'https://c.d/e': x",
    );
  });
});

describe('the remote of a clone', () => {
  async function clone(...names: readonly string[]): Promise<Git> {
    const git = await createRepository();
    for (const name of names) await git.run(['remote', 'add', name, `/srv/${name}.git`]);
    return git;
  }

  it.each([
    ['none', [], undefined, undefined],
    ['origin of several', ['backup', 'origin'], undefined, 'origin'],
    ['the only one', ['upstream'], undefined, 'upstream'],
    ['the one that is asked for', ['backup', 'origin'], 'backup', 'backup'],
    ['the clone itself for a dot', ['origin'], '.', undefined],
  ])('is %s', async (_what, names, wanted, expected) => {
    expect((await findRemote(await clone(...names), wanted))?.name).toBe(expected);
  });

  it('must be named if there are several and none is origin', async () => {
    const git = await clone('one', 'two');
    await expect(findRemote(git, undefined)).rejects.toThrow(
      '--remote: several remotes, and none is named origin, found "one, two"',
    );
    await expect(findRemote(git, 'three')).rejects.toThrow(
      '--remote: no such remote, found "three", expected one, two, . (this clone alone)',
    );
    await expect(findRemote(await clone(), 'origin')).rejects.toThrow('no such remote');
  });

  it('is not needed: a repository without one is its own', async () => {
    const git = await createRepository({ bare: true });
    const forge = await openGitForge(git.directory);
    await addLine(forge, 'one');
    expect(await git.run(['show', 'coxswain:log'])).toBe('one');
  });
});
