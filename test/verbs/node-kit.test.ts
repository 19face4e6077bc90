import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { makeKeyPair } from '../../src/release/signatures/keys.ts';
import nodeKit from '../../src/verbs/node-kit.ts';
import { requireAnswer } from '../support/answers.ts';
import { cliFolder } from '../support/build-cli.ts';
import { contextAt } from '../support/project.ts';
import { commitFiles, createRepository } from '../support/repository.ts';

const key = makeKeyPair().publicKey;
const head = 'image: ghcr.io/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\n';
const url = 'publish: { url: "https://acme.github.io/os/" }\n';

/** Five configurations besides the examples. */
const configurations: Readonly<Record<string, string>> = {
  'one fleet, only the registry': `${head}fleets: { stable: {} }\n`,
  'slices, signed, windows': `${head}${url}fleets: { testing: {}, stable: { promote-from: testing, signing: { keys: [keys/one.pub] } } }
rings: { canary: 0, slices: 100 }
node: { reboots: { windows: ["sat,sun 02:00-06:00 Europe/Berlin", "daily 23:00-24:00 Europe/Berlin"] } }\n`,
  'local graph, every part': `${head}${url}fleets: { stable: { signing: { keys: [keys/one.pub] } } }
node: { parts: [ring, local-graph, join, migrate, trust, reboots, guard, autobuilder, health], migrate-from: ["fedora:*", ghcr.io/old/os] }\n`,
  FleetLock: `${head}${url}fleets: { stable: {} }\nnode: { reboots: { fleet-lock: "https://lock.example.com/" } }\n`,
  'guard alone, another tag': `${head}${url}fleets: { stable: { tag: live } }\nnode: { parts: [guard] }\n`,
};

async function run(yaml: string, args: readonly string[] = []) {
  const git = await createRepository();
  await commitFiles(git, { 'coxswain.yaml': yaml, 'keys/one.pub': key });
  const output = join(git.directory, 'kit');
  const given = ['--directory', git.directory, '--output', output, ...args];
  const outcome = await nodeKit.run(readArguments(nodeKit.inputs, given), contextAt(1_785_000_000));
  requireAnswer('node-kit', outcome.data);
  return { output, outcome, read: (path: string) => readFile(join(output, path), 'utf8') };
}

const butane = execFileSync(resolve('script/butane'), {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
}).trim();
// Debian has the program for its initrd only.
const ignition = '/usr/lib/dracut/modules.d/30ignition/ignition';
const applies = existsSync(ignition) && process.getuid?.() === 0;
const validates = spawnSync('ignition-validate', ['--version']).error === undefined;

interface IgnitionConfig {
  ignition: { version: string };
  storage: { files: { path: string; mode: number; contents: { source: string; compression?: string } }[] };
  systemd: unknown;
}

/** The same for both ways to write a file's content. */
function plain(text: string) {
  const { storage, ...rest } = JSON.parse(text) as IgnitionConfig;
  const files = storage.files.map(({ contents, ...file }) => {
    const [, coding, data = ''] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(contents.source) ?? [];
    const bytes = coding === undefined ? Buffer.from(decodeURIComponent(data)) : Buffer.from(data, 'base64');
    return { ...file, text: (contents.compression === 'gzip' ? gunzipSync(bytes) : bytes).toString() };
  });
  return { ...rest, storage: { ...storage, files } };
}

describe('node-kit', () => {
  const examples = readdirSync('workflows-examples').map(
    (name) => [`example ${name}`, readFileSync(`workflows-examples/${name}/coxswain.yaml`, 'utf8')] as const,
  );
  it.each([...examples, ...Object.entries(configurations)])(
    'writes what the real Butane and Ignition accept: %s',
    async (_, yaml) => {
      const { output, read } = await run(yaml);
      const fleets = readdirSync(output).filter((name) => name.endsWith('.bu'));
      expect(fleets.length).toBeGreaterThan(0);
      for (const fleet of fleets) {
        const ignition = await read(fleet.replace('.bu', '.ign'));
        if (butane !== '') {
          const translated = spawnSync(butane, { input: await read(fleet), encoding: 'utf8' });
          expect(translated.stderr).toBe('');
          expect(plain(ignition)).toEqual(plain(translated.stdout));
        }
        if (validates) {
          const file = join(output, fleet.replace('.bu', '.ign'));
          const checked = spawnSync('ignition-validate', [file], { encoding: 'utf8' });
          expect(`${checked.stdout}${checked.stderr}`).toBe('');
          expect(checked.status).toBe(0);
        }
      }
    },
    60_000,
  );

  it.skipIf(!applies).each([...examples, ...Object.entries(configurations)])(
    'is applied to a root by the real Ignition: %s',
    async (_, yaml) => {
      const { output, read } = await run(yaml);
      for (const name of readdirSync(output).filter((each) => each.endsWith('.ign'))) {
        const root = join(output, `${name}.root`);
        await mkdir(join(root, 'etc'), { recursive: true });
        const applied = spawnSync(
          'bash',
          [
            '-c',
            'exec -a ignition-apply "$0" "$@"',
            ignition,
            '--root',
            root,
            '--offline',
            join(output, name),
          ],
          { encoding: 'utf8' },
        );
        expect(applied.status, applied.stderr).toBe(0);
        const { storage, systemd } = plain(await read(name));
        for (const { path, mode, text } of storage.files) {
          expect(await readFile(join(root, path), 'utf8'), path).toBe(text);
          expect((await stat(join(root, path))).mode & 0o777, path).toBe(mode);
        }
        const units = (systemd as { units?: { name: string; contents?: string }[] }).units ?? [];
        expect(units.length).toBeGreaterThan(0);
        for (const unit of units) {
          if (unit.contents === undefined) continue;
          expect(await readFile(join(root, 'etc/systemd/system', unit.name), 'utf8')).toBe(unit.contents);
        }
      }
    },
    60_000,
  );

  it('is in the bundle with its texts', async () => {
    const git = await createRepository();
    await commitFiles(git, { 'coxswain.yaml': configurations['one fleet, only the registry'] as string });
    const output = join(git.directory, 'kit');
    const ran = spawnSync(process.execPath, [join(cliFolder, 'main.mjs'), 'node-kit', '--output', output], {
      cwd: git.directory,
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    const ring = await readFile(join(output, 'rootfs/usr/lib/coxswain/ring.sh'), 'utf8');
    expect(ring).toBe(readFileSync('node/kit/ring.sh', 'utf8'));
  });

  it('asked the real programs', ({ skip }) => {
    console.log(
      `node-kit: butane ${butane === '' ? 'not here' : 'asked'}, ignition-validate ${validates ? 'asked' : 'not here'}, ignition ${applies ? 'asked' : 'not here'}`,
    );
    if (butane === '') skip('Butane cannot be built here (script/butane says why)');
    if (!validates || !applies) skip('ignition is not installed (Debian: ignition)');
  });

  it('writes files for the image, with units that are enabled by links', async () => {
    const { output, read } = await run(configurations['slices, signed, windows'] as string, [
      '--fleet',
      'stable',
    ]);
    expect(await read('rootfs/usr/lib/coxswain/kit.conf')).toBe(
      `# Made by coxswain node-kit from coxswain.yaml. A node's own settings: /etc/coxswain/node.conf
IMAGE=ghcr.io/acme/os
STREAM=stable
SITE=https://acme.github.io/os/
ARTIFACT=yes
FLEETS=testing stable
TAGS=testing=testing stable=stable
SIGNED=stable
RINGS=canary=0
SLICES=100
FOLLOW=ring
MIGRATE_FROM=
FLEET=stable
`,
    );
    const link = join(output, 'rootfs/usr/lib/systemd/system/multi-user.target.wants/coxswain-ring.service');
    expect(await readlink(link)).toBe('../coxswain-ring.service');
    expect((await stat(join(output, 'rootfs/usr/bin/coxswain-node'))).mode & 0o777).toBe(0o755);
    expect(await read('rootfs/usr/lib/zincati/config.d/60-coxswain-reboots.toml')).toBe(
      `# Made by coxswain node-kit from node.reboots in coxswain.yaml.
[updates]
strategy = "periodic"

[updates.periodic]
time_zone = "Europe/Berlin"

[[updates.periodic.window]]
days = [ "Sun", "Sat" ]
start_time = "02:00"
length_minutes = 240

[[updates.periodic.window]]
days = [ "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" ]
start_time = "23:00"
length_minutes = 60
`,
    );
    const policy = JSON.parse(await read('rootfs/usr/lib/coreos/coreos-containers-policy.json')) as unknown;
    expect(policy).toMatchObject({
      transports: {
        docker: {
          'ghcr.io/acme/os': [{ type: 'sigstoreSigned' }],
          'quay.io/fedora/fedora-coreos': [{ type: 'signedBy' }],
        },
      },
    });
  });

  it('says that an image for all fleets has no policy, because each fleet has its own keys', async () => {
    const signed = configurations['slices, signed, windows'] as string;
    expect((await run(signed)).outcome.text).toContain(
      'without a policy, because each fleet has its own keys',
    );
    expect((await run(signed, ['--fleet', 'stable'])).outcome.text).not.toContain('without a policy');
    expect((await run(configurations.FleetLock as string)).outcome.text).not.toContain('without a policy');
  });

  it('writes the scripts that are tested on nodes, and nothing of parts that were left out', async () => {
    const { read, output } = await run(configurations['guard alone, another tag'] as string);
    expect(await read('rootfs/usr/lib/coxswain/guard.sh')).toBe(readFileSync('node/kit/guard.sh', 'utf8'));
    expect(readdirSync(join(output, 'rootfs/usr/lib/systemd/system')).sort()).toEqual([
      'bootc-fetch-apply-updates.service.d',
      'coxswain-guard.service',
      'coxswain-guard.timer',
      'rpm-ostreed-automatic.service.d',
      'timers.target.wants',
    ]);
    // On a stock machine /usr is read-only.
    expect(await read('stable.bu')).not.toMatch(/Exec\w+=.*\/usr\/lib\/coxswain/);
  });

  it.each([
    [
      'a part that does not exist',
      configurations.FleetLock,
      ['--part', 'magic'],
      /--part: .*found "magic", expected ring/,
    ],
    ['a fleet that does not exist', configurations.FleetLock, ['--fleet', 'prod'], /no such fleet/],
    [
      'windows in two time zones',
      `${head}fleets: { stable: {} }\nnode: { reboots: { windows: ["sat 02:00-06:00 UTC", "sun 02:00-06:00 Europe/Berlin"] } }\n`,
      [],
      /node.reboots.windows: Zincati has one time zone/,
    ],
    [
      'a window that cannot be read',
      `${head}fleets: { stable: {} }\nnode: { reboots: { windows: ["at night"] } }\n`,
      [],
      /node.reboots.windows: not a reboot window, found "at night"/,
    ],
    [
      'guidance that is published nowhere',
      `${head}fleets: { stable: {} }\npublish: { oci: false }\n`,
      [],
      /publish/,
    ],
  ])('refuses %s, and writes nothing', async (_, yaml, args, message) => {
    await expect(run(yaml as string, args)).rejects.toThrow(message);
  });
});
