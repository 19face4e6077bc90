import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildBaseImage } from '../../src/demo/base-images.ts';
import { skopeoTags } from '../../src/demo/digests.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { readImage } from '../../src/world/registry/image.ts';
import { atTag, digestOf, parseRepository } from '../../src/world/registry/reference.ts';
import { cliFolder } from '../support/build-cli.ts';
import { chunkah, pushTool, whyNoChunkah } from '../support/chunkah.ts';
import { cli } from '../support/cli.ts';
import { testClient, useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';

// Machines as users have them: nobody is root there. Two users are made for these tests, one with subordinate IDs as
// every user of a runner has them, and one without; everything is removed afterwards.

const registry = useRegistry();
const version = '44.20260707.3.1';
const users = { able: `cx-able-${process.pid}`, bare: `cx-bare-${process.pid}` };
const missing =
  process.getuid?.() !== 0
    ? 'making users needs root'
    : ['useradd', 'userdel', 'runuser', 'newuidmap']
        .filter((name) => findTool(name) === undefined)
        .join(', ');
const rights = `/etc/sudoers.d/${users.bare}`;
let program: string;
let base: string;

beforeAll(async () => {
  if (missing !== '') return;
  // A folder that every user can read; the checkout may belong to root.
  program = await mkdtemp(join(tmpdir(), 'coxswain-program-'));
  await cp(cliFolder, program, { recursive: true });
  await exec('chmod', ['--recursive', 'a+rX', program]);
  await exec('useradd', ['--create-home', users.able]);
  await exec('useradd', ['--create-home', users.bare]);
  const range = /^([^:]*):(\d+):(\d+)$/m;
  const ids = (await readFile('/etc/subuid', 'utf8')).split('\n').find((line) => line.startsWith(users.bare));
  const [, , first, count] = range.exec(ids ?? '') ?? [];
  if (first !== undefined) {
    const last = Number(first) + Number(count) - 1;
    const flags = ['--del-subuids', `${first}-${last}`, '--del-subgids', `${first}-${last}`];
    await exec('usermod', [...flags, users.bare]);
  }
  const repository = parseRepository(`${registry.host}/fedora/fedora-coreos`);
  base = `${registry.host}/fedora/fedora-coreos:stable`;
  await buildBaseImage({
    kind: 'tiny',
    version,
    stream: 'stable',
    repository,
    tag: 'stable',
    log: silentLog,
  });
}, 120_000);

afterAll(async () => {
  if (missing !== '') return;
  await rm(program, { recursive: true, force: true });
  await rm(rights, { force: true });
  for (const user of Object.values(users)) {
    await exec('userdel', ['--remove', user], { allow: [0, 6, 8, 12] });
    await rm(`/home/${user}`, { recursive: true, force: true });
  }
});

beforeEach(({ skip }) => {
  if (missing !== '') skip(`no other user to run as: ${missing}`);
});

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as a user in its own home, with only the environment that a login gives. */
async function as(user: string, command: readonly string[], more: Record<string, string> = {}): Promise<Ran> {
  const home = `/home/${user}`;
  const environment = { HOME: home, PATH: process.env.PATH ?? '', USER: user, ...more };
  const assigned = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return exec('runuser', ['-u', user, '--', 'env', '-i', '-C', join(home, 'os'), ...assigned, ...command], {
    allow: Array.from({ length: 256 }, (_, code) => code),
    cwd: '/',
  });
}

async function coxswain(user: string, args: readonly string[], more: Record<string, string> = {}) {
  const ran = await as(user, [process.execPath, join(program, 'main.mjs'), ...args, '--json'], more);
  return { ...ran, data: ran.stdout === '' ? {} : (JSON.parse(ran.stdout) as Record<string, unknown>) };
}

/** A user's repository in the user's home; the image does not depend on who builds it. */
async function checkout(user: string): Promise<void> {
  const folder = `/home/${user}/os`;
  const files = {
    'coxswain.yaml': `image: ${registry.host}/acme/os\nbase: ${base}\nfleets: { stable: {} }\nboot-test: { init: any }\n`,
    Containerfile: `FROM ${base}\nRUN echo "$(id -u) $(stat -c %u:%g /etc/hosts)" >/etc/seen; chown 1234:77 /etc/seen; chmod 600 /etc/seen\n`,
    'tests/10-owner.sh': `#!/bin/sh\nset -e\n[ "$(stat -c %u:%g:%a /etc/seen)" = 1234:77:600 ]\n[ "$(stat -c %u:%g /usr/bin/busybox)" = 0:0 ]\ncat /etc/seen\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await exec('chown', ['--recursive', `${user}:`, folder]);
  const dates = { GIT_AUTHOR_DATE: '1790000000 +0000', GIT_COMMITTER_DATE: '1790000000 +0000' };
  const git = (...args: string[]) =>
    as(user, ['git', '-c', 'user.name=A', '-c', 'user.email=a@example.invalid', ...args], dates);
  for (const args of [
    ['init', '-q', '-b', 'stable', '.'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'Start'],
  ]) {
    expect(await git(...args)).toMatchObject({ exitCode: 0 });
  }
}

describe('a user who is not root', () => {
  it('builds, boots and tests, with the owners of all files as they are; and nothing is left', async () => {
    await checkout(users.able);
    const built = await coxswain(users.able, ['build-image']);
    expect(built).toMatchObject({ exitCode: 0, data: { built: true } });
    const tested = await coxswain(users.able, ['boot-test', '--output', 'out']);
    expect(tested.data, tested.stderr).toMatchObject({ verdict: 'passed', digest: built.data.digest });
    expect(tested.data.evidence).toMatch(/^sha256:/);
    expect((await coxswain(users.able, ['boot-test'])).data).toMatchObject({ skipped: true });
    // What it left on the disk belongs to the user, and the storage has not changed.
    const owner = await exec('stat', ['--format', '%U', `/home/${users.able}/os/out/report.json`]);
    expect(owner.stdout.trim()).toBe(users.able);
    const images = await as(users.able, ['buildah', 'images', '--all', '--quiet']);
    const containers = await as(users.able, ['buildah', 'containers', '--all', '--quiet']);
    expect(images.stdout + containers.stdout).toBe('');
  }, 180_000);

  it('makes the files that root makes', async () => {
    const folder = await temporaryFolder();
    await cp(`/home/${users.able}/os`, folder, { recursive: true });
    const config = join(folder, 'coxswain.yaml');
    await writeFile(
      config,
      `${await readFile(config, 'utf8')}test-image: ${registry.host}/by-root/os-test\n`,
    );
    await exec('chown', ['--recursive', 'root:root', folder]);
    const { stdout, stderr } = await cli(['build-image', '--json'], { cwd: folder });
    expect(stderr).toMatch(/uncommitted/);
    const { tag } = JSON.parse(stdout) as { tag: string };
    const filesIn = async (name: string) => {
      const repository = parseRepository(`${registry.host}/${name}/os-test`);
      const { manifest } = await readImage(testClient(), atTag(repository, tag), 'x86_64');
      const layer = manifest.json.layers.at(-1)?.digest ?? digestOf('');
      const input = await testClient().getBlob(repository, layer);
      return (await exec('tar', ['-tvz', '--full-time'], { input })).stdout
        .split('\n')
        .filter((line) => !line.endsWith('/'));
    };
    // The digests differ, because they also contain the address of the base and folders that only the storage has
    // touched.
    const files = await filesIn('acme');
    expect(files.join('\n')).toMatch(/^-rw------- 1234\/77 .* etc\/seen$/m);
    expect(await filesIn('by-root')).toEqual(files);
  }, 60_000);

  it.skipIf(whyNoChunkah !== undefined)(
    `splits its own layer, by the installed chunkah and by that of an image${whyNoChunkah === undefined ? '' : ` (skipped: ${whyNoChunkah})`}`,
    async () => {
      if (!existsSync(`/home/${users.able}/os`)) await checkout(users.able);
      const tool = `${registry.host}/chunkah:1`;
      await pushTool(tool);
      const installed = join(program, 'bin');
      await mkdir(installed);
      await cp(chunkah as string, join(installed, 'chunkah'));
      await exec('chmod', ['--recursive', 'a+rX', installed]);
      const folder = `/home/${users.able}/os`;
      const file = join(folder, 'coxswain.yaml');
      const config = await readFile(file, 'utf8');
      await writeFile(
        join(folder, 'Containerfile'),
        `FROM ${base}\nRUN head -c 2000000 /dev/urandom >/one; head -c 2000000 /dev/zero >/two; chown 5:6 /two; echo mine >/etc/seen; chown 1234:77 /etc/seen; chmod 600 /etc/seen\n`,
      );
      const layersOf = async (rechunk: string, more: Record<string, string>) => {
        await writeFile(file, `${config}rechunk: ${rechunk}\n`);
        const commit = [
          'git',
          '-c',
          'user.name=A',
          '-c',
          'user.email=a@example.invalid',
          'commit',
          '-qam',
          'Split',
        ];
        expect(await as(users.able, commit)).toMatchObject({ exitCode: 0 });
        const built = await coxswain(users.able, ['build-image'], more);
        expect(built, built.stderr).toMatchObject({ exitCode: 0, data: { built: true } });
        const image = atTag(parseRepository(`${registry.host}/acme/os-test`), built.data.tag as string);
        return (await readImage(testClient(), image, 'x86_64')).manifest.json.layers.length;
      };
      const PATH = process.env.PATH ?? '';
      const split = await layersOf('chunkah', { PATH: `${installed}:${PATH}` });
      const pulled = await layersOf(`{ image: "${tool}" }`, { PATH });
      // It stays for the next build, like an image that a Containerfile copies from.
      expect(await as(users.able, ['buildah', 'rmi', tool])).toMatchObject({ exitCode: 0 });
      expect(pulled).toBe(split);
      // What is tested is the split image.
      const tested = await coxswain(users.able, ['boot-test']);
      const { tag } = (await coxswain(users.able, ['build-image'])).data as { tag: string };
      const image = await readImage(
        testClient(),
        atTag(parseRepository(`${registry.host}/acme/os-test`), tag),
        'x86_64',
      );
      expect(image.manifest.json.layers).toHaveLength(split);
      const { digest } = image.manifest.descriptor;
      expect(tested.data, tested.stderr).toMatchObject({ verdict: 'passed', digest });
      // Two large files, and the folders.
      expect(split).toBeGreaterThanOrEqual(3);
      // The tests after this one have the checkout as it was.
      const back = ['git', 'reset', '--quiet', '--hard', 'HEAD~2'];
      expect(await as(users.able, back)).toMatchObject({ exitCode: 0 });
    },
    300_000,
  );

  it('tests in a folder what a fork proposes: no login, nothing pushed, nothing attached', async () => {
    const folder = `/home/${users.able}/image`;
    const before = await skopeoTags(`${registry.host}/acme/os-test`);
    const built = await coxswain(users.able, ['build-image', '--local', folder]);
    expect(built.data, built.stderr).toMatchObject({ built: true, images: [{ architecture: 'x86_64' }] });
    const tested = await coxswain(users.able, ['boot-test', '--local', folder, '--output', 'local-out']);
    expect(tested.data, tested.stderr).toMatchObject({
      verdict: 'passed',
      digest: built.data.digest,
      image: `oci:${folder}:${String(built.data.tag)}-x86_64`,
    });
    expect(tested.data.evidence).toBeUndefined();
    expect(await skopeoTags(`${registry.host}/acme/os-test`)).toEqual(before);
    const again = await coxswain(users.able, ['build-image', '--local', folder]);
    expect(again.data).toMatchObject({ built: false, digest: built.data.digest });
    const images = await as(users.able, ['buildah', 'images', '--all', '--quiet']);
    expect(images.stdout).toBe('');
  }, 180_000);

  it('may end a run: everything is put away before the program ends', async () => {
    const home = `/home/${users.able}`;
    const who = ['--reuid', users.able, '--regid', users.able, '--init-groups'];
    const run = [process.execPath, join(program, 'main.mjs'), 'boot-test', '--force', '--output', 'ended'];
    const child = spawn('setpriv', [...who, 'env', `HOME=${home}`, `USER=${users.able}`, ...run], {
      cwd: join(home, 'os'),
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // The machine runs once its console is there.
    for (let tries = 0; !existsSync(join(home, 'os/ended/console.log')); tries += 1) {
      expect(tries).toBeLessThan(600);
      await sleep(100);
    }
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    const processes = await exec('ps', ['-u', users.able, '-o', 'args='], { allow: [0, 1] });
    expect(processes.stdout).toBe('');
    const images = await as(users.able, ['buildah', 'images', '--all', '--quiet']);
    const containers = await as(users.able, ['buildah', 'containers', '--all', '--quiet']);
    expect(images.stdout + containers.stdout).toBe('');
  }, 90_000);

  it('reports what is missing if the user cannot become root', async () => {
    await checkout(users.bare);
    const ran = await coxswain(users.bare, ['boot-test']);
    expect(ran).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('"kind": "input"') });
    expect(ran.stderr).toMatch(
      new RegExp(
        `${users.bare} cannot become root here \\(buildah unshare: .+; sudo: .+\\).*usermod --add-subuids`,
      ),
    );
    expect(ran.stderr).not.toContain('defect');
  }, 30_000);

  it('builds and boots by sudo, if sudo asks for no password', async ({ skip }) => {
    if (findTool('sudo') === undefined) skip('sudo is not installed');
    await writeFile(rights, `${users.bare} ALL=(ALL:ALL) NOPASSWD:ALL\n`, { mode: 0o440 });
    try {
      // Another image than the existing one.
      await as(users.bare, ['sed', '-i', '$s/$/ # by sudo/', 'Containerfile']);
      const git = ['git', '-c', 'user.name=A', '-c', 'user.email=a@example.invalid'];
      expect(await as(users.bare, [...git, 'commit', '-qam', 'Change'])).toMatchObject({ exitCode: 0 });
      const built = await coxswain(users.bare, ['build-image']);
      expect(built.data, built.stderr).toMatchObject({ built: true });
      const tested = await coxswain(users.bare, ['boot-test', '--output', 'out']);
      expect(tested.data, tested.stderr).toMatchObject({ verdict: 'passed', digest: built.data.digest });
      // A later step can read its files.
      const report = await as(users.bare, ['cat', 'out/report.json']);
      expect(JSON.parse(report.stdout)).toMatchObject({ verdict: 'passed' });
    } finally {
      await rm(rights, { force: true });
    }
  }, 180_000);

  it('logs in without a session, although root has /run/containers', async () => {
    const { mode } = await stat('/run/containers');
    expect(mode & 0o007).toBe(0);
    const job = `/home/${users.able}/job`;
    await mkdir(job);
    await mkdir(`/home/${users.able}/os`, { recursive: true });
    await writeFile(
      join(job, 'coxswain.yaml'),
      `image: ${registry.host}/acme/os\nbase: ${base}\nfleets: { stable: {} }\n`,
    );
    await exec('chown', ['--recursive', `${users.able}:`, job]);
    const login = ['log-in', '--directory', job, '--username', 'ada', '--password', 'secret'];
    const ran = await coxswain(users.able, login, { RUNNER_TEMP: job });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    const written = await as(users.able, ['sh', '-c', `cat ${job}/coxswain-login-*/auth.json`]);
    expect(Object.keys(JSON.parse(written.stdout).auths)).toContain(`${registry.host}/acme/os`);
  }, 30_000);

  it('runs by sudo once only', async () => {
    // A sudo that accepts everybody and changes nothing: the second run must notice.
    const tools = join(`/home/${users.bare}`, 'tools');
    await mkdir(tools, { recursive: true });
    const script = `#!/bin/sh\n[ "$1" = -n ] || exit 1\nshift\n[ "$1" = --preserve-env ] && shift && echo "as root: $*" >&2\nexec "$@"\n`;
    await writeFile(join(tools, 'sudo'), script, { mode: 0o755 });
    const ran = await coxswain(users.bare, ['boot-test'], { PATH: `${tools}:${process.env.PATH}` });
    expect(ran.stderr).toMatch(
      /^as root: env PATH=\S+ HOME=\/home\/\S+ \/\S+ \/\S+main\.mjs boot-test --json/m,
    );
    expect(ran.stderr).toMatch(/sudo -n --preserve-env was to make this process root, and did not/);
    expect(ran.exitCode).toBe(1);
  }, 30_000);
});
