import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useRegistry } from '../support/registry.ts';
import { cannotRunMachines, Machine, type NodeImage } from './support/machine.ts';
import { Site } from './support/site.ts';

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const complete = { rollout: { start_percentage: 1 } };
const latest = 'localhost/podman-autobuilder:latest';

let site: Site;
let images: { a: NodeImage; b: NodeImage; c: NodeImage };
let machine: Machine;

/** A fleet with a barrier B between A and C. */
beforeAll(async () => {
  if (cannotRunMachines !== undefined) return;
  site = await Site.start(registry.host);
  images = {
    a: await site.release('testing', '44.1-aaaaaaaa', start - 300 * hour, complete),
    b: await site.release('testing', '44.2-bbbbbbbb', start - 200 * hour, complete),
    c: await site.release('testing', '44.3-cccccccc', start - 100 * hour, complete),
  };
  await site.edit(['--action', 'barrier', '--version', '44.2-bbbbbbbb', '--reason', 'new keys'], start);
  await site.publish(start);
});
afterAll(() => site?.stop());

/** Builds nothing: it keeps the id of each tag, and says what it was asked. The base decides the id. */
const podman = `#!/bin/bash
echo "$*" >>/run/podman-calls
mkdir -p /run/podman
last=\${!#}
case "$1 $2" in
  'image inspect') cat "/run/podman/\${last//\\//_}" 2>/dev/null ;;
  'build '*)
    [ ! -e /run/podman-fails ] || exit 125
    for argument in "$@"; do case $argument in --from=*) from=$argument ;; --tag=*) tag=\${argument#*=} ;; esac; done
    echo "id-of-\${from: -6}" >"/run/podman/\${tag//\\//_}" ;;
  'rmi '*) ;;
esac
`;

describe.skipIf(cannotRunMachines !== undefined)('the autobuilder', () => {
  beforeEach(async () => {
    machine = await Machine.start();
    for (const image of Object.values(images)) await machine.image(image);
    await ownImage(images.b, 'd');
    await machine.boot(`ostree-unverified-registry:${site.repository}:stable`, images.a.digest);
    await machine.program('podman', podman);
    await machine.installKit({
      IMAGE: site.repository,
      STREAM: 'stable',
      SITE: site.url,
      FLEETS: 'testing',
      TAGS: 'testing=testing',
      FLEET: 'testing',
      REFRESH: 0,
    });
  });

  /** What the node built on a release, as the stand-in for rpm-ostree finds it in the container storage. */
  async function ownImage(on: NodeImage, digit: string): Promise<void> {
    const digest = `sha256:${digit.repeat(64)}`;
    const labels = {
      'org.opencontainers.image.version': on.version,
      'com.coreos.stream': on.stream,
      'coxswain.autobuilder.base': `${site.repository}@${on.digest}`,
    };
    await machine.image({ ...on, repository: latest.replace(':latest', ''), digest, labels });
    await machine.write('run/coxswain-stand-in/tags', `${latest} ${digest}\n`);
  }

  const configure = () => machine.write('etc/podman-autobuilder/context/Containerfile', 'FROM x\n');
  const podmanCalls = async () => ((await machine.read('run/podman-calls')) ?? '').trim().split('\n');
  const built = async () => (await podmanCalls()).filter((call) => call.startsWith('build'));

  it('makes not a single call on a node that has nothing configured', async () => {
    const requests = site.requests.length;
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0, stderr: '' });
    expect(site.requests.length).toBe(requests);
    expect(await machine.read('run/podman-calls')).toBeUndefined();
    expect(await machine.read('run/coxswain-stand-in/calls')).toBeUndefined();
  });

  it('builds for the release that the guidance offers, the barrier first, and switches to it', async () => {
    await configure();
    await machine.write('etc/podman-autobuilder/buildargs.d/10-packages', '# more\nPACKAGES=htop tmux\n');
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    expect(await built()).toEqual([
      `build --from=${site.repository}@${images.b.digest} --tag=${latest} --label com.coreos.stream=stable --label coxswain.autobuilder.base=${site.repository}@${images.b.digest} --no-cache --build-arg PACKAGES=htop tmux /etc/podman-autobuilder/context`,
    ]);
    const reference = `ostree-unverified-image:containers-storage:${latest}`;
    expect(await machine.calls()).toEqual([`rebase --bypass-driver ${reference}`]);
    await machine.reboot();
    // From its own image the node goes to C, and the image that it had is removed.
    await ownImage(images.c, 'e');
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    expect((await built())[1]).toContain(images.c.digest);
    expect((await podmanCalls()).at(-1)).toBe(`rmi id-of-${images.b.digest.slice(-6)}`);
    expect((await machine.calls()).at(-1)).toBe('upgrade --bypass-driver');
    expect(await machine.read('run/systemctl-calls')).toBe('reboot\nreboot\n');
    // The same inputs are not built again.
    await machine.reboot();
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    expect(await built()).toHaveLength(2);
    expect(await machine.read('run/systemctl-calls')).toBe('reboot\nreboot\n');
  });

  it('does not go past a barrier that is deployed and was not booted yet', async () => {
    await configure();
    await machine.write('etc/coxswain/node.conf', 'REBOOT=no\n');
    for (let run = 0; run < 2; run++) {
      expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    }
    expect(await built()).toHaveLength(1);
    await machine.write('etc/podman-autobuilder/context/motd', 'more\n');
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    expect((await built())[1]).toContain(images.b.digest);
  });

  it('uses what podman keeps of a build only for the same release', async () => {
    await configure();
    await machine.write('run/podman-fails', '');
    await machine.kit('autobuilder', [], start);
    await machine.kit('autobuilder', [], start);
    expect((await built()).map((call) => call.includes('--no-cache'))).toEqual([true, false]);
  });

  it('stays on what it runs if the build fails, and tries again', async () => {
    await configure();
    await machine.write('run/podman-fails', '');
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this node stays on what it runs, and tries again'),
    });
    expect(await machine.calls()).toEqual([]);
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 1 });
    expect(await built()).toHaveLength(2);
  });

  it('only builds with --no-deploy, and passes no barrier by hand either', async () => {
    await configure();
    expect(
      await machine.kit('autobuilder', ['--build-for', '44.2-bbbbbbbb', '--no-deploy'], start),
    ).toMatchObject({ code: 0 });
    expect((await built())[0]).toContain('--tag=localhost/podman-autobuilder:44.2-bbbbbbbb');
    expect(await machine.calls()).toEqual([]);
    expect(await machine.kit('autobuilder', ['--update-to', '44.3-cccccccc'], start)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a barrier or a dead-end is between'),
    });
  });

  it('restarts into what a run deployed that was killed before the restart', async () => {
    await configure();
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    for (const forgotten of [['/var/lib/coxswain/autobuilder'], []]) {
      await machine.run(['rm', '/run/systemctl-calls', ...forgotten]);
      expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
      expect(await machine.read('run/systemctl-calls')).toBe('reboot\n');
    }
  });

  it('reads files whose last line has no end, and builds with the login that rpm-ostree has', async () => {
    await machine.write('etc/podman-autobuilder/source', 'https://git.example/os.git');
    await machine.write('etc/podman-autobuilder/buildargs.d/10', 'ONE=1');
    await machine.write('etc/podman-autobuilder/buildargs.d/20', 'TWO=2\r\n');
    await machine.write('etc/ostree/auth.json', '{"auths":{}}');
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    expect((await built())[0]).toMatch(
      / --authfile \/etc\/ostree\/auth\.json --build-arg ONE=1 --build-arg TWO=2 https:\/\/git\.example\/os\.git$/,
    );
  });

  it('builds from a git repository with a folder', async () => {
    await machine.write('etc/podman-autobuilder/source', 'https://git.example/os.git#main:layers\n');
    expect(await machine.kit('autobuilder', [], start)).toMatchObject({ code: 0 });
    expect((await built())[0]).toMatch(/ https:\/\/git\.example\/os\.git#main:layers$/);
  });
});
