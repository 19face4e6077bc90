import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { messageOf } from '../../../src/host/errors.ts';
import { credentialsFromFiles } from '../../../src/world/registry/credentials.ts';
import { parseRepository } from '../../../src/world/registry/reference.ts';

let home: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'coxswain-credentials-'));
  env = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run') };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

async function write(path: string, content: unknown): Promise<string> {
  const full = join(home, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, typeof content === 'string' ? content : JSON.stringify(content));
  return full;
}

const login = (name: string, password = 'pw') => ({
  auth: Buffer.from(`${name}:${password}`).toString('base64'),
});

async function nameFor(repository: string): Promise<string | undefined> {
  const found = await credentialsFromFiles(env)(parseRepository(repository));
  return found?.kind === 'password' ? found.username : found?.token;
}

describe('credentialsFromFiles', () => {
  it('uses the first file with an entry for the registry, in the order of podman and docker', async () => {
    const files: [string, string][] = [
      ['.docker/config.json', 'docker'],
      ['.config/containers/auth.json', 'config'],
      ['run/containers/auth.json', 'runtime'],
    ];
    expect(await nameFor('quay.io/a/b')).toBeUndefined();
    for (const [path, name] of files) {
      await write(path, { auths: { 'quay.io': login(name) } });
      expect(await nameFor('quay.io/a/b')).toBe(name);
    }
    env.REGISTRY_AUTH_FILE = await write('own.json', { auths: { 'quay.io': login('own') } });
    expect(await nameFor('quay.io/a/b')).toBe('own');
  });

  it('continues with the next file if one has no entry for the registry', async () => {
    await write('run/containers/auth.json', { auths: { 'ghcr.io': login('other') } });
    await write('.docker/config.json', { auths: { 'quay.io': login('docker') } });
    expect(await nameFor('quay.io/a/b')).toBe('docker');
  });

  it('reads DOCKER_CONFIG and XDG_CONFIG_HOME', async () => {
    env.DOCKER_CONFIG = join(home, 'd');
    await write('d/config.json', { auths: { 'quay.io': login('d') } });
    expect(await nameFor('quay.io/a/b')).toBe('d');
    env.XDG_CONFIG_HOME = join(home, 'x');
    await write('x/containers/auth.json', { auths: { 'quay.io': login('x') } });
    expect(await nameFor('quay.io/a/b')).toBe('x');
  });

  it('prefers the most specific key and matches whole segments only', async () => {
    await write('.docker/config.json', {
      auths: {
        'quay.io/acme/os': login('repository'),
        'quay.io': login('host'),
        'quay.io/acme': login('namespace'),
      },
    });
    expect(await nameFor('quay.io/acme/os')).toBe('repository');
    expect(await nameFor('quay.io/acme/os-test')).toBe('namespace');
    expect(await nameFor('quay.io/acme-b/os')).toBe('host');
    expect(await nameFor('quay.io.evil.example/acme/os')).toBeUndefined();
    expect(await nameFor('evil.quay.io/acme/os')).toBeUndefined();
    expect(await nameFor('quay.io:444/acme/os')).toBeUndefined();
  });

  it.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io/v2/'])(
    'knows Docker Hub under %s',
    async (key) => {
      await write('.docker/config.json', { auths: { [key]: login('hub') } });
      expect(await nameFor('docker.io/acme/os')).toBe('hub');
      expect(await nameFor('quay.io/acme/os')).toBeUndefined();
    },
  );

  it('reads passwords with colons, identity tokens and plain fields', async () => {
    await write('.docker/config.json', {
      auths: {
        'a.example': login('name', 'p:w:\0\0'),
        'b.example': { ...login('x'), identitytoken: 'refresh' },
        'c.example': { username: 'plain', password: 'pw' },
        'd.example': {},
      },
    });
    const source = credentialsFromFiles(env);
    expect(await source(parseRepository('a.example/x'))).toEqual({
      kind: 'password',
      username: 'name',
      password: 'p:w:',
    });
    expect(await source(parseRepository('b.example/x'))).toEqual({ kind: 'identity', token: 'refresh' });
    expect(await nameFor('c.example/x')).toBe('plain');
    expect(await nameFor('d.example/x')).toBeUndefined();
  });

  it.each([
    ['{"auths": {"quay.io": {"auth": "c2VjcmV0', /is not JSON/],
    ['{"auths": {"quay.io": {"auth": 5}}}', /auths\.quay\.io\.auth: .*unexpected shape/],
    [JSON.stringify({ auths: { 'quay.io': { auth: 'c2VjcmV0' } } }), /not a name and password in base64/],
  ])('names a damaged file without showing what is in it: %s', async (content, message) => {
    const path = await write('.docker/config.json', content);
    const error: unknown = await nameFor('quay.io/a/b').catch((thrown: unknown) => thrown);
    expect(messageOf(error)).toMatch(message);
    expect(messageOf(error)).toContain(path);
    expect(messageOf(error)).not.toMatch(/c2VjcmV0|secret/);
  });

  it('says when the file that REGISTRY_AUTH_FILE names is missing', async () => {
    env.REGISTRY_AUTH_FILE = join(home, 'missing.json');
    await expect(nameFor('quay.io/a/b')).rejects.toThrow(/REGISTRY_AUTH_FILE: this file does not exist/);
  });

  describe('with a credential helper', () => {
    async function helper(script: string): Promise<void> {
      await chmod(await write('bin/docker-credential-fake', `#!/bin/sh\n${script}\n`), 0o755);
      vi.stubEnv('PATH', `${join(home, 'bin')}:${process.env.PATH}`);
      env.PATH = process.env.PATH;
    }

    it('gives it the server name on standard input', async () => {
      await helper('[ "$1" = get ] && printf \'{"Username":"from-%s","Secret":"s"}\' "$(cat)"');
      await write('.docker/config.json', { credHelpers: { 'quay.io': 'fake' } });
      expect(await nameFor('quay.io/a/b')).toBe('from-quay.io');
      expect(await nameFor('ghcr.io/a/b')).toBeUndefined();
      await write('.docker/config.json', { credsStore: 'fake', auths: { 'quay.io': {} } });
      expect(await nameFor('quay.io/a/b')).toBe('from-quay.io');
      expect(await nameFor('docker.io/a/b')).toBe('from-https://index.docker.io/v1/');
    });

    it('treats the user name <token> as an identity token', async () => {
      await helper('cat >/dev/null; printf \'{"Username":"<token>","Secret":"refresh"}\'');
      await write('.docker/config.json', { credsStore: 'fake' });
      expect(await nameFor('quay.io/a/b')).toBe('refresh');
    });

    it('is anonymous for "not found", and fails for any other failure', async () => {
      await write('.docker/config.json', { credsStore: 'fake' });
      await helper('cat >/dev/null; echo "credentials not found in native keychain"; exit 1');
      expect(await nameFor('quay.io/a/b')).toBeUndefined();
      await helper('cat >/dev/null; echo "secret-in-output is locked"; exit 1');
      await expect(nameFor('quay.io/a/b')).rejects.toThrow(/docker-credential-fake.*failed: exit code 1/);
      await expect(nameFor('quay.io/a/b')).rejects.not.toThrow(/secret-in-output/);
      await helper('cat >/dev/null; echo nonsense');
      await expect(nameFor('quay.io/a/b')).rejects.toThrow(/its answer is not readable/);
    });

    it('that does not answer is named after its time', async () => {
      await write('.docker/config.json', { credsStore: 'fake' });
      await helper('sleep 600');
      const asked = credentialsFromFiles({ HOME: home }, 1)(parseRepository('quay.io/a/b'));
      await expect(asked).rejects.toThrow(
        'asking docker-credential-fake for the credentials of quay.io failed: docker-credential-fake did not end within 1 s',
      );
    });

    it.each(['absent', '../evil'])('says that the helper %s is not installed', async (name) => {
      await write('.docker/config.json', { credsStore: name });
      await expect(nameFor('quay.io/a/b')).rejects.toThrow(/credential helper .* is not installed/);
    });
  });
});
