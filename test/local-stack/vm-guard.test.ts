import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../src/host/tools.ts';
import { type NodeImage, standInFiles } from '../../src/loop/boot-test/guest/node-agent.ts';
import { makeStateDisk } from '../../src/loop/boot-test/rehearsal/state-disk.ts';
import { nodeFiles } from '../../src/operate/node-kit/node-files.ts';
import { writeRootfs } from '../../src/operate/node-kit/write-kit.ts';
import type { NodePart } from '../../src/project/configuration/node-parts.ts';
import { readImage } from '../../src/world/registry/image.ts';
import { mediaTypes } from '../../src/world/registry/manifest.ts';
import { atDigest, type Digest } from '../../src/world/registry/reference.ts';
import { makeShellLayer } from '../node/support/shell-layer.ts';
import { Site } from '../node/support/site.ts';
import {
  addBusybox,
  addHostPrograms,
  enabledUnits,
  siteUnit,
  stageFiles,
  stageUnit,
  standInProgram,
} from '../support/below-the-kit.ts';
import { useMachines } from '../support/machines.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';

// Nodes that do not follow Zincati, under a real systemd: one follows a tag, and the guard takes it over a barrier; one
// builds its own layers with the real podman. Each machine has the registry and the site on its own loopback, at the
// addresses that they had here when our verbs published: A, the barrier B, whose image has no tag of its version, and C.

const { place, unpackRoot, variant, boot, note } = useMachines();
const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const complete = { rollout: { start_percentage: 1 } };
const versions = ['44.1-aaaaaaaa', '44.2-bbbbbbbb', '44.3-cccccccc'] as const;
const latest = 'localhost/podman-autobuilder:latest';

const without = (...programs: readonly string[]) =>
  programs.filter((name) => findTool(name) === undefined).map((name) => `no ${name}`)[0];
const reason = without('mmdebstrap', 'jq', 'curl', 'docker-registry');
const noPodman = reason ?? without('podman', 'conmon', 'crun');

let site: Site;
let root: string;
let a: NodeImage;
let b: NodeImage;
let c: NodeImage;

beforeAll(async () => {
  if (reason !== undefined) return;
  root = await unpackRoot('systemd');
  site = await Site.start(registry.host, { fleets: '  testing: {}' });
  const layer = await makeShellLayer();
  [a, b, c] = await Promise.all([
    push(versions[0], 300, layer, versions[0]),
    push(versions[1], 200, layer, 'kept'),
    push(versions[2], 100, layer, 'testing'),
  ]);
  for (const [index, image] of [a, b, c].entries()) {
    await site.release('testing', image.version, start - (300 - 100 * index) * hour, complete, image);
  }
  await site.edit(['--action', 'barrier', '--version', b.version, '--reason', 'new keys'], start);
  await site.publish(start);
}, 600_000);
afterAll(() => site?.stop());

async function push(version: string, age: number, layer: Uint8Array, tag: string): Promise<NodeImage> {
  const { client, config } = site.project;
  const { digest } = await pushSampleImage(client, config.image, {
    tag,
    created: new Date((start - age * hour) * 1000).toISOString(),
    labels: { 'org.opencontainers.image.version': version, 'com.coreos.stream': config.stream },
    layers: [layer],
    history: [{ created_by: 'test' }],
  });
  return { version, digest, image: await readImage(client, atDigest(config.image, digest), 'x86_64') };
}

/** A test of ours, and not what the boot test looks at itself. */
const named = ({ name }: { readonly name: string }) => /^\d/.test(name);
const portOf = (host: string) => Number(host.split(':')[1]);
const reference = (tag: string) => `ostree-unverified-registry:${site.repository}:${tag}`;

/** A machine on A with parts of the kit. @param more files and units of this machine */
async function makeNode(
  name: string,
  about: {
    readonly part: NodePart;
    readonly tag: string;
    readonly settings: string;
    readonly files?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const { config } = site.project;
  const { part, tag, settings, files = {} } = about;
  const known = {
    ...standInFiles([a, b, c], site.repository),
    tags: `${site.repository}:testing ${c.digest}\n${site.repository}:${b.version} ${b.digest}\n`,
  };
  const serving = `[ -d /var/lib/registry ] || cp -r /usr/lib/registry /var/lib/\n`;
  const units = {
    'stage.service': stageUnit,
    'site.service': siteUnit(portOf(new URL(site.url).host), '/usr/lib/site'),
    'registry.service': `[Unit]
After=stage.service
Before=network-online.target
[Service]
ExecStart=/usr/bin/docker-registry serve /usr/lib/registry.yml
`,
  };
  const node = await variant(root, name, {
    ...stageFiles({ reference: reference(tag), digest: a.digest }, known, serving),
    ...enabledUnits(units),
    'usr/lib/registry.yml': JSON.stringify({
      version: '0.1',
      log: { level: 'warn', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: '/var/lib/registry' } },
      http: { addr: registry.host },
    }),
    'usr/bin/rpm-ostree': await standInProgram(),
    ...files,
  });
  await mkdir(join(node, 'sysroot'), { recursive: true });
  await cp(site.folder, join(node, 'usr/lib/site'), { recursive: true });
  await cp(join(registry.directory, 'storage'), join(node, 'usr/lib/registry'), { recursive: true });
  await writeRootfs(node, nodeFiles(config, { into: 'image', parts: new Set([part]) }));
  await mkdir(join(node, 'etc/coxswain'), { recursive: true });
  await writeFile(join(node, 'etc/coxswain/node.conf'), `REFRESH=0\n${settings}`);
  await addHostPrograms(node, ['jq', 'curl', 'docker-registry']);
  await addBusybox(node);
  return node;
}

/** The disk that stays, as options of each boot of a machine. */
async function kept(name: string) {
  const disk = join(place(), name);
  await makeStateDisk(disk);
  return {
    state: { disk, deployment: 'old' as const },
    init: 'systemd' as const,
    memoryMegabytes: 1024,
  };
}

const registryAnswers = () =>
  `curl --silent --fail --retry 30 --retry-connrefused --retry-delay 1 http://${registry.host}/v2/`;
const deployed = (which: string, tag: string, digest: Digest) =>
  `grep -qxF 'REF=${reference(tag)}' /var/lib/stand-in/${which} && grep -qxF 'DIGEST=${digest}' /var/lib/stand-in/${which}`;
const journal = (unit: string) => `journalctl --boot --no-pager --output=cat --unit=${unit} | tail -n 40`;

describe.skipIf(reason !== undefined)(
  `a node that follows a tag${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('stays before a barrier without a tag, then goes over it, and returns to its tag: three boots', async () => {
      const node = await makeNode('guarded', {
        part: 'guard',
        tag: 'testing',
        settings: '',
        files: {
          // As Fedora has it, which the drop-in of the kit guards.
          'usr/lib/systemd/system/rpm-ostreed-automatic.service': `[Service]
Type=oneshot
ExecStart=/usr/bin/rpm-ostree upgrade
`,
        },
      });
      const more = await kept('guarded-state');
      const result = journal('rpm-ostreed-automatic');
      const restarts = `systemctl start coxswain-guard.service
test -e /var/lib/stand-in/staged || { ${journal('coxswain-guard')}; exit 1; }
sleep 300`;
      const name = site.repository.slice(site.repository.indexOf('/') + 1);
      const manifests = `http://${registry.host}/v2/${name}/manifests`;

      const before = await boot(
        node,
        {
          '10-stays.sh': `${registryAnswers()} || exit 1
systemctl start coxswain-guard.service || exit 2
systemctl is-active coxswain-guard.timer || exit 3
test ! -e /var/lib/stand-in/staged || exit 4
cat /run/motd.d/80-coxswain-barrier.motd`,
          '20-no-upgrade.sh': `systemctl start rpm-ostreed-automatic.service
${result}
! grep '^upgrade' /var/lib/stand-in/calls`,
          '30-barrier-gets-its-tag.sh': `curl --silent --fail --header 'Accept: ${mediaTypes.ociManifest}' --output /run/b ${manifests}/${b.digest} &&
curl --silent --fail --upload-file /run/b --header 'Content-Type: ${mediaTypes.ociManifest}' ${manifests}/${b.version}`,
          '40-goes.sh': restarts,
        },
        more,
      );
      expect(before.verdict, JSON.stringify(before, null, 1)).toBe('power-off-in-test');
      expect(before.tests.filter(named)).toMatchObject([
        {
          name: '10-stays.sh',
          result: 'passed',
          output: expect.stringMatching(
            /You need a :44\.2-bbbbbbbb\. .*\(new keys\).*stays on what it runs\.$/m,
          ),
        },
        {
          name: '20-no-upgrade.sh',
          result: 'passed',
          output: expect.stringContaining("Skipped due to 'exec-condition'"),
        },
        { name: '30-barrier-gets-its-tag.sh', result: 'passed' },
        { name: '40-goes.sh' },
      ]);

      const between = await boot(
        node,
        {
          '10-on-the-barrier.sh': `${registryAnswers()} || exit 1
${deployed('booted', b.version, b.digest)} || exit 2
cat /var/lib/coxswain/followed`,
          '20-no-upgrade.sh': `systemctl start rpm-ostreed-automatic.service; ${result}`,
          '30-returns.sh': restarts,
        },
        more,
      );
      expect(between.verdict, JSON.stringify(between, null, 1)).toBe('power-off-in-test');
      expect(between.tests.filter(named).slice(0, 2)).toMatchObject([
        {
          name: '10-on-the-barrier.sh',
          result: 'passed',
          output: expect.stringContaining(`testing ${b.version}\n`),
        },
        {
          name: '20-no-upgrade.sh',
          result: 'passed',
          output: expect.stringContaining("Skipped due to 'exec-condition'"),
        },
      ]);

      const after = await boot(
        node,
        {
          '10-on-its-tag.sh': `${registryAnswers()} || exit 1
${deployed('booted', 'testing', c.digest)}`,
          '20-nothing-to-do.sh': `systemctl start coxswain-guard.service || exit 1
test ! -e /var/lib/stand-in/staged && test ! -e /run/motd.d/80-coxswain-barrier.motd && test ! -e /var/lib/coxswain/followed`,
          '30-upgrades-again.sh': `systemctl start rpm-ostreed-automatic.service
${result}
grep '^upgrade' /var/lib/stand-in/calls`,
        },
        more,
      );
      expect(after.verdict, JSON.stringify(after, null, 1)).toBe('passed');
      const upgraded = after.tests.find((test) => test.name === '30-upgrades-again.sh')?.output;
      expect(upgraded).toContain('Deactivated successfully');
      note('  stayed, went over the barrier, returned to its tag', 'passed');
    }, 1_800_000);
  },
);

/** What rpm-ostree finds in the container storage, for its stand-in. */
const withLocalImage = `#!/bin/sh
case "$*" in
  *containers-storage:* | upgrade*)
    digest=$(podman image inspect --format '{{.Digest}}' ${latest}) || exit 1
    file=/var/lib/stand-in/images/\${digest#sha256:}
    podman image inspect --format 'REPOSITORY=${latest.replace(':latest', '')}
VERSION={{index .Labels "org.opencontainers.image.version"}}
CREATED={{.Created.Unix}}
SIGNED=no' ${latest} >"$file"
    podman image inspect ${latest} |
      jq -c '{ "ostree.container.image-config": ({ config: { Labels: .[0].Labels } } | tojson) }' >"$file.meta"
    echo "${latest} $digest" >>/var/lib/stand-in/tags ;;
esac
exec /bin/sh /usr/lib/rpm-ostree.sh "$@"
`;

describe.skipIf(noPodman !== undefined)(
  `a node with its own layers, and the real podman${noPodman === undefined ? '' : ` (skipped: ${noPodman})`}`,
  () => {
    it('builds on the barrier, then on what is behind it, and stays as it was if a build fails: two boots', async () => {
      const context = 'etc/podman-autobuilder/context';
      const node = await makeNode('builder', {
        part: 'autobuilder',
        tag: 'testing',
        settings: 'REBOOT=no\nFLEET=testing\n',
        files: {
          'usr/lib/rpm-ostree.sh': await standInProgram(),
          'usr/bin/rpm-ostree': withLocalImage,
          [`${context}/Containerfile`]:
            'FROM scratch\nARG WORD\nCOPY motd /etc/motd\nRUN echo "$WORD" >/word\n',
          [`${context}/motd`]: 'local\n',
          'etc/podman-autobuilder/buildargs.d/10-word': 'WORD=one two\n',
          'etc/containers/policy.json': '{"default":[{"type":"insecureAcceptAnything"}]}\n',
          'etc/containers/registries.conf': `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`,
          'etc/containers/storage.conf':
            '[storage]\ndriver = "overlay"\ngraphroot = "/var/lib/containers/storage"\nrunroot = "/run/containers/storage"\n',
          // The kernel of the test has no modules for bridges and packet filters.
          'etc/containers/containers.conf': '[containers]\nnetns = "host"\n',
        },
      });
      await addHostPrograms(node, ['podman', 'conmon', 'crun']);
      await mkdir(join(node, 'usr/share/containers'), { recursive: true });
      await cp('/usr/share/containers/seccomp.json', join(node, 'usr/share/containers/seccomp.json'));
      const more = await kept('builder-state');
      const build = 'systemctl start coxswain-autobuilder.service';
      const said = journal('coxswain-autobuilder');
      const about = (format: string) => `podman image inspect --format '${format}' ${latest}`;
      const version = about('{{index .Labels "org.opencontainers.image.version"}}');

      const first = await boot(
        node,
        {
          '10-builds.sh': `${registryAnswers()} || exit 1
${build} || { ${said}; exit 2; }
${version}
cat "$(podman image mount ${latest})/word" && podman image unmount ${latest} >/dev/null
${about('{{.Id}}')} >/var/lib/built
grep -qx "DIGEST=$(${about('{{.Digest}}')})" /var/lib/stand-in/staged`,
          '20-fails.sh': `cp /var/lib/stand-in/staged /run/staged-before
cp /${context}/Containerfile /run/Containerfile
echo 'RUN exit 3' >>/${context}/Containerfile
! ${build} || exit 1
cp /run/Containerfile /${context}/Containerfile
systemctl reset-failed coxswain-autobuilder.service
cmp /run/staged-before /var/lib/stand-in/staged && ${about('{{.Id}}')} | cmp - /var/lib/built && ${said}`,
          '30-same-inputs.sh': `${build} && ${about('{{.Id}}')} | cmp - /var/lib/built && ${said}`,
        },
        more,
      );
      expect(first.verdict, JSON.stringify(first, null, 1)).toBe('passed');
      expect(first.tests.filter(named)).toMatchObject([
        { output: expect.stringContaining(`${b.version}\none two\n`) },
        { output: expect.stringMatching(/the build for 44\.2-bbbbbbbb failed: this node stays on what it/) },
        { output: expect.stringContaining('nothing new: the image is of 44.2-bbbbbbbb') },
      ]);

      const second = await boot(
        node,
        {
          '10-on-its-own-image.sh': `${registryAnswers()} || exit 1
grep -qx 'REF=ostree-unverified-image:containers-storage:${latest}' /var/lib/stand-in/booted &&
grep -qx "DIGEST=$(${about('{{.Digest}}')})" /var/lib/stand-in/booted`,
          '20-next.sh': `${build} || { ${said}; exit 1; }
${version}
${about('{{.Id}}')} >/var/lib/built-next
! cmp -s /var/lib/built /var/lib/built-next || exit 2
! podman image exists "$(cat /var/lib/built)" || exit 3
grep -qx "DIGEST=$(${about('{{.Digest}}')})" /var/lib/stand-in/staged || exit 4
tail -n 5 /var/lib/stand-in/calls`,
        },
        more,
      );
      expect(second.verdict, JSON.stringify(second, null, 1)).toBe('passed');
      expect(second.tests.find(({ name }) => name === '20-next.sh')?.output).toMatch(
        /^44\.3-cccccccc\n[\s\S]*upgrade --bypass-driver\n/,
      );
      note('  built on the barrier, stayed when a build failed, built on what is behind it', 'passed');
    }, 1_800_000);
  },
);
