import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { type Log, silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { type BuildOrder, createBuildah } from '../../src/loop/build-image/buildah.ts';
import {
  chooseIsolation,
  type Isolation,
  isolations,
  namesToUnset,
} from '../../src/loop/build-image/isolated.ts';
import { inLayout } from '../../src/world/registry/layout.ts';
import { temporaryFolder } from '../support/repository.ts';

// What the programs of RUN see of the machine that builds, with a real buildah as root.

const secret = 'not-for-the-build';
let folder: string;
let server: Server;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-test-isolation-'));
  server = createServer((_, answer) => answer.end('reached'));
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  ({ port } = server.address() as AddressInfo);
  const place = join(folder, 'storage');
  await mkdir(join(folder, 'context/bin'), { recursive: true });
  await cp(findTool('busybox') as string, join(folder, 'context/bin/busybox'));
  await writeFile(
    join(folder, 'storage.conf'),
    `[storage]\ndriver = "overlay"\ngraphroot = "${place}/graph"\nrunroot = "${place}/run"\n`,
  );
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => {
  if (process.getuid?.() !== 0) skip('a build as root needs root');
});

/** An address of this machine that is not its loopback. */
function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((each) => each !== undefined && !each.internal && each.family === 'IPv4')?.address;
}

const warnings: string[] = [];
const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };

/** Builds with this RUN instruction. @returns what it wrote to /seen, and the image's digest */
async function build(run: string, env: Record<string, string> = {}) {
  const own = await temporaryFolder();
  const containerfile = join(own, 'Containerfile');
  await writeFile(
    containerfile,
    `FROM scratch\nCOPY bin /bin\nRUN ["/bin/busybox", "sh", "-c", ${JSON.stringify(run)}]\n`,
  );
  const settings = { CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'), SOME_TOKEN: secret, ...env };
  const buildah = createBuildah({ folder: own, env: { ...process.env, ...settings }, log });
  const name = `localhost/isolation:${own.slice(-6).toLowerCase()}`;
  const order: BuildOrder = {
    name,
    containerfile,
    contextFolder: join(folder, 'context'),
    architecture: 'x86_64',
    timestamp: 1_750_000_000,
    labels: {},
    annotations: {},
    buildArguments: {},
    plainHttp: false,
  };
  await buildah.build(order);
  const digest = await buildah.store(name, inLayout(join(own, 'layout'), 'made'));
  const mounted = await exec('buildah', ['from', name], { env: settings });
  const root = (await exec('buildah', ['mount', mounted.stdout.trim()], { env: settings })).stdout.trim();
  const seen = await readFile(join(root, 'seen'), 'utf8').catch(() => '');
  await exec('buildah', ['rm', mounted.stdout.trim()], { env: settings });
  await buildah.removeImage(name);
  return { seen, digest };
}

const look = `
busybox=/bin/busybox
{
  echo "processes: $($busybox ls /proc | $busybox grep -c '^[0-9]')"
  echo "secrets: $($busybox cat /proc/[0-9]*/environ 2>/dev/null | $busybox grep -c ${secret})"
  echo "own: $($busybox env | $busybox grep -c ${secret})"
  echo "disks: $($busybox find /dev -type b | $busybox wc -l)"
  echo "null: $(echo x >/dev/null && echo works)"
} >/seen`;
const reach = (address: string) =>
  `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | /bin/busybox nc -w 3 ${address} ${port} | /bin/busybox tail -n 1 >/seen`;

describe('a RUN instruction', () => {
  it.each<[Isolation]>([['full'], ['processes']])(
    'sees no process, no secret and no disk of the machine with the isolation %s',
    async (isolation) => {
      const { seen } = await build(look, { COXSWAIN_BUILD_ISOLATION: isolation });
      const { processes, ...others } = Object.fromEntries(
        seen
          .trim()
          .split('\n')
          .map((line) => line.split(': ')),
      );
      expect(others).toEqual({ secrets: '0', own: '0', disks: '0', null: 'works' });
      expect(Number(processes)).toBeLessThan(12);
    },
  );

  it('reaches the machine by its address, but not its loopback', async () => {
    const own = ownAddress();
    const ask = async (address: string, isolation: Isolation) =>
      (await build(reach(address), { COXSWAIN_BUILD_ISOLATION: isolation })).seen.trim();
    expect(await ask('127.0.0.1', 'full')).toBe('');
    // Where slirp4netns would lead to the loopback, if it were let.
    expect(await ask('10.0.2.2', 'full')).toBe('');
    if (own !== undefined) expect(await ask(own, 'full')).toBe('reached');
    expect(await ask('127.0.0.1', 'processes')).toBe('reached');
  });

  it('gives the same image with each isolation', async () => {
    const digests = await Promise.all(
      isolations.map((each) => build('echo same >/seen', { COXSWAIN_BUILD_ISOLATION: each })),
    );
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(1);
  });

  it('reads nothing from the standard input', async () => {
    expect((await build('read x; echo "got: $x" >/seen')).seen).toBe('got: \n');
  });

  it('fails as it would without isolation, with its last lines', async () => {
    await expect(build('echo a reason; exit 3')).rejects.toThrow(/a reason(.|\n)*exit (status|code) 3/);
  });

  it('leaves no process and no mount on the machine', async () => {
    await build('echo x >/seen');
    await build('exit 1').catch(() => {});
    const { stdout } = await exec('sh', [
      '-c',
      'cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "[s]lirp4netns --conf" || true',
    ]);
    expect(stdout.trim()).toBe('0');
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain('isolated');
  });
});

/** Works while a program is first in PATH that prints this reason and fails. */
async function withFailing(program: string, reason: string, work: () => Promise<void>): Promise<void> {
  const place = await temporaryFolder();
  await writeFile(join(place, program), `#!/bin/sh\necho "${reason}" >&2\nexit 1\n`, { mode: 0o755 });
  const { PATH } = process.env;
  process.env.PATH = `${place}:${PATH}`;
  try {
    await work();
  } finally {
    process.env.PATH = PATH;
  }
}

describe('the choice of an isolation', () => {
  const choose = async (env: NodeJS.ProcessEnv) => {
    warnings.length = 0;
    return {
      isolation: await chooseIsolation(env, { folder: await temporaryFolder(), log }),
      warnings: [...warnings],
    };
  };

  it('is the strictest one', async () => {
    expect(await choose({})).toEqual({ isolation: 'full', warnings: [] });
  });

  it('is the next one if slirp4netns fails, and warns', async () => {
    await withFailing('slirp4netns', 'open(/dev/net/tun): Permission denied', async () => {
      const { isolation, warnings } = await choose({});
      expect(isolation).toBe('processes');
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(
        /share this machine's network.*dev\/net\/tun\): Permission denied.*COXSWAIN_BUILD_ISOLATION=processes accepts that/,
      );
      expect(await choose({ COXSWAIN_BUILD_ISOLATION: 'processes' })).toEqual({
        isolation: 'processes',
        warnings: [],
      });
      await expect(build('true', { COXSWAIN_BUILD_ISOLATION: 'full' })).rejects.toThrow(
        /giving the build a network of its own failed: slirp4netns ended: open/,
      );
    });
  });

  it('is none if namespaces do not work either, and warns', async () => {
    await withFailing('unshare', 'unshare: Operation not permitted', async () => {
      const { isolation, warnings } = await choose({});
      expect(isolation).toBe('none');
      expect(warnings).toEqual([
        expect.stringMatching(/see this machine's processes and network.*Operation not permitted/s),
      ]);
    });
  });

  it('refuses a name that is none', async () => {
    await expect(choose({ COXSWAIN_BUILD_ISOLATION: 'strict' })).rejects.toThrow(
      /COXSWAIN_BUILD_ISOLATION: this isolation of builds does not exist, found "strict", expected one of full, processes, none/,
    );
  });
});

describe('the environment of a build', () => {
  it('keeps what buildah needs, and nothing that is a secret of the run', () => {
    const env = Object.fromEntries(
      [
        'PATH',
        'HOME',
        'TMPDIR',
        'CONTAINERS_STORAGE_CONF',
        'REGISTRY_AUTH_FILE',
        'https_proxy',
        'NO_PROXY',
        '_CONTAINERS_USERNS_CONFIGURED',
        'GITHUB_TOKEN',
        'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
        'COXSWAIN_INPUTS',
        'COXSWAIN_SIGNING_KEY',
        'MY_PATH',
        'HTTP_PROXY_PASSWORD',
      ].map((name) => [name, 'x']),
    );
    expect(namesToUnset(env)).toEqual([
      'GITHUB_TOKEN',
      'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
      'COXSWAIN_INPUTS',
      'COXSWAIN_SIGNING_KEY',
      'MY_PATH',
      'HTTP_PROXY_PASSWORD',
    ]);
  });
});
