import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../../../../src/host/log.ts';
import type { Forge } from '../../../../src/world/forge/forge.ts';
import type { GitHubRun } from '../../../../src/world/forge/github/run.ts';
import { cloneOf, type ForgeStage, gitHubStage, openTestGitHub, useGitHub } from '../../../support/forges.ts';
import { goodSettings } from '../../../support/github/settings.ts';

const only = (...names: string[]) =>
  Object.fromEntries([['metadata', 'read'], ...names.map((name) => name.split(':'))]);
const github = useGitHub({
  tokens: {
    ghs_reads: { login: 'github-actions[bot]', permissions: only('contents:read', 'pull_requests:read') },
    ghs_noPulls: { login: 'github-actions[bot]', permissions: only('contents:write', 'pull_requests:read') },
    ghs_noContents: {
      login: 'github-actions[bot]',
      permissions: only('contents:read', 'pull_requests:write'),
    },
    ghs_noIssues: {
      login: 'github-actions[bot]',
      permissions: only('contents:write', 'pull_requests:write'),
    },
    ghs_attests: { login: 'github-actions[bot]', permissions: only('attestations:write') },
    ghs_nothing: { login: 'github-actions[bot]', permissions: only() },
    github_pat_reads: { login: 'ada', permissions: only('contents:read') },
  },
});

let stage: ForgeStage;
let warnings: string[];

beforeEach(async () => {
  stage = await gitHubStage(github());
  warnings = [];
});

const open = (run: Partial<GitHubRun> = {}): Promise<Forge> => {
  const log: Log = { ...silentLog, warn: (text) => warnings.push(text) };
  return openTestGitHub(github(), { log, run });
};

async function propose(forge: Forge): Promise<string> {
  return forge.branches.commit({
    branch: 'change',
    parent: undefined,
    from: stage.base,
    changes: [{ path: 'a.txt', content: 'two\n' }],
    message: 'Change',
  });
}

const wanted = { head: 'change', base: 'main', title: 'Change', body: 'Why', ready: true, labels: ['x'] };
const status = { context: 'x', state: 'success', description: '' } as const;

describe('missing permissions of a token', () => {
  it.each<[string, string, (forge: Forge) => Promise<unknown>]>([
    ['ghs_reads', 'contents: write', (forge) => propose(forge)],
    ['ghs_nothing', 'contents: read', (forge) => forge.branches.resolve('main')],
    ['ghs_nothing', 'pull-requests: read', (forge) => forge.pullRequests.find(wanted)],
    [
      'ghs_noPulls',
      'pull-requests: write',
      async (forge) => {
        await propose(forge);
        await forge.pullRequests.open(wanted);
      },
    ],
    ['ghs_noPulls', 'statuses: read', (forge) => forge.statuses.set(stage.base, status)],
  ])('%s: is named with the lines to add: %s', async (token, permission, work) => {
    const forge = await open({ token });
    await expect(work(forge)).rejects.toThrow(
      new RegExp(
        `failed: the token lacks the permission ${permission}. Add to the job: permissions:\n      ${permission}\n`,
      ),
    );
  });

  it('names the missing permission for a commit status', async () => {
    const forge = await open();
    github().inject({
      method: 'POST',
      path: /\/statuses\//,
      status: 403,
      body: '{"message":"Resource not accessible by integration"}',
    });
    await expect(forge.statuses.set(stage.base, status)).rejects.toThrow('      statuses: write\n');
  });

  it('names both permissions that the end of a draft needs', async () => {
    await propose(await open());
    const forge = await open({ token: 'ghs_noContents' });
    const { number } = await forge.pullRequests.open({ ...wanted, ready: false });
    await expect(forge.pullRequests.update(number, { ready: true })).rejects.toThrow(
      'permissions:\n      contents: write\n      pull-requests: write\n',
    );
  });

  it('names the token’s own settings for a personal token', async () => {
    await expect(propose(await open({ token: 'github_pat_reads' }))).rejects.toThrow(
      'the personal access token lacks contents: write. Give it that repository permission: Settings →',
    );
  });

  it('names the repository setting that keeps Actions from opening pull requests', async () => {
    const forge = await open();
    await propose(forge);
    github().settings.actionsMayOpenPullRequests = false;
    try {
      await expect(forge.pullRequests.open(wanted)).rejects.toThrow(
        'Settings → Actions → General → Workflow permissions → “Allow GitHub Actions to create and approve pull requests”',
      );
    } finally {
      github().settings.actionsMayOpenPullRequests = true;
    }
  });

  it('says that GITHUB_TOKEN may not change workflow files', async () => {
    github().inject({
      method: 'POST',
      path: /git\/refs$/,
      status: 403,
      body: '{"message":"refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` permission"}',
    });
    await expect(propose(await open())).rejects.toThrow('with the permission workflows: write');
    github().inject({
      method: 'POST',
      path: /git\/refs$/,
      status: 403,
      body: '{"message":"Resource not accessible by integration"}',
    });
    await expect(propose(await open())).rejects.toThrow(
      'If the job has it, the commits change .github/workflows',
    );
    github().inject({ method: 'POST', path: /git\/trees$/, status: 404, body: '{"message":"Not Found"}' });
    const { branches } = await open();
    const changes = [{ path: '.github/workflows/x.yml', content: 'on: push\n' }];
    await expect(
      branches.commit({ branch: 'x', parent: undefined, from: stage.base, changes, message: 'x' }),
    ).rejects.toThrow('the commit changes .github/workflows/x.yml, and GITHUB_TOKEN may never change that');
  });

  it.each([
    ['no token at all', { token: undefined }, 'GITHUB_TOKEN: no token for acme/os on GitHub'],
    ['an unknown token', { token: 'ghs_old' }, 'GitHub does not accept the token (Bad credentials)'],
    ['another repository', { repository: 'acme/other' }, 'Check that acme/other is the right repository'],
    [
      'an address without TLS',
      { apiUrl: 'http://git.example.com/api/v3' },
      'a token must not travel unencrypted',
    ],
  ])('says what to do about %s', async (_what, run, message) => {
    await expect((await open(run)).branches.resolve('main')).rejects.toThrow(message);
  });
});

describe('a plan or a token without something optional', () => {
  it('uses a label in place of a draft', async () => {
    const forge = await open();
    await propose(forge);
    github().settings.drafts = false;
    try {
      const { number, ready, labels } = await forge.pullRequests.open({ ...wanted, ready: false });
      expect([ready, labels]).toEqual([false, ['x']]);
      expect(warnings).toEqual([expect.stringContaining('this repository has no drafts')]);
      expect(await forge.pullRequests.update(number, { labels: ['x', 'y'] })).toMatchObject({ ready: false });
      expect(await forge.pullRequests.update(number, { ready: true })).toMatchObject({
        ready: true,
        labels: ['x', 'y'],
      });
      expect(await forge.pullRequests.update(number, { ready: false })).toMatchObject({ ready: false });
    } finally {
      github().settings.drafts = true;
    }
  });

  it('opens the pull request without labels, and names the missing permission', async () => {
    const forge = await open();
    await propose(forge);
    const body = '{"message":"Resource not accessible by integration"}';
    github().inject({ path: /\/labels$/, status: 403, body });
    expect(await forge.pullRequests.open(wanted)).toMatchObject({ state: 'open', labels: [] });
    expect(warnings).toEqual([expect.stringContaining('Add issues: write')]);
  });
});

describe('odd answers', () => {
  const html = '<html><body><h1>502 Bad Gateway</h1></body></html>';

  it('asks again after 502s, and at the end reports the answer', async () => {
    const forge = await open();
    github().inject({ path: /git\/ref\//, status: 502, body: html, times: 2 });
    expect(await forge.branches.resolve('main')).toBe(stage.base);
    github().inject({ path: /git\/ref\//, status: 502, body: html, times: 4 });
    await expect(forge.branches.resolve('main')).rejects.toThrow(
      'looking up branch main failed: GitHub answers 502: 502 Bad Gateway. Running the same command again is safe.',
    );
  });

  it('does not accept a proxy’s page as an answer', async () => {
    github().inject({ path: /git\/ref\//, status: 200, body: '<html>Sign in to the network</html>' });
    await expect((await open()).branches.resolve('main')).rejects.toThrow(
      /this is not GitHub's answer.*A proxy may have answered instead of/,
    );
  });

  it('waits for a secondary rate limit, and says so', async () => {
    const forge = await open();
    const body = '{"message":"You have exceeded a secondary rate limit."}';
    github().inject({ path: /git\/ref\//, status: 403, headers: { 'retry-after': '3' }, body });
    expect(await forge.branches.resolve('main')).toBe(stage.base);
    expect(warnings).toEqual([expect.stringMatching(/secondary rate limit is reached.*going on in 3 s/)]);
    github().inject({ path: /git\/ref\//, status: 403, headers: { 'retry-after': '900' }, body });
    await expect(forge.branches.resolve('main')).rejects.toThrow(
      'GitHub limits the rate of requests (You have exceeded a secondary rate limit.). Running the same command again in 900 s is safe.',
    );
  });

  it('does not wait an hour for the rate limit, and says when it ends', async () => {
    const reset = Math.floor(Date.now() / 1000) + 3000;
    github().inject({
      path: /git\/ref\//,
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
      body: '{"message":"API rate limit exceeded"}',
    });
    const time = new Date(reset * 1000).toISOString().replace('.000', '');
    await expect((await open()).branches.resolve('main')).rejects.toThrow(`again after ${time} is safe`);
  });

  it('sees that a branch moved although the answer was lost', async () => {
    const forge = await open();
    const head = await propose(forge);
    github().inject({ path: /graphql$/, status: 0, after: true });
    await forge.branches.setBranch({ branch: 'change', from: head, to: stage.base });
    expect(await forge.branches.resolve('change')).toBe(stage.base);
  });

  it('sends the token to no other origin, even if an answer names one', async () => {
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers);
      response.end('[]');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    try {
      github().inject({
        path: /\/pulls$/,
        status: 200,
        headers: { link: `<${elsewhere}?page=2>; rel="next"` },
        body: '[]',
      });
      const forge = await open();
      await expect(forge.pullRequests.list()).rejects.toThrow(
        `an answer points to ${elsewhere.slice(0, -1)}`,
      );
      github().inject({ path: /git\/ref\//, status: 302, headers: { location: elsewhere } });
      await expect(forge.branches.resolve('main')).rejects.toThrow();
      expect(JSON.stringify(seen)).not.toMatch(/authorization/i);
    } finally {
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
    }
  });
});

describe('comments', () => {
  it('counts only comments by its own login, whatever mark others carry', async () => {
    const forge = await open();
    await propose(forge);
    const { number } = await forge.pullRequests.open(wanted);
    const body = JSON.stringify({ body: '<!-- coxswain: result -->\nforged' });
    const headers = { authorization: `token ${github().tokens.person}` };
    const address = `${github().apiUrl}/repos/acme/os/issues/${number}/comments`;
    expect((await fetch(address, { method: 'POST', headers, body })).status).toBe(201);
    expect((await forge.pullRequests.find(wanted))?.comments).toEqual([]);
    await forge.pullRequests.comment(number, 'result', 'true');
    expect((await forge.pullRequests.find(wanted))?.comments).toEqual([{ key: 'result', body: 'true' }]);
  });

  it('are those of bots if GitHub does not tell our login', async () => {
    await propose(await open());
    const { number } = await (await open()).pullRequests.open(wanted);
    const body =
      '{"data":null,"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}';
    github().inject({ path: /graphql$/, status: 200, body, times: 2 });
    const forge = await open();
    await forge.pullRequests.comment(number, 'result', 'one');
    await forge.pullRequests.comment(number, 'result', 'two');
    expect((await forge.pullRequests.find(wanted))?.comments).toEqual([{ key: 'result', body: 'two' }]);
  });

  it('cuts a text that is too long for GitHub', async () => {
    const forge = await open();
    await propose(forge);
    const long = 'Words.\n\n'.repeat(10_000);
    const { number, body } = await forge.pullRequests.open({ ...wanted, body: long });
    expect(body).toContain('**Cut here**');
    await forge.pullRequests.comment(number, 'log', long);
    github().requests.length = 0;
    await forge.pullRequests.update(number, { body: long });
    await forge.pullRequests.comment(number, 'log', long);
    expect(github().requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
  });
});

describe('a checkout of one commit', () => {
  it('gets the history that a question needs, and keeps no credential', async () => {
    const { branches } = await open();
    const head = await propose(await open());
    const shallow = await cloneOf(`file://${github().directory}`, [
      '--depth=1',
      '--branch=main',
      '--single-branch',
    ]);
    // What actions/checkout leaves behind: GitHub refuses two such headers.
    const key = `http.${github().serverUrl}/.extraheader`;
    await shallow.run(['config', key, 'AUTHORIZATION: basic d3Jvbmc6d3Jvbmc=']);
    const forge = await openTestGitHub(github(), { clone: shallow });
    expect(await forge.branches.readFile(head, 'a.txt')).toBe('two\n');
    expect(await shallow.run(['rev-parse', '--is-shallow-repository'])).toBe('true');
    expect(await forge.branches.log({ from: stage.base, to: head })).toHaveLength(1);
    expect(await forge.branches.isAncestor(stage.base, head)).toBe(
      await branches.isAncestor(stage.base, head),
    );
    expect(await shallow.run(['config', '--local', '--get-all', key])).toBe(
      'AUTHORIZATION: basic d3Jvbmc6d3Jvbmc=',
    );
    expect(await shallow.run(['for-each-ref', '--format=%(refname)'])).not.toContain('coxswain');
  });

  it('says fetch-depth: 0 if the history cannot be fetched', async () => {
    const forge = await open();
    const head = await propose(forge);
    const shallow = await cloneOf(`file://${github().directory}`, [
      '--depth=1',
      '--branch=change',
      '--single-branch',
    ]);
    const blind = await openTestGitHub(github(), { clone: shallow });
    github().inject({ path: /upload-pack$/, status: 403, body: 'no', times: 10 });
    await expect(blind.branches.log({ from: head, to: head })).rejects.toThrow(
      'actions/checkout with fetch-depth: 0',
    );
  });
});

describe('long lists', () => {
  it('are read to their end', async () => {
    const forge = await open();
    const headers = { authorization: `token ${github().token}` };
    await propose(forge);
    const { number } = await forge.pullRequests.open(wanted);
    const address = `${github().apiUrl}/repos/acme/os/issues/${number}/comments`;
    for (let index = 0; index < 101; index += 1)
      await fetch(address, { method: 'POST', headers, body: JSON.stringify({ body: `chat ${index}` }) });
    await forge.pullRequests.comment(number, 'result', 'one');
    await forge.pullRequests.comment(number, 'result', 'two');
    expect((await forge.pullRequests.find(wanted))?.comments).toEqual([{ key: 'result', body: 'two' }]);
    expect(github().requests.some(({ method }) => method === 'PATCH')).toBe(true);
  });
});

describe('attestations', () => {
  const bundle = (material: object) => Buffer.from(JSON.stringify({ verificationMaterial: material }));
  const certified = bundle({ certificate: { rawBytes: 'MIIB' } });
  const keep = async (token: string, bytes = certified) => (await open({ token })).attestations?.keep(bytes);

  it('of a run that may write them are kept, and are one reason otherwise', async () => {
    expect(await keep('ghs_attests')).toBeUndefined();
    expect(github().attestations).toEqual([JSON.parse(certified.toString())]);
    expect(await keep('ghs_nothing')).toBe('the job lacks the permission attestations: write');
    expect(await keep('ghs_attests', bundle({ publicKey: {} }))).toBe('GitHub answers 422: Invalid bundle');
    github().inject({ path: /attestations$/, status: 404, body: '{"message":"Not Found"}' });
    expect(await keep('ghs_attests')).toMatch(/^this repository has none/);
    expect(await (await open({ token: '' })).attestations?.keep(certified)).toMatch(/no token/);
  });

  it('are not asked for in a run that may only read', async () => {
    expect((await open({ readOnly: 'a fork' })).attestations).toBeUndefined();
  });
});

describe('what GitHub refuses besides', () => {
  it('a label that is new, from a token without issues: write: a warning, and the pull request stands', async () => {
    const forge = await open({ token: 'ghs_noIssues' });
    await propose(forge);
    const labels = ['a-label-that-no-other-test-made'];
    expect(await forge.pullRequests.open({ ...wanted, labels })).toMatchObject({ state: 'open' });
    expect(warnings).toEqual(expect.arrayContaining([expect.stringMatching(/Add issues: write/)]));
  });

  it('a commit to a branch that a ruleset closes: the error names the setting', async () => {
    const forge = await open();
    github().administered = goodSettings([], 'coxswain');
    Object.assign(github().administered?.rules ?? {}, { main: [{ type: 'pull_request' }] });
    const change = {
      branch: 'main',
      parent: stage.base,
      changes: [{ path: 'x', content: 'x' }],
      message: 'X',
    };
    await expect(forge.branches.commit(change)).rejects.toThrow(
      /a rule of the repository forbids it.*Rulesets/s,
    );
    github().administered = undefined;
  });

  it('workflow files that are new, from the token of a workflow', async () => {
    const forge = await open();
    const path = '.github/workflows/new.yml';
    const change = { branch: 'flow', parent: undefined, from: stage.base, message: 'Flow' };
    await expect(
      forge.branches.commit({ ...change, changes: [{ path, content: 'on: push\n' }] }),
    ).rejects.toThrow(/GITHUB_TOKEN may never change/);
  });
});
