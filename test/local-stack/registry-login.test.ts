import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { promoteImage } from '../../src/loop/promote-image/promote-image.ts';
import { passingEvidence } from '../../src/release/evidence/store.ts';
import { createRegistryClient, type RegistryClient } from '../../src/world/registry/client.ts';
import { atDigest, atTag } from '../../src/world/registry/reference.ts';
import { buildAndTest } from '../faults/stage.ts';
import { makeCertificate } from '../support/certificate.ts';
import { cli } from '../support/cli.ts';
import { createProject, publishBase, type TestProject } from '../support/project.ts';
import { startTestRegistry, type TestRegistry, testClient, testLogin } from '../support/registry.ts';
import { startTokenServer, type TokenServer } from '../support/token-server.ts';
import { unsigned } from '../support/trust.ts';

// A registry that needs a login, and a second open port by which the tests push what they need.

const now = 1_785_000_000;
const stops: (() => unknown)[] = [];
let folder: string;
let pem: { certificate: string; key: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-test-login-'));
  pem = await makeCertificate(folder);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A client that connects to one registry under the name of another. */
function through(client: RegistryClient, name: string, door: string): RegistryClient {
  const map = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if ('registry' in value && value.registry === name) return { ...value, registry: door };
    return 'repository' in value ? { ...value, repository: map(value.repository) } : value;
  };
  return new Proxy(client, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => Reflect.apply(member, target, args.map(map));
    },
  });
}

/** A project at a registry that needs a login, its image built and tested. */
async function behind(locked: TestRegistry, open: TestRegistry): Promise<TestProject> {
  const project = await createProject(locked.host, { time: now - 3600 });
  const inside = { ...project, client: through(testClient(), locked.host, open.host) };
  await publishBase(inside, '44.20260621.3.1');
  await buildAndTest(inside);
  return inside;
}

async function start(options: Parameters<typeof startTestRegistry>[0] = {}): Promise<TestRegistry> {
  const registry = await startTestRegistry(options);
  stops.push(() => registry.stop());
  return registry;
}

async function logIn(host: string): Promise<string> {
  const file = join(folder, `auth-${host.replace(':', '-')}.json`);
  const auth = Buffer.from(`${testLogin.username}:${testLogin.password}`).toString('base64');
  await writeFile(file, JSON.stringify({ auths: { [host]: { auth } } }));
  return file;
}

async function expectPromoted(project: TestProject): Promise<void> {
  const { client, config } = project;
  const found = await client.resolve(atTag(config.image, 'testing'));
  const built = (await client.listTags(config.testImage)).find((tag) => tag.startsWith('key-')) ?? '';
  const tested = await client.resolve(atTag(config.testImage, built));
  expect(found?.digest).toBe(tested?.digest);
  const tree = await project.git.run(['rev-parse', 'testing:tests']);
  expect(
    await passingEvidence(client, atDigest(config.image, tested?.digest ?? 'sha256:'), tree, unsigned),
  ).toBeDefined();
}

describe('promote-image', () => {
  it('works with a registry that has TLS and a password, and says so if either is missing', async () => {
    const open = await start();
    const locked = await start({ directory: open.directory, login: true, tls: pem });
    const project = await behind(locked, open);
    const args = ['promote-image', '--fleet', 'testing'];
    const cwd = project.git.directory;
    const trusted = { NODE_EXTRA_CA_CERTS: pem.certificate };
    const untrusted = await cli(args, { cwd, env: { REGISTRY_AUTH_FILE: await logIn(locked.host) } });
    expect([untrusted.exitCode, untrusted.stderr]).toEqual([1, expect.stringContaining('self-signed')]);
    const nobody = await cli(args, { cwd, env: trusted });
    expect([nobody.exitCode, nobody.stderr]).toEqual([1, expect.stringContaining('Log in first')]);
    const env = { ...trusted, REGISTRY_AUTH_FILE: await logIn(locked.host) };
    const { exitCode, stderr, stdout } = await cli(args, { cwd, env });
    expect(exitCode, stderr).toBe(0);
    await expectPromoted(project);
    expect(stdout + stderr).not.toContain(testLogin.password);
  });

  it('works with tokens, asked for by scope', async () => {
    const { project, server } = await withTokens();
    const env = { REGISTRY_AUTH_FILE: await logIn(project.config.image.registry) };
    const { exitCode, stderr } = await cli(['promote-image', '--fleet', 'testing'], {
      cwd: project.git.directory,
      env,
    });
    expect(exitCode, stderr).toBe(0);
    await expectPromoted(project);
    const { image, testImage } = project.config;
    expect(new Set(server.given)).toEqual(
      new Set([
        `repository:${project.base.path}:pull`,
        `repository:${testImage.path}:pull`,
        `repository:${image.path}:pull`,
        `repository:${image.path}:pull,push`,
      ]),
    );
  });

  it('gets another token when its own runs out in the middle of the copy', async () => {
    const { project, server } = await withTokens({ validSeconds: 1 });
    const inner = createRegistryClient({ credentials: async () => testLogin, retryDelays: [] });
    let waited = false;
    const client: RegistryClient = {
      ...inner,
      putManifest: async (...args) => {
        if (!waited) await sleep(2_100);
        waited = true;
        return inner.putManifest(...args);
      },
    };
    await promoteImage({ ...project, client }, { fleet: 'testing', now });
    expect(waited).toBe(true);
    await expectPromoted(project);
    const push = `repository:${project.config.image.path}:pull,push`;
    expect(server.given.filter((scope) => scope === push).length).toBeGreaterThan(1);
  });
});

async function withTokens(
  options: { readonly validSeconds?: number } = {},
): Promise<{ project: TestProject; server: TokenServer }> {
  const { username, password } = testLogin;
  const server = await startTokenServer({ ...pem, username, password, ...options });
  stops.push(() => server.stop());
  const open = await start();
  const locked = await start({ directory: open.directory, token: server.options });
  return { project: await behind(locked, open), server };
}
