import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../src/host/tools.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { cannotRunMachines, Machine, type NodeImage } from './support/machine.ts';
import { makeShellLayer } from './support/shell-layer.ts';
import { Site } from './support/site.ts';

const reason =
  cannotRunMachines ??
  (findTool('podman') === undefined ? 'podman is not installed (script/bootstrap)' : undefined);

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const latest = 'localhost/podman-autobuilder:latest';

let site: Site;
let first: NodeImage;
let second: NodeImage;
let layer: Buffer;

/** A release of the fleet, with real layers. */
async function release(version: string, time: number): Promise<NodeImage> {
  const { client, config } = site.project;
  const { digest } = await pushSampleImage(client, config.image, {
    tag: version,
    created: new Date(time * 1000).toISOString(),
    labels: { 'org.opencontainers.image.version': version, 'com.coreos.stream': 'stable' },
    layers: [layer],
    history: [{ created_by: 'test' }],
  });
  return site.release('testing', version, time, { rollout: { start_percentage: 1 } }, { digest });
}

/** A node on the first release, with its own layers configured, and the real podman. */
async function node(containerfile: string): Promise<Machine> {
  const machine = await Machine.start();
  for (const image of [first, second]) await machine.image(image);
  await machine.image({
    ...second,
    repository: latest.replace(':latest', ''),
    digest: `sha256:${'d'.repeat(64)}`,
    labels: {
      'org.opencontainers.image.version': second.version,
      'com.coreos.stream': second.stream,
      'coxswain.autobuilder.base': `${site.repository}@${second.digest}`,
    },
  });
  await machine.write('run/coxswain-stand-in/tags', `${latest} sha256:${'d'.repeat(64)}\n`);
  await machine.boot(`ostree-unverified-registry:${site.repository}:stable`, first.digest);
  await machine.installKit({
    IMAGE: site.repository,
    STREAM: 'stable',
    SITE: site.url,
    FLEETS: 'testing',
    TAGS: 'testing=testing',
    FLEET: 'testing',
    REFRESH: 0,
  });
  await machine.write('etc/containers/policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}\n');
  await machine.write(
    'etc/containers/registries.conf',
    `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`,
  );
  await machine.write(
    'etc/containers/storage.conf',
    '[storage]\ndriver = "vfs"\ngraphroot = "/var/lib/containers/storage"\nrunroot = "/run/containers/storage"\n',
  );
  await machine.write('var/tmp/.keep', '');
  // podman expects /sys, for the control groups.
  await mkdir(join(machine.root, 'sys'));
  await machine.write('etc/podman-autobuilder/context/Containerfile', containerfile);
  await machine.write('etc/podman-autobuilder/context/motd', 'local\n');
  return machine;
}

const env = { BUILDAH_ISOLATION: 'chroot', COXSWAIN_NOW: String(start), HOME: '/' };
const build = (machine: Machine, more: Readonly<Record<string, string>> = {}) =>
  machine.run(['bash', '/usr/lib/coxswain/autobuilder.sh'], { ...env, ...more });

/** The ids of all images, without those of the releases. */
async function built(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run(
    ['podman', 'images', '--all', '--no-trunc', '--format', '{{.Id}} {{.Repository}}'],
    env,
  );
  const lines = stdout.trim().split('\n');
  return lines
    .filter((line) => line !== '' && !line.includes(site.repository))
    .map((line) => line.split(' ')[0] ?? '');
}

async function idOf(machine: Machine, name: string): Promise<string> {
  const { stdout } = await machine.run(['podman', 'image', 'inspect', '--format', '{{.Id}}', name], env);
  return stdout.trim();
}

describe.skipIf(reason !== undefined)(
  `the autobuilder with the real podman${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    beforeAll(async () => {
      site = await Site.start(registry.host, { fleets: '  testing: {}' });
      layer = await makeShellLayer();
      first = await release('44.1-aaaaaaaa', start - 100 * hour);
      await site.publish(start - 50 * hour);
      second = await release('44.2-bbbbbbbb', start - hour);
      await site.publish(start);
    });
    afterAll(() => site?.stop());

    const good = 'FROM scratch\nARG WORD\nCOPY motd /etc/motd\nRUN echo "$WORD" >/word\n';

    it('builds on the release that is offered, and removes the image before', async () => {
      const machine = await node(good);
      await machine.write('etc/podman-autobuilder/buildargs.d/10-word', 'WORD=one two\n');
      const ran = await build(machine);
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      const id = await idOf(machine, latest);
      expect(id).toMatch(/^(sha256:)?[0-9a-f]{64}$/);
      const labels = await machine.run(
        ['podman', 'image', 'inspect', '--format', '{{json .Config.Labels}}', latest],
        env,
      );
      // The layers are on the release that the guidance offers, whose labels they keep.
      expect(JSON.parse(labels.stdout)).toMatchObject({
        'org.opencontainers.image.version': second.version,
        'com.coreos.stream': 'stable',
      });
      const tar = await machine.run(
        [
          'bash',
          '-c',
          `podman save --quiet ${latest} | tar -xO --wildcards '*.tar' 2>/dev/null | tar -xiO ./word word 2>/dev/null`,
        ],
        env,
      );
      expect(tar.stdout).toContain('one two');
      expect(await machine.calls()).toEqual([
        `rebase --bypass-driver ostree-unverified-image:containers-storage:${latest}`,
      ]);

      await machine.write('etc/podman-autobuilder/buildargs.d/10-word', 'WORD=three\n');
      // Nobody has booted the first one yet.
      const again = await build(machine);
      expect(again, again.stderr).toMatchObject({ code: 0 });
      const next = await idOf(machine, latest);
      expect(next).not.toBe(id);
      const left = await built(machine);
      expect(left.some((each) => each.includes(id.replace('sha256:', '')))).toBe(false);
      expect(left.some((each) => each.includes(next.replace('sha256:', '')))).toBe(true);
    }, 180_000);

    it.each<[string, string, Readonly<Record<string, string>>, string?]>([
      ['fails', 'FROM scratch\nCOPY missing /\n', {}],
      ['fails in a command', 'FROM scratch\nRUN exit 3\n', {}],
      ['never ends', 'FROM scratch\nRUN sleep 1000\n', { BUILD_TIMEOUT: '8' }],
      ['fills the disk', 'FROM scratch\nCOPY large /\n', {}, '24m'],
    ])(
      'leaves the node as it was if the build %s',
      async (_, containerfile, more, disk) => {
        const machine = await node(good);
        if (disk !== undefined) {
          await machine.write('etc/podman-autobuilder/context/large', 'x'.repeat(30_000_000));
        } else {
          expect(await build(machine)).toMatchObject({ code: 0 });
          await machine.reboot();
        }
        const before = disk === undefined ? await idOf(machine, latest) : '';
        const calls = await machine.calls();
        await machine.write('etc/podman-autobuilder/context/Containerfile', containerfile);
        const script = 'exec bash /usr/lib/coxswain/autobuilder.sh';
        const ran =
          disk === undefined
            ? await build(machine, more)
            : await machine.run(
                [
                  'bash',
                  '-c',
                  `mkdir -p /var/lib/containers && mount -t tmpfs -o size=${disk} tmpfs /var/lib/containers && ${script}`,
                ],
                { ...env, ...more },
              );
        expect(ran.code).toBe(1);
        expect(ran.stderr).toMatch(
          /the build for 44\.2-bbbbbbbb failed: this node stays on what it runs, and tries again/,
        );
        if (disk !== undefined) expect(ran.stderr).toMatch(/no space left on device/);
        expect(await machine.calls()).toEqual(calls);
        if (before !== '') expect(await idOf(machine, latest)).toBe(before);
        // The next run, with a source that can be built, goes on.
        await machine.write('etc/podman-autobuilder/context/Containerfile', `${good}RUN echo again\n`);
        await machine.run(['rm', '-f', '/etc/podman-autobuilder/context/large']);
        const again = await build(machine);
        expect(again, again.stderr).toMatchObject({ code: 0 });
      },
      180_000,
    );
  },
);
