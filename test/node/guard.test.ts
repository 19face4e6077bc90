import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { cannotRunMachines, Machine, type NodeImage } from './support/machine.ts';
import { Site } from './support/site.ts';

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const complete = { rollout: { start_percentage: 1 } };

let site: Site;
let images: { a: NodeImage; b: NodeImage; c: NodeImage };
let machine: Machine;

/** A was two months ago; B is a barrier whose image has no tag of its version yet; the tag `testing` leads to C. */
beforeAll(async () => {
  if (cannotRunMachines !== undefined) return;
  site = await Site.start(registry.host);
  const { client, config } = site.project;
  const labels = { 'org.opencontainers.image.version': '44.2-bbbbbbbb', 'com.coreos.stream': 'stable' };
  const { digest } = await pushSampleImage(client, config.image, { tag: 'kept', labels });
  images = {
    a: await site.release('testing', '44.1-aaaaaaaa', start - 1400 * hour, complete),
    b: await site.release('testing', '44.2-bbbbbbbb', start - 700 * hour, complete, { digest }),
    c: await site.release('testing', '44.3-cccccccc', start - 100 * hour, complete),
  };
  await site.edit(['--action', 'barrier', '--version', '44.2-bbbbbbbb', '--reason', 'new keys'], start);
  await site.tag('testing', images.c);
  await site.publish(start);
});
afterAll(() => site?.stop());

const reference = (tag: string) => `ostree-image-signed:docker://${site.repository}:${tag}`;

async function follower(settings: Readonly<Record<string, string | number>> = {}) {
  const node = await Machine.start();
  for (const image of Object.values(images)) await node.image({ ...image, signed: true });
  await node.write(
    'run/coxswain-stand-in/tags',
    `${site.repository}:testing ${images.c.digest}\n${site.repository}:44.2-bbbbbbbb ${images.b.digest}\n`,
  );
  await node.boot(reference('testing'), images.a.digest);
  await node.installKit({
    IMAGE: site.repository,
    STREAM: 'stable',
    SITE: site.url,
    ARTIFACT: 'yes',
    FLEETS: 'testing',
    TAGS: 'testing=testing',
    REFRESH: 0,
    ...settings,
  });
  return node;
}

describe.skipIf(cannotRunMachines !== undefined)('the guard of a node that follows a tag', () => {
  beforeEach(async () => {
    machine = await follower();
  });

  it('stays before a barrier whose image has no tag, and says "you need a :B" with the reason', async () => {
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 1 });
    expect(await machine.kit('guard')).toMatchObject({ code: 1 });
    expect(await machine.calls()).toEqual([]);
    expect(await machine.motd('barrier')).toMatch(
      /^You need a :44\.2-bbbbbbbb\. .*\(new keys\).*stays on what it runs\.$/,
    );
  });

  it('takes the detour over :B, returns to its tag, and reaches C: three boots', async () => {
    await site.tag('44.2-bbbbbbbb', images.b);
    // The upgrade itself is stopped; the guard takes the detour.
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 1 });
    expect(await machine.calls()).toEqual([]);
    expect(await machine.kit('guard')).toMatchObject({ code: 0 });
    expect(await machine.motd('barrier')).toContain('It goes to');
    await machine.reboot();
    expect(await machine.deployment('booted')).toMatchObject({
      REF: reference('44.2-bbbbbbbb'),
      DIGEST: images.b.digest,
    });
    expect(await machine.kit('guard')).toMatchObject({ code: 0 });
    await machine.reboot();
    expect(await machine.deployment('booted')).toMatchObject({
      REF: reference('testing'),
      DIGEST: images.c.digest,
    });
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 0 });
    expect(await machine.motd('barrier')).toBeUndefined();
    expect(await machine.read('var/lib/coxswain/followed')).toBeUndefined();
    expect(await machine.read('run/systemctl-calls')).toBe('reboot\nreboot\n');
  });

  it('goes on if it is killed between its step and the restart, in each direction', async () => {
    await site.tag('44.2-bbbbbbbb', images.b);
    for (const [tag, digest] of [
      ['44.2-bbbbbbbb', images.b.digest],
      ['testing', images.c.digest],
    ] as const) {
      await machine.kit('guard');
      // The restart did not happen.
      await machine.write('run/systemctl-calls', '');
      expect(await machine.kit('guard')).toMatchObject({ code: 0 });
      expect(await machine.read('run/systemctl-calls')).toBe('reboot\n');
      expect(await machine.deployment('staged')).toMatchObject({ REF: reference(tag), DIGEST: digest });
      await machine.reboot();
    }
    expect(await machine.kit('guard')).toMatchObject({ code: 0 });
    expect(await machine.read('var/lib/coxswain/followed')).toBeUndefined();
  });

  it('does not bring a node back that was moved by hand during the detour', async () => {
    await machine.write('var/lib/coxswain/followed', 'testing 44.2-bbbbbbbb\n');
    await machine.write('etc/coxswain/node.conf', 'FLEET=testing\n');
    await site.tag('pinned', images.c);
    await machine.boot(reference('pinned'), images.c.digest);
    expect(await machine.kit('guard')).toMatchObject({ code: 0 });
    expect(await machine.calls()).toEqual([]);
    expect(await machine.read('var/lib/coxswain/followed')).toBeUndefined();
  });

  it('stays if the registry does not answer, and does not say that the tag is missing', async () => {
    machine = await follower({ IMAGE: `127.0.0.1:1/${site.repository.split('/').slice(1).join('/')}` });
    await machine.image({ ...images.a, repository: '127.0.0.1:1/acme/os', signed: true });
    await machine.boot(reference('testing').replace(registry.host, '127.0.0.1:1'), images.a.digest);
    expect(await machine.kit('guard', ['check'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this node stays on what it runs, and asks again'),
    });
    expect(await machine.motd('tags')).toBeUndefined();
  });

  it('lets a node on a digest alone: it follows no tag', async () => {
    await machine.boot(reference('x').replace(':x', `@${images.a.digest}`), images.a.digest);
    expect(await machine.kit('guard')).toMatchObject({ code: 0 });
    expect(await machine.motd('tags')).toBeUndefined();
  });

  it('lets a node go on that is behind no barrier', async () => {
    await machine.boot(reference('testing'), images.b.digest);
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 0 });
    expect(await machine.motd('barrier')).toBeUndefined();
  });

  it('warns if the tag leads to no release, and goes nowhere', async () => {
    const { client, config } = site.project;
    await pushSampleImage(client, config.image, { tag: 'odd' });
    await machine.boot(reference('odd'), images.a.digest);
    await machine.write('etc/coxswain/node.conf', 'FLEET=testing\n');
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 1 });
    expect(await machine.motd('tags')).toContain('do not follow the tagging scheme');
  });

  it('warns if this node is in no graph, and goes nowhere while there are barriers', async () => {
    const digest = `sha256:${'9'.repeat(64)}`;
    await machine.image({ ...images.a, digest });
    await machine.boot(reference('testing'), digest);
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 1 });
    expect(await machine.motd('no-graph')).toContain('join.sh --dry-run');
  });

  it('is switched off with BARRIERS=no, and each message with SILENT', async () => {
    machine = await follower({ SILENT: 'barrier' });
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 1 });
    expect(await machine.motd('barrier')).toBeUndefined();
    machine = await follower({ BARRIERS: 'no' });
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 0 });
  });

  it('stays if neither site nor registry answers', async () => {
    machine = await follower({ SITE: 'http://127.0.0.1:1/', ARTIFACT: 'no' });
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 1 });
    expect(await machine.calls()).toEqual([]);
  });

  it('stays if there is no place for the answers of the registry', async () => {
    await machine.run(['rm', '-r', '/tmp']);
    expect(await machine.kit('guard', ['check'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no file can be made in /tmp'),
    });
    expect(await machine.motd('tags')).toBeUndefined();
  });

  it('lets nodes alone that run an image of somebody else', async () => {
    const digest = `sha256:${'8'.repeat(64)}`;
    await machine.image({ ...images.a, repository: 'quay.io/other/os', digest });
    await machine.boot('ostree-unverified-registry:quay.io/other/os:latest', digest);
    expect(await machine.kit('guard', ['check'])).toMatchObject({ code: 0 });
  });
});
