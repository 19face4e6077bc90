import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import { Git } from '../../../../src/world/git/git.ts';
import { type GitHubServer, startGitHub } from '../../../support/github-server.ts';
import { commitFiles, temporaryFolder } from '../../../support/repository.ts';

// The tests of everything on GitHub use this server: if it is not like GitHub, they prove nothing.
describe('the emulated GitHub', () => {
  let github: GitHubServer;

  beforeAll(async () => {
    github = await startGitHub();
  });
  afterAll(() => github.stop());

  async function api(method: string, path: string, body?: unknown, token = github.token) {
    const answer = await fetch(`${github.apiUrl}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      json: text === '' ? undefined : JSON.parse(text),
    };
  }
  const repo = (method: string, path: string, body?: unknown, token?: string) =>
    api(method, `repos/acme/os/${path}`, body, token);

  it('shows by REST what git pushed, and by git what REST wrote', async () => {
    const { host } = new URL(github.serverUrl);
    const clone = join(await temporaryFolder(), 'clone');
    const address = `http://x-access-token:${github.token}@${host}/acme/os`;
    await exec('git', ['clone', '--quiet', address, clone]);
    const git = new Git(clone);
    await git.run(['switch', '--quiet', '-c', 'main']);
    const first = await commitFiles(git, { 'a.txt': 'a\n', 'b/c.txt': 'c\n' });
    await git.run(['push', '--quiet', 'origin', 'main']);
    expect((await repo('GET', 'git/ref/heads/main')).json.object.sha).toBe(first);

    const tree = await repo('POST', 'git/trees', {
      base_tree: first,
      tree: [
        { path: 'a.txt', mode: '100644', type: 'blob', content: 'new\n' },
        { path: 'b/c.txt', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const made = await repo('POST', 'git/commits', {
      message: 'By REST',
      tree: tree.json.sha,
      parents: [first],
    });
    expect(made.json.verification.verified).toBe(true);
    expect(await repo('POST', 'git/refs', { ref: 'refs/heads/change', sha: made.json.sha })).toMatchObject({
      status: 201,
    });
    await git.run(['fetch', '--quiet', 'origin']);
    expect(await git.run(['ls-tree', '-r', '--name-only', 'origin/change'])).toBe('a.txt');
    expect(await repo('PATCH', 'git/refs/heads/change', { sha: first })).toMatchObject({ status: 422 });
    expect((await repo('GET', `compare/main...change`)).json).toMatchObject({ status: 'ahead', ahead_by: 1 });
  });

  it('computes pull requests from git, and merges them with git', async () => {
    const wanted = { title: 'Change', head: 'change', base: 'main', body: 'Why' };
    const opened = await repo('POST', 'pulls', wanted);
    expect(opened).toMatchObject({
      status: 201,
      json: { number: 1, user: { login: 'github-actions[bot]' } },
    });
    expect((await repo('POST', 'pulls', wanted)).json.errors[0].message).toMatch('already exists');
    const head = (await repo('GET', 'git/ref/heads/change')).json.object.sha;
    expect(opened.json.head.sha).toBe(head);
    expect(opened.json.html_url).toBe(`${github.serverUrl}/acme/os/pull/1`);
    expect((await repo('PUT', 'pulls/1/merge', { sha: '0'.repeat(40) })).status).toBe(409);
    const merged = await repo('PUT', 'pulls/1/merge', { sha: head });
    expect((await repo('GET', 'git/ref/heads/main')).json.object.sha).toBe(merged.json.sha);
    expect((await repo('GET', 'pulls/1')).json).toMatchObject({
      state: 'closed',
      merged: true,
      head: { sha: head },
    });
    expect((await repo('GET', 'pulls?state=open')).json).toEqual([]);
    expect((await repo('POST', 'pulls', wanted)).json.errors[0].message).toMatch('No commits between');
  });

  it('keeps labels, comments and statuses, and hands out tarballs', async () => {
    const { sha } = (await repo('GET', 'git/ref/heads/main')).json.object;
    expect((await repo('PUT', 'issues/1/labels', { labels: ['x'] })).json).toMatchObject([{ name: 'x' }]);
    expect((await repo('POST', 'issues/1/comments', { body: 'hello' })).status).toBe(201);
    await repo('POST', `statuses/${sha}`, { state: 'pending', context: 'a' });
    await repo('POST', `statuses/${sha}`, { state: 'success', context: 'a' });
    expect((await repo('GET', `commits/main/statuses`)).json).toHaveLength(2);
    expect((await repo('GET', `commits/main/status`)).json).toMatchObject({
      state: 'success',
      total_count: 1,
    });
    const { status, headers } = await repo('GET', 'tarball/main');
    const tarball = await fetch(headers.get('location') ?? '');
    expect([status, (await tarball.arrayBuffer()).byteLength > 100]).toEqual([302, true]);
  });

  it('refuses unknown and missing tokens, and injects faults', async () => {
    expect((await repo('GET', 'pulls', undefined, 'ghs_unknown')).status).toBe(401);
    const refused = await fetch(`${github.serverUrl}/acme/os.git/info/refs?service=git-upload-pack`);
    expect(refused.status).toBe(401);
    github.inject({ path: /\/pulls$/, status: 502, body: '<html>' });
    const spoiled = await fetch(`${github.apiUrl}/repos/acme/os/pulls`);
    expect([spoiled.status, await spoiled.text()]).toEqual([502, '<html>']);
    expect((await repo('GET', 'pulls')).status).toBe(200);
    expect(github.requests.at(-1)).toEqual({
      method: 'GET',
      path: '/repos/acme/os/pulls',
      status: 200,
      login: 'github-actions[bot]',
    });
  });
});
