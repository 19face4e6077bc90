import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ours } from '../../src/project/init/ours.ts';
import { Git } from '../../src/world/git/git.ts';
import { everything } from '../support/github/permissions.ts';
import { startGitHub } from '../support/github-server.ts';

let folder: string;
let git: Git;

function release(version: string): Promise<{ readonly exitCode: number; readonly said: string }> {
  return new Promise((done) => {
    execFile('script/release', [version], { cwd: folder }, (error, stdout, stderr) => {
      done({ exitCode: error === null ? 0 : Number(error.code), said: `${stdout}${stderr}` });
    });
  });
}

const changeLog = (...versions: string[]) =>
  `# coxswain\n\n${versions.map((version) => `## ${version}\n\n### Patch Changes\n\n- Notes of ${version}\n`).join('\n')}`;

/** A repository of its own with the files of this one, dist/ freshly built and committed. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-test-release-'));
  git = new Git(folder);
  const here = new Git('.');
  const files = (await here.run(['ls-files', '--cached', '--others', '--exclude-standard'])).split('\n');
  for (const file of files)
    await cp(file, join(folder, file), { recursive: true, force: true }).catch(() => {});
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await git.run(['init', '--quiet', '--initial-branch', 'main']);
  await appendFile(join(folder, '.git/info/exclude'), 'node_modules\n');
  await new Promise((done) => execFile('script/build', { cwd: folder }, done));
  await writeFile(join(folder, 'CHANGELOG.md'), changeLog('1.2.3', '1.3.0', '2.0.0'));
  const changes = (await readdir(join(folder, '.changeset'))).filter((file) =>
    /^(?!README).*\.md$/.test(file),
  );
  for (const file of changes) await rm(join(folder, '.changeset', file));
  await git.run(['add', '--all']);
  await git.run(['commit', '--quiet', '--message', 'Start']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is called by `uses:` of ours, in files of a commit. */
async function calls(commit: string, ...paths: readonly string[]) {
  const lines = await git.run(['grep', '-h', 'uses: coxswain-os/coxswain', commit, '--', ...paths]);
  return lines.split('\n').map((line) => {
    const [, path = '', pin = '', version = ''] =
      /coxswain-os\/coxswain\/?([\w./-]*)@([0-9a-f]{40}) # (v[\d.]+)/.exec(line) ?? [];
    return { path, commit: pin, version };
  });
}

// Each release builds dist/ twice.
describe('script/release', { timeout: 180_000 }, () => {
  it('tags an exact version in which ours call ours by commits that have what is called, and moves the floating tag', async () => {
    const main = await git.run(['rev-parse', 'main']);
    const { exitCode, said } = await release('v1.2.3');
    expect({ exitCode, said }).toMatchObject({ exitCode: 0 });
    const released = await git.run(['rev-parse', 'v1.2.3^{commit}']);
    expect(await git.run(['rev-parse', 'v1'])).toBe(released);
    await git.run(['merge-base', '--is-ancestor', main, released]);
    const called = await calls('v1', '.github/workflows');
    expect(called.length).toBeGreaterThan(30);
    for (const { path, commit, version } of called) {
      expect(version).toBe('v1.2.3');
      await git.run(['cat-file', '-e', `${commit}:${path.endsWith('.yml') ? path : `${path}/action.yml`}`]);
      // What is called is what the release has, byte for byte.
      expect(await git.run(['rev-parse', `${commit}:${path}`])).toBe(
        await git.run(['rev-parse', `v1:${path}`]),
      );
    }
    expect(await git.run(['rev-parse', `${called[0]?.commit}:dist`])).toBe(
      await git.run(['rev-parse', 'v1:dist']),
    );
    const changed = await git.run(['diff', '--name-only', 'main', 'v1.2.3']);
    expect(changed.split('\n').filter((path) => /^(src|dist|test)\//.test(path))).toEqual([]);
    // The release's notes are those of this version alone.
    const message = await git.run(['tag', '--list', '--format=%(contents)', 'v1.2.3']);
    expect(message.trim()).toBe('v1.2.3\n\n### Patch Changes\n\n- Notes of 1.2.3');
    // The branch has not changed.
    expect(await git.run(['symbolic-ref', '--short', 'HEAD'])).toBe('main');
    expect(await git.run(['status', '--porcelain'])).toBe('');
  });

  it('leaves a branch for main in which init, the examples and the docs call the release', async () => {
    const released = await git.run(['rev-parse', 'v1.2.3^{commit}']);
    const paths = ['workflows-examples', 'README.md', 'docs', 'actions'];
    const called = await calls('adopt-v1.2.3', ...paths);
    expect(new Set(called.map(({ commit, version }) => `${commit} ${version}`))).toEqual(
      new Set([`${released} v1.2.3`]),
    );
    expect(await git.run(['show', 'adopt-v1.2.3:src/project/init/ours.ts'])).toContain(`'${released}'`);
    expect(await git.run(['grep', '-l', released, 'adopt-v1.2.3', '--', 'dist'])).not.toBe('');
  });

  it('is ready for npm: the packed program of the tag runs, and provenance will find the repository', async () => {
    const publish = (version: string) =>
      new Promise<string>((done) => {
        execFile('script/publish-npm', [version, '--dry-run'], { cwd: folder }, (_, stdout, stderr) =>
          done(`${stdout}${stderr}`),
        );
      });
    expect(await publish('v1.2.3')).toContain('not a clean checkout of the tag v1.2.3');
    await git.run(['switch', '--quiet', '--detach', 'v1.2.3']);
    const said = await publish('v1.2.3');
    await git.run(['switch', '--quiet', 'main']);
    expect(said).toMatch(/coxswain 1\.2\.3 for npm, channel latest: \d+ KiB, runs/);
    const { repository } = JSON.parse(await git.run(['show', 'v1.2.3:package.json']));
    expect(repository.url).toBe(`git+https://github.com/${ours.repository}.git`);
  });

  it('is pushed by the token of an App with workflows: write, and GitHub refuses it from any other', async () => {
    const github = await startGitHub({
      tokens: {
        ghs_releaseApp: { login: 'release[bot]', permissions: { ...everything, workflows: 'write' } },
      },
    });
    try {
      await git.run(['push', '--quiet', github.directory, 'main']);
      const push = (token: string) =>
        git.run([
          ...[
            '-c',
            `http.extraHeader=Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
          ],
          ...['push', '--quiet', '--atomic', `${github.serverUrl}/${github.repository}`],
          ...['refs/tags/v1.2.3', '+refs/tags/v1', 'refs/heads/adopt-v1.2.3'],
        ]);
      await expect(push(github.token)).rejects.toThrow(/without `workflows` permission/);
      expect(await new Git(github.directory).run(['tag'])).toBe('');
      await push('ghs_releaseApp');
      expect(await new Git(github.directory).run(['tag'])).toBe('v1\nv1.2.3');
    } finally {
      await github.stop();
    }
  });

  it('never releases a version twice, and the next moves v1 on', async () => {
    expect(await release('v1.2.3')).toMatchObject({ exitCode: 1 });
    expect(await release('v1.3.0')).toMatchObject({ exitCode: 0 });
    expect(await git.run(['rev-parse', 'v1'])).toBe(await git.run(['rev-parse', 'v1.3.0^{commit}']));
  });

  it('refuses a version that the change log does not have, and changes that it does not have yet', async () => {
    expect(await release('v1.4.0')).toMatchObject({
      exitCode: 1,
      said: expect.stringMatching(/no section '## 1.4.0'/),
    });
    await writeFile(join(folder, '.changeset/brave-otters.md'), '---\n"coxswain": patch\n---\n\nOne more.\n');
    await git.run(['add', '--all']);
    await git.run(['commit', '--quiet', '--message', 'A change']);
    const refused = await release('v2.0.0');
    await git.run(['reset', '--quiet', '--hard', 'HEAD^']);
    expect(refused).toMatchObject({
      exitCode: 1,
      said: expect.stringMatching(/npx changeset version.*brave-otters/),
    });
    expect(await git.run(['tag', '--list', 'v1.4*', 'v2*'])).toBe('');
  });

  it.each(['', '1.2.3', 'v1', 'v1.2', 'v1.2.3;rm'])('refuses %j as a version', async (version) => {
    expect(await release(version)).toMatchObject({ exitCode: 2 });
  });

  it('refuses a dist/ that is not what src/ builds to, and work that is not committed', async () => {
    await writeFile(join(folder, 'dist/main.mjs'), '// by hand\n');
    expect(await release('v2.0.0')).toMatchObject({
      exitCode: 1,
      said: expect.stringMatching(/commit your work/),
    });
    await git.run(['commit', '--quiet', '--all', '--message', 'By hand']);
    expect(await release('v2.0.0')).toMatchObject({
      exitCode: 1,
      said: expect.stringMatching(/not what src/),
    });
    expect(await git.run(['tag', '--list', 'v2*'])).toBe('');
  });
});
