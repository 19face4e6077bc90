import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import { examineGitHub } from '../../../src/operate/doctor/github/doctor-github.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { StaleBranchError } from '../../../src/world/forge/forge.ts';
import { openGitHubApi } from '../../../src/world/forge/github/api.ts';
import { packageDeletion } from '../../../src/world/forge/github/package-deletion.ts';
import { parseRepository } from '../../../src/world/registry/reference.ts';
import { gitHubStage } from '../../support/forges.ts';
import { type Ghcr, startGhcr } from '../../support/ghcr.ts';
import { apiVersions, type Contract, openContract } from '../../support/github/contract.ts';
import { goodSettings } from '../../support/github/settings.ts';
import { type GitHubServer, startGitHub } from '../../support/github-server.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';

// Checks what we send and what the emulator answers against GitHub's own contracts. The operations are all that the
// source names, and the test fails if one of them was not requested.

const registry = useRegistry();

/** Every operation that the source names, in the contract's spelling. */
function operationsInSource(): string[] {
  const files = readdirSync('src', { recursive: true, withFileTypes: true }).filter(({ name }) =>
    name.endsWith('.ts'),
  );
  const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n');
  const routes = [...texts.matchAll(/['`]((?:GET|POST|PUT|PATCH|DELETE) \/[^'`]*)['`]/g)].map(
    ([, route = '']) => route,
  );
  const packages = ['GET', 'DELETE'].map(
    (method) =>
      `${method} /orgs/{org}/packages/container/{package_name}/versions${method === 'GET' ? '' : '/{package_version_id}'}`,
  );
  const spelt = routes.filter((route) => !route.includes('$')).map(shape);
  return [...new Set([...spelt, ...packages.map(shape)])].sort();
}

/** Without the names of parameters, which the contract may choose otherwise. */
function shape(route: string): string {
  return route.replaceAll(/\{[^}]*\}/g, '{}').replace('/packages/container/', '/packages/{}/');
}

describe.each(apiVersions)('the contract of %s', { timeout: 240_000 }, (version) => {
  // GitHub Enterprise Server has none: it answers 404, and nothing fails (failures.test.ts).
  const keepsAttestations = !version.startsWith('ghes-');
  let contract: Contract;
  let github: GitHubServer;
  let ghcr: Ghcr;

  beforeAll(async () => {
    contract = openContract(version);
    github = await startGitHub({ contract });
    ghcr = await startGhcr(() => registry.host);
    github.packages = ghcr;
  }, 240_000);
  afterAll(async () => {
    const { requests, answers } = contract.counts;
    console.log(
      `${version}: ${requests} requests and ${answers} answers of ${contract.operations.size} operations validated, ${contract.violations.length} against the contract`,
    );
    await github.stop();
    await ghcr.stop();
  });

  const api = () => {
    const { apiUrl, serverUrl, repository, token } = github;
    return openGitHubApi({ apiUrl, serverUrl, repository, token, log: silentLog, second: 5 });
  };

  /** The last comment once more, as two runs at once leave it: the next run deletes one. */
  async function say(number: number): Promise<void> {
    const url = `${github.apiUrl}/repos/${github.repository}/issues/${number}/comments`;
    const headers = { authorization: `token ${github.token}`, 'content-type': 'application/json' };
    const [first] = (await (await fetch(url, { headers })).json()) as { readonly body: string }[];
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ body: first?.body }) });
  }

  it('holds for branches, pull requests, comments, labels, statuses and workflow runs', async () => {
    const stage = await gitHubStage(github);
    const forge = await stage.open();
    const { branches, pullRequests, statuses } = forge;
    const release = 'on: { workflow_dispatch: }\n';
    await stage.repository.run(['config', 'core.bare', 'true']);
    const changes = [
      { path: 'a.txt', content: 'two\n' },
      { path: 'folder/b.txt', content: null },
      { path: 'bytes', content: new Uint8Array([0xff, 0x00]) },
    ];
    const commit = await branches.commit({
      branch: 'change',
      parent: undefined,
      from: stage.base,
      changes,
      message: 'Change',
    });
    const next = await branches.commit({
      branch: 'change',
      parent: commit,
      changes: [{ path: 'c', content: 'c' }],
      message: 'More',
    });
    await expect(
      branches.commit({
        branch: 'change',
        parent: commit,
        changes: [{ path: 'd', content: 'd' }],
        message: 'Late',
      }),
    ).rejects.toThrow(StaleBranchError);
    const wanted = { head: 'change', base: 'main', title: 'Change', body: 'Why', ready: true, labels: ['x'] };
    const opened = await pullRequests.open(wanted);
    await pullRequests.update(opened.number, { title: 'Changed', labels: ['y'], ready: false });
    await pullRequests.update(opened.number, { ready: true });
    await pullRequests.comment(opened.number, 'key', 'One');
    await pullRequests.comment(opened.number, 'key', 'Two');
    await say(opened.number);
    await pullRequests.comment(opened.number, 'key', 'Three');
    await statuses.set(next, { context: 'x', state: 'success', description: 'fine' });
    expect(await statuses.list(next)).toHaveLength(1);
    expect(await pullRequests.findByCommit(next)).toMatchObject({ number: opened.number });
    expect(await pullRequests.list()).toHaveLength(1);
    await pullRequests.merge(opened.number, { head: next });
    const again = await branches.commit({
      branch: 'other',
      parent: undefined,
      from: (await branches.resolve('main')) ?? '',
      changes: [{ path: 'e', content: 'e' }],
      message: 'Other',
    });
    const closed = await pullRequests.open({ ...wanted, head: 'other' });
    await pullRequests.update(closed.number, { state: 'closed' });
    await branches.setBranch({ branch: 'other', from: again, to: next });
    const tree = await stage.repository.run(['rev-parse', `${next}^{tree}`]);
    const blob = await stage.repository.run(['hash-object', '-w', '--stdin'], { input: release });
    const index = await stage.repository.run(['mktree'], { input: `100644 blob ${blob}\trelease.yml\n` });
    const folder = await stage.repository.run(['mktree'], { input: `040000 tree ${index}\tworkflows\n` });
    const listed = await stage.repository.run(['ls-tree', tree]);
    const whole = await stage.repository.run(['mktree'], {
      input: `${listed}\n040000 tree ${folder}\t.github\n`,
    });
    const withFlow = await stage.repository.run(['commit-tree', whole, '-p', next, '-m', 'Flow']);
    await stage.repository.run(['update-ref', 'refs/heads/main', withFlow]);
    await forge.workflowRuns?.start({ workflow: 'release.yml', branch: 'main' });
    expect(await forge.workflowRuns?.list({ workflow: 'release.yml', commit: withFlow })).toHaveLength(1);
    await forge.issues?.open({ key: 'halt/stable', title: 'Halted', body: 'Why' });
    const [issue] = (await forge.issues?.list()) ?? [];
    expect(issue).toMatchObject({ key: 'halt/stable', title: 'Halted', body: 'Why' });
    if (issue !== undefined) {
      await forge.issues?.update(issue, { title: 'Halted again', body: 'Why' });
      await forge.issues?.close(issue, 'This is over.');
    }
    expect(await forge.issues?.list()).toEqual([]);
    if (keepsAttestations) {
      const bundle = { mediaType: 'x', verificationMaterial: { certificate: {} }, dsseEnvelope: {} };
      expect(await forge.attestations?.keep(Buffer.from(JSON.stringify(bundle)))).toBeUndefined();
    }
    expect(contract.violations).toEqual([]);
  }, 240_000);

  it('holds for every setting that doctor reads, also where GitHub refuses', async () => {
    const config = parseConfig(
      `image: ${registry.host}/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets:\n  testing: {}\n  stable: { promote-from: testing }\npublish: { url: "https://acme.github.io/os/" }\n`,
      'coxswain.yaml',
    );
    const settings = goodSettings(['testing', 'stable'], 'coxswain');
    Object.assign(settings.actions, { allowed_actions: 'selected', sha_pinning_required: true });
    github.administered = settings;
    const examine = () =>
      examineGitHub(
        { api: api(), repository: github.repository, page: `${github.serverUrl}/acme/os` },
        config,
      );
    expect((await examine()).length).toBeGreaterThan(0);
    settings.forbidden = /^(actions|environments|pages)/;
    expect((await examine()).some(({ severity }) => severity === 'unknown')).toBe(true);
    github.administered = undefined;
    expect(contract.violations).toEqual([]);
  });

  it('holds for the deletion of packages', async () => {
    const repository = parseRepository(`${ghcr.host}/contract/os`);
    const [one] = [
      await pushSampleImage(testClient(), repository, { tag: 'one' }),
      await pushSampleImage(testClient(), repository, { tag: 'two' }),
    ];
    await packageDeletion(api())(repository, one.digest);
    expect(ghcr.versions('contract/os')).toHaveLength(1);
    expect(contract.violations).toEqual([]);
  });

  it('was asked about every operation that the source names', () => {
    const asked = [...contract.operations.keys()].map(shape);
    const named = operationsInSource().filter(
      (operation) => keepsAttestations || !operation.endsWith('/attestations'),
    );
    expect(named.filter((operation) => !asked.includes(operation))).toEqual([]);
  });

  it('finds an unknown field, an unknown operation, a wrong type and an impossible answer', () => {
    const own = openContract(version);
    const query = new URLSearchParams();
    const path = '/repos/acme/os/git/refs';
    const operation = own.request({ method: 'POST', path, query, body: { ref: 7, sha: 'x', wrong: 1 } });
    own.request({ method: 'GET', path: '/repos/acme/os/nothing', query, body: undefined });
    own.request({
      method: 'GET',
      path: '/repos/acme/os/pulls',
      query: new URLSearchParams('state=merged&x=1'),
      body: undefined,
    });
    if (operation !== undefined) own.answer(operation, 201, { ref: 7 });
    if (operation !== undefined) own.answer(operation, 418, {});
    expect(own.violations).toHaveLength(7);
  }, 240_000);
});
