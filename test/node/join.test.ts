import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseRepository } from '../../src/world/registry/reference.ts';
import {
  pushSampleImage,
  startTestRegistry,
  testClient,
  testLogin,
  useRegistry,
} from '../support/registry.ts';
import { cannotRunMachines, Machine, type NodeImage } from './support/machine.ts';
import { Site } from './support/site.ts';

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;

let site: Site;
let older: NodeImage;
let current: NodeImage;
let fedora: NodeImage;
let machine: Machine;

beforeAll(async () => {
  if (cannotRunMachines !== undefined) return;
  site = await Site.start(registry.host);
  older = await site.release('testing', '44.1-aaaaaaaa', start - 100 * hour, {
    rollout: { start_percentage: 1 },
  });
  current = await site.release('testing', '44.2-bbbbbbbb', start);
  await site.tag('testing', current);
  await site.publish(start);
  fedora = {
    repository: 'quay.io/fedora/fedora-coreos',
    digest: `sha256:${'f'.repeat(64)}`,
    version: '44.0',
    created: start - 200 * hour,
    stream: 'stable',
  };
});
afterAll(() => site?.stop());

/** Stock Fedora CoreOS with the kit from Ignition. */
async function stock(settings: Readonly<Record<string, string | number>> = {}) {
  const node = await Machine.start();
  for (const image of [older, current, fedora]) await node.image(image);
  await node.boot('ostree-image-signed:docker://quay.io/fedora/fedora-coreos:stable', fedora.digest);
  await node.installKit({
    IMAGE: site.repository,
    STREAM: 'stable',
    SITE: site.url,
    ARTIFACT: 'yes',
    FLEETS: 'testing',
    TAGS: 'testing=testing',
    FLEET: 'testing',
    REFRESH: 0,
    MIGRATE_FROM: 'fedora:* ghcr.io/old/*',
    ...settings,
  });
  return node;
}

const unsigned = () => `ostree-unverified-image:docker://${site.repository}:stable`;

describe.skipIf(cannotRunMachines !== undefined)('join', () => {
  beforeEach(async () => {
    site.handler = undefined;
    machine = await stock();
  });

  it('takes one step and one reboot, by digest, and then nothing more', async () => {
    expect(await machine.kit('join', [], start)).toMatchObject({ code: 0 });
    expect(await machine.calls()).toEqual([`rebase --bypass-driver ${unsigned()} ${current.digest}`]);
    expect(await machine.read('run/systemctl-calls')).toBe('reboot\n');
    await machine.reboot();
    expect(await machine.deployment('booted')).toMatchObject({ REF: unsigned(), DIGEST: current.digest });
    expect(await machine.kit('join', [], start)).toMatchObject({ code: 0 });
    expect(await machine.calls()).toHaveLength(2);
    expect(await machine.read('var/lib/coxswain/joined')).toMatch(/^\d{4}-/);
  });

  it('does not deploy again what is deployed, and replaces what is older', async () => {
    await machine.kit('join', [], start);
    await machine.kit('join', [], start);
    // ostree shortens what it was given.
    const staged = (await machine.read('run/coxswain-stand-in/staged')) ?? '';
    const short = `ostree-unverified-registry:${site.repository}:stable`;
    await machine.write('run/coxswain-stand-in/staged', staged.replace(unsigned(), short));
    await machine.kit('join', [], start);
    expect((await machine.calls()).filter((call) => call.startsWith('rebase'))).toHaveLength(1);
    await machine.write(
      'run/coxswain-stand-in/staged',
      `REF=${unsigned()}\nDIGEST=${older.digest}\nLOCKED=no\nPACKAGES=\n`,
    );
    expect(await machine.kit('join', [], start)).toMatchObject({ code: 0 });
    expect(await machine.deployment('staged')).toMatchObject({ DIGEST: current.digest });
  });

  it('does no harm if it is killed: the next run joins', async () => {
    for (const milliseconds of [50, 200]) {
      const child = machine.spawn(['bash', '/usr/lib/coxswain/join.sh']);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      child.kill('SIGKILL');
    }
    expect(await machine.kit('join', [], start)).toMatchObject({ code: 0 });
    await machine.reboot();
    expect(await machine.deployment('booted')).toMatchObject({ DIGEST: current.digest });
  });

  it('stays on what it runs without a network, and says so', async () => {
    machine = await stock({ IMAGE: '127.0.0.1:1/os', SITE: 'http://127.0.0.1:1/' });
    expect(await machine.kit('join', [], start)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it stays on what it runs'),
    });
    expect(await machine.calls()).toEqual([]);
  });

  const spoilt: readonly [name: string, status: number, text: (good: string) => string][] = [
    ['404', 404, () => 'not here'],
    ['half a file', 200, (good) => good.slice(0, good.length / 2)],
    ['an empty file', 200, () => ''],
    ['a page', 200, () => '<html></html>'],
  ];
  it.each(spoilt)(
    'stays if the site answers with %s, and joins when it answers well',
    async (_, status, text) => {
      site.handler = async (request, response, serve) => {
        if (request.url?.endsWith('/releases.json') !== true) return serve();
        const good = await fetch(`${site.url}testing/releases.json`, { headers: { 'x-plain': '1' } });
        response.writeHead(status, { connection: 'close' }).end(text(await good.text()));
      };
      machine = await stock({ ARTIFACT: 'no' });
      expect(await machine.kit('join', [], start)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('it stays on what it runs'),
      });
      expect(await machine.calls()).toEqual([]);
      site.handler = undefined;
      expect(await machine.kit('join', [], start)).toMatchObject({ code: 0 });
      expect(await machine.calls()).toHaveLength(1);
    },
  );

  it('joins with a clock in 1970: rollouts do not count for a new node', async () => {
    machine = await stock({ TAGS: 'testing=gone' });
    expect(await machine.kit('join', [], 60)).toMatchObject({ code: 0 });
    expect(await machine.calls()).toEqual([`rebase --bypass-driver ${unsigned()} ${current.digest}`]);
  });

  it('deploys once if two boots run it at once', async () => {
    const both = await Promise.all([machine.kit('join', [], start), machine.kit('join', [], start)]);
    expect(both.some(({ code }) => code === 0)).toBe(true);
    await machine.reboot();
    expect(await machine.deployment('booted')).toMatchObject({ REF: unsigned(), DIGEST: current.digest });
  });

  it('takes the newest release that is offered if the fleet has no tag', async () => {
    machine = await stock({ TAGS: 'testing=gone' });
    expect((await machine.kit('join', ['--dry-run'], start)).stdout).toBe(
      `rpm-ostree rebase --bypass-driver ${unsigned()} ${current.digest}\n`,
    );
    expect(await machine.calls()).toEqual([]);
  });

  it('waits for a registry that refuses, and for an image of another repository', async () => {
    machine = await stock({ IMAGE: `${site.repository}-other` });
    expect(await machine.kit('join', [], start)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not going there'),
    });
  });

  it('asks for a signature from the first step on if the fleet signs', async () => {
    machine = await stock({ SIGNED: 'testing' });
    expect(await machine.kit('join', [], start)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('A signature was required'),
    });
    expect(await machine.deployment('staged')).toBeUndefined();
    await machine.image({ ...current, signed: true });
    expect(await machine.kit('join', [], start)).toMatchObject({ code: 0 });
    const reference = `ostree-image-signed:docker://${site.repository}:stable`;
    expect(await machine.deployment('staged')).toMatchObject({ REF: reference, DIGEST: current.digest });
  });

  it('goes on to the signed reference from one that nobody checked', async () => {
    machine = await stock({ SIGNED: 'testing' });
    await machine.image({ ...current, signed: true });
    await machine.boot(unsigned(), current.digest);
    expect(await machine.kit('join', [], start)).toMatchObject({ code: 0 });
    expect((await machine.deployment('staged'))?.REF).toBe(
      `ostree-image-signed:docker://${site.repository}:stable`,
    );
  });

  it('reads a private registry by the login that rpm-ostree has', async () => {
    const closed = await startTestRegistry({ login: true });
    try {
      const client = testClient(async () => testLogin);
      const repository = parseRepository(`${closed.host}/acme/os`);
      const { digest } = await pushSampleImage(client, repository, { tag: 'stable' });
      machine = await stock({ IMAGE: `${closed.host}/acme/os` });
      const ask = () =>
        machine.run([
          'bash',
          '-c',
          '. /usr/lib/coxswain/common.sh; . "$lib/registry.sh"; load_settings; digest_of_tag stable',
        ]);
      expect(await ask()).toMatchObject({ code: 2, stderr: expect.stringContaining('answered 401') });
      const auth = Buffer.from(`${testLogin.username}:${testLogin.password}`).toString('base64');
      await machine.write('etc/ostree/auth.json', JSON.stringify({ auths: { [closed.host]: { auth } } }));
      expect(await ask()).toMatchObject({ code: 0, stdout: digest });
    } finally {
      await closed.stop();
    }
  });
});

describe.skipIf(cannotRunMachines !== undefined)('migrate', () => {
  beforeEach(async () => {
    machine = await stock();
  });

  it('brings a host on an OSTree remote to the fleet, and remembers its origin', async () => {
    await machine.bootCommit('fedora:fedora/x86_64/coreos/stable', '43.1');
    expect(await machine.kit('migrate', [], start)).toMatchObject({ code: 0 });
    expect(await machine.calls()).toEqual([`rebase --bypass-driver ${unsigned()} ${current.digest}`]);
    expect(await machine.read('var/lib/coxswain/migrated-from')).toBe('fedora:fedora/x86_64/coreos/stable\n');
  });

  it('brings a host of an older repository, and keeps its layered packages', async () => {
    const digest = `sha256:${'e'.repeat(64)}`;
    await machine.image({ ...fedora, repository: 'ghcr.io/old/os', digest });
    await machine.boot('ostree-unverified-registry:ghcr.io/old/os:latest', digest, 'htop');
    expect(await machine.kit('migrate', [], start)).toMatchObject({ code: 0 });
    expect(await machine.deployment('staged')).toMatchObject({ DIGEST: current.digest, PACKAGES: 'htop' });
  });

  it('leaves any other host alone', async () => {
    expect(await machine.kit('migrate', [], start)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('not in MIGRATE_FROM'),
    });
    expect(await machine.calls()).toEqual([]);
  });
});
