import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/host/log.ts';
import logIn from '../../src/verbs/log-in.ts';
import { credentialsFromFiles } from '../../src/world/registry/credentials.ts';
import { parseRepository } from '../../src/world/registry/reference.ts';
import { temporaryFolder } from '../support/repository.ts';

describe('log-in', () => {
  async function run(given: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'coxswain.yaml'),
      'image: r.example.com/acme/os\ntest-image: ghcr.io/acme/os-test\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { stable: {} }\n',
    );
    const before = join(folder, 'before.json');
    await writeFile(
      before,
      JSON.stringify({ auths: { 'quay.io': { auth: Buffer.from('q:q').toString('base64') } } }),
    );
    const values = {
      username: undefined,
      password: undefined,
      'test-username': undefined,
      'test-password': undefined,
      directory: folder,
      ...given,
    };
    const all = {
      RUNNER_TEMP: folder,
      REGISTRY_AUTH_FILE: before,
      GITHUB_TOKEN: 'of-the-run',
      GITHUB_ACTOR: 'ada',
      ...env,
    };
    return logIn.run(values, { log: silentLog, env: all, now: () => 0 });
  }

  it('refuses to leave a file with secrets on a machine that is not a job of a workflow', async () => {
    const leftovers = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('coxswain-login-'));
    const before = await leftovers();
    await expect(run({}, { RUNNER_TEMP: '' })).rejects.toThrow(/^RUNNER_TEMP: .*podman login/);
    expect(await leftovers()).toEqual(before);
  });

  it('writes a file for the later steps that only this user reads, and keeps what was there', async () => {
    const outcome = await run({ username: 'bot', password: 'given' });
    const file = outcome.environment?.REGISTRY_AUTH_FILE ?? '';
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const credentials = credentialsFromFiles({ REGISTRY_AUTH_FILE: file });
    const password = async (name: string) => {
      const found = await credentials(parseRepository(name));
      return found?.kind === 'password' ? found.password : undefined;
    };
    expect(await password('r.example.com/acme/os')).toBe('given');
    expect(await password('ghcr.io/acme/os-test')).toBe('of-the-run');
    expect(await password('quay.io/fedora/fedora-coreos')).toBe('q');
    // The login is only for the repository.
    expect(await password('r.example.com/acme/other')).toBeUndefined();
    expect(await readFile(file, 'utf8')).not.toContain('given');
    expect(outcome.text).toBe('logged in for r.example.com/acme/os and ghcr.io/acme/os-test');
  });

  it('names the half of a login that is missing: a secret that is not set is empty', async () => {
    await expect(run({ username: 'bot' })).rejects.toThrow(
      /^--password: .*one of them is missing.*add that secret/,
    );
    await expect(run({ 'test-password': 'x' })).rejects.toThrow(/^--test-username: /);
  });
});
