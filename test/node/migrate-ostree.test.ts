import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { exec } from '../../src/host/exec.ts';
import { findTool } from '../../src/host/tools.ts';
import { parseDigest } from '../../src/world/registry/reference.ts';
import { useRegistry } from '../support/registry.ts';
import { cannotRunMachines, Machine, type NodeImage } from './support/machine.ts';
import { Site } from './support/site.ts';

// A host on an OSTree remote, on a real system root of Debian's ostree. The stand-in for rpm-ostree deploys there for
// real, by ostree-ext, which is what rpm-ostree does it with.

process.env.PATH = `${process.env.PATH}:${join(defaultCacheFolder(), 'rust-tools/bin')}`;
const deployTool = findTool('ostree-deploy');
const reason =
  cannotRunMachines ??
  ['ostree', 'skopeo'].map((name) => (findTool(name) ? undefined : `no ${name}`)).find(Boolean) ??
  (deployTool === undefined ? 'no ostree-deploy here (script/rust-tools ostree-deploy)' : undefined);

const registry = useRegistry();
const start = 1_785_000_000;
const osName = 'fedora-coreos';
const branch = 'fedora/x86_64/coreos/stable';
/** ostree marks deployments as immutable, but the folders of the test are removed. */
const env = { OSTREE_SYSROOT_DEBUG: 'mutable-deployments' };

let place: string;
let site: Site;
let current: NodeImage;

/** The smallest tree that ostree deploys: it wants a kernel, an initramfs, os-release and /usr/etc. */
async function commit(version: string, etc: Readonly<Record<string, string>>): Promise<string> {
  const tree = join(place, version);
  const files = {
    'usr/lib/modules/6.1/vmlinuz': `kernel of ${version}`,
    'usr/lib/modules/6.1/initramfs.img': 'initramfs',
    'usr/lib/os-release': `ID=fedora\nVARIANT_ID=coreos\nPRETTY_NAME="Release ${version}"\n`,
    ...Object.fromEntries(Object.entries(etc).map(([name, text]) => [`usr/etc/${name}`, text])),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  for (const folder of ['var', 'sysroot', 'boot']) await mkdir(join(tree, folder));
  const repository = `--repo=${join(place, 'repository')}`;
  const made = await exec('ostree', [
    ...['commit', repository, `--branch=${branch}`, `--tree=dir=${tree}`, '--subject=release'],
    `--add-metadata-string=version=${version}`,
  ]);
  return made.stdout.trim();
}

/** The commit that is at the head of the branch as a container image in the registry, as Fedora makes its own. */
async function push(version: string): Promise<string> {
  const layout = join(place, 'image');
  const labels = [`org.opencontainers.image.version=${version}`, 'com.coreos.stream=stable'];
  await exec('ostree-deploy', [
    ...['container', 'encapsulate', `--repo=${join(place, 'repository')}`],
    ...[...labels, 'containers.bootc=1'].flatMap((label) => ['--label', label]),
    ...[branch, `oci:${layout}:image`],
  ]);
  const digestFile = join(place, 'digest');
  await exec('skopeo', [
    ...['copy', '--quiet', '--dest-tls-verify=false', '--preserve-digests', `--digestfile=${digestFile}`],
    ...[`oci:${layout}:image`, `docker://${site.repository}:${version}`],
  ]);
  return (await readFile(digestFile, 'utf8')).trim();
}

beforeAll(async () => {
  if (reason !== undefined) return;
  place = await mkdtemp(join(tmpdir(), 'coxswain-migrate-'));
  site = await Site.start(registry.host, { fleets: '  testing: {}' });
  await exec('ostree', ['init', `--repo=${join(place, 'repository')}`, '--mode=bare']);
  const newest = await commit('44.2', { motd: 'new\n', added: 'new\n' });
  const digest = parseDigest(await push('44.2'));
  current = await site.release('testing', '44.2', start, { rollout: { start_percentage: 1 } }, { digest });
  await site.publish(start);
  expect(newest).toMatch(/^[0-9a-f]{64}$/);
}, 120_000);

afterAll(async () => {
  await site?.stop();
  if (place !== undefined) await rm(place, { recursive: true, force: true });
});

/** A host as it was installed years ago: its only deployment follows an OSTree remote. */
async function oldHost(): Promise<{ readonly machine: Machine; readonly sysroot: string }> {
  const machine = await Machine.start();
  const sysroot = join(machine.root, 'sysroot');
  await mkdir(sysroot);
  const admin = (...args: string[]) => exec('ostree', ['admin', `--sysroot=${sysroot}`, ...args], { env });
  await admin('init-fs', sysroot);
  await admin('os-init', osName);
  const checksum = await commit('43.1', { motd: 'old\n', kept: 'old\n' });
  const repository = `--repo=${join(sysroot, 'ostree/repo')}`;
  await exec('ostree', [
    ...['remote', 'add', '--no-gpg-verify', repository, 'fedora', `file://${join(place, 'repository')}`],
    branch,
  ]);
  await exec('ostree', ['pull', repository, 'fedora', branch]);
  await admin('deploy', `--os=${osName}`, `fedora:${branch}`);
  // What the host's owner changed.
  const deployment = join(sysroot, 'ostree/deploy', osName, 'deploy', `${checksum}.0`);
  await writeFile(join(deployment, 'etc/hostname'), 'old-host\n');
  await writeFile(join(deployment, 'etc/kept'), 'changed\n');
  await writeFile(join(sysroot, 'ostree/deploy', osName, 'var/data'), 'data\n');
  // The origin is what ostree wrote.
  const origin = await readFile(`${deployment}.origin`, 'utf8');
  const refspec = /^refspec=(.*)$/m.exec(origin)?.[1] ?? '';
  await machine.write(
    'run/coxswain-stand-in/booted',
    `REFSPEC=${refspec}\nCHECKSUM=${checksum}\nVERSION=43.1\n`,
  );
  await machine.image(current);
  await copyFile(deployTool ?? '', join(machine.root, 'ostree-deploy'));
  await chmod(join(machine.root, 'ostree-deploy'), 0o755);
  await machine.write(
    'run/coxswain-stand-in/deploy',
    `#!/bin/sh
image=\${1#*docker://}
exec /ostree-deploy container image deploy --sysroot /sysroot --stateroot ${osName} \\
  --imgref "ostree-unverified-registry:\${image%:*}@$2" --target-imgref "$1"
`,
    0o755,
  );
  await machine.write('etc/containers/policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}\n');
  await machine.write(
    'etc/containers/registries.conf',
    `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`,
  );
  await machine.write('var/tmp/.keep', '');
  await machine.installKit({
    IMAGE: site.repository,
    STREAM: 'stable',
    SITE: site.url,
    FLEETS: 'testing',
    TAGS: 'testing=gone',
    FLEET: 'testing',
    REFRESH: 0,
    MIGRATE_FROM: 'fedora:*',
  });
  return { machine, sysroot };
}

describe.skipIf(reason !== undefined)(
  `migrate on a real ostree system root${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('deploys the release of the fleet beside the old commit, with /etc merged and /var kept', async () => {
      const { machine, sysroot } = await oldHost();
      const ran = await machine.run(['bash', '/usr/lib/coxswain/migrate.sh'], {
        ...env,
        COXSWAIN_NOW: String(start),
      });
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      const reference = `ostree-unverified-image:docker://${site.repository}:stable`;
      expect(await machine.calls()).toEqual([`rebase --bypass-driver ${reference} ${current.digest}`]);
      expect(await machine.read('run/systemctl-calls')).toBe('reboot\n');
      expect(await machine.read('var/lib/coxswain/migrated-from')).toBe(`fedora:${branch}\n`);

      // ostree itself says what the next boot starts, and what it can go back to.
      const { stdout } = await exec('ostree', ['admin', `--sysroot=${sysroot}`, 'status'], { env });
      expect(stdout).toMatch(
        new RegExp(
          `${osName} [0-9a-f]{64}\\.0[\\s\\S]*${osName} [0-9a-f]{64}\\.0[\\s\\S]*refspec: fedora:${branch}`,
        ),
      );
      const deployments = join(sysroot, 'ostree/deploy', osName, 'deploy');
      const origins = (await readdir(deployments)).filter((name) => name.endsWith('.origin'));
      const texts = await Promise.all(origins.map((name) => readFile(join(deployments, name), 'utf8')));
      const index = texts.findIndex((text) => text.includes('container-image-reference='));
      expect(texts[index]).toContain(
        `container-image-reference=ostree-unverified-registry:${site.repository}:stable\n`,
      );
      const deployed = join(deployments, origins[index]?.replace('.origin', '') ?? '');
      const read = (path: string) => readFile(join(deployed, path), 'utf8');
      expect(await read('usr/lib/os-release')).toContain('Release 44.2');
      expect(await read('etc/hostname')).toBe('old-host\n');
      expect(await read('etc/kept')).toBe('changed\n');
      expect(await read('etc/motd')).toBe('new\n');
      expect(await read('etc/added')).toBe('new\n');
      expect(await readFile(join(sysroot, 'ostree/deploy', osName, 'var/data'), 'utf8')).toBe('data\n');
      const entries = await readdir(join(sysroot, 'boot/loader/entries'));
      expect(entries).toHaveLength(2);

      // After the restart there is nothing more to do.
      await machine.reboot();
      expect(await machine.kit('migrate', [], start)).toMatchObject({ code: 0 });
      expect((await machine.calls()).filter((call) => call.startsWith('rebase'))).toHaveLength(1);
    }, 120_000);
  },
);
