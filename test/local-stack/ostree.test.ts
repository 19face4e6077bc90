import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { prepareOstreeBase } from '../../src/demo/base-ostree.ts';
import { exec } from '../../src/host/exec.ts';
import { insideRoot } from '../../src/host/inside-root.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { type DeployTool, findDeployTool } from '../../src/loop/boot-test/guest/deploy-tool.ts';
import { withRootFilesystem } from '../../src/loop/boot-test/guest/root-filesystem.ts';
import type { TestFile, UpgradeTests } from '../../src/loop/boot-test/guest/tests.ts';
import type { ImageSource } from '../../src/loop/boot-test/image-source.ts';
import { prepareImage } from '../../src/loop/boot-test/machine/boot-directly.ts';
import {
  bootOstree,
  fetchImage,
  type OstreeDisk,
  prepareOstreeDisk,
} from '../../src/loop/boot-test/machine/boot-ostree.ts';
import { rehearseOnOstree } from '../../src/loop/boot-test/rehearsal/ostree-rehearsal.ts';
import { rehearseUpgrade } from '../../src/loop/boot-test/rehearsal/rehearsal.ts';
import type { Rehearsal } from '../../src/loop/boot-test/report/report.ts';
import { digestOf } from '../../src/world/registry/reference.ts';

// Real ostree deployments, in real machines. They need Debian sid and a Rust program, which take minutes to prepare,
// once. Without them, all of this is skipped.

const architecture = 'x86_64';
let place: string;
let unavailable: string | undefined;
let base: ImageSource;
let earlier: ImageSource;
let candidate: ImageSource;
let tool: DeployTool;

beforeAll(async () => {
  unavailable = await makeReady().catch(
    (error: unknown) => `no ostree base: ${String(error).split('\n')[0]}`,
  );
}, 1_800_000);

beforeEach(({ skip }) => {
  if (unavailable !== undefined) skip(unavailable);
});

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

/** @returns why there can be no ostree deployment here */
async function makeReady(): Promise<string | undefined> {
  place = await mkdtemp(join(tmpdir(), 'coxswain-ostree-'));
  if (process.arch !== 'x64') return 'the ostree base is made for x86_64 only';
  const cache = defaultCacheFolder();
  const isMade =
    existsSync(join(cache, 'rust-tools/bin/ostree-deploy')) &&
    existsSync(join(cache, 'roots')) &&
    readdirSync(join(cache, 'roots')).some((name) => /^ostree-.*\.oci$/.test(name));
  if (!isMade && process.env.COXSWAIN_OSTREE_TESTS === undefined) {
    return 'no ostree base in the cache: COXSWAIN_OSTREE_TESTS=1 makes it (up to 20 minutes, once)';
  }
  const tools = execFileSync(resolve('script/rust-tools'), ['ostree-deploy'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  if (!existsSync(join(tools, 'bin/ostree-deploy'))) {
    return 'ostree-deploy cannot be built here (script/rust-tools ostree-deploy shows why)';
  }
  process.env.PATH = `${process.env.PATH}:${join(tools, 'bin')}`;
  for (const name of ['ostree', 'mmdebstrap', 'unshare']) {
    if (findTool(name) === undefined) return `${name} is not installed (script/bootstrap)`;
  }
  const { layout } = await prepareOstreeBase(cache, silentLog);
  // The name has no capitals, because buildah refuses them.
  await symlink(layout, join(place, 'base.oci'));
  base = { name: 'base', place: `oci:${join(place, 'base.oci')}:base`, plainHttp: false };
  earlier = await derive('earlier', { 'etc/rewritten': 'old\n', 'etc/merged.d/old': 'old\n' });
  candidate = await derive('candidate', {
    'etc/rewritten': 'new\n',
    'etc/merged.d/old': 'old\n',
    'etc/merged.d/new': 'new\n',
    'etc/foo/inside': 'new\n',
  });
  const found = await findDeployTool({ root: place, run: undefined });
  if (found === undefined) return 'ostree-deploy cannot be found';
  tool = found;
  return undefined;
}

/** An image with more files, as a Containerfile adds them; the base has the old content of some. */
async function derive(name: string, files: Readonly<Record<string, string>>): Promise<ImageSource> {
  const container = (
    await exec('buildah', ['from', '--quiet', 'oci:base.oci:base'], { cwd: place })
  ).stdout.trim();
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(place, name, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await exec('buildah', ['copy', '--quiet', container, join(place, name), '/']);
    await exec('buildah', ['commit', '--quiet', '--format', 'oci', container, `oci:${name}.oci:image`], {
      cwd: place,
    });
    return { name, place: `oci:${join(place, `${name}.oci`)}:image`, plainHttp: false };
  } finally {
    await exec('buildah', ['rm', container]);
  }
}

let folders = 0;
async function folder(): Promise<string> {
  folders += 1;
  const path = join(place, `folder-${folders}`);
  await mkdir(path);
  return path;
}

async function testFile(name: string, text: string): Promise<TestFile> {
  const path = join(await folder(), 'test');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  return { name, path };
}

const machine = { architecture, environment: {}, memoryMegabytes: 1024, log: silentLog } as const;

async function deployed(image: ImageSource, next?: ImageSource): Promise<OstreeDisk> {
  const [one, two] = [await folder(), await folder()];
  return prepareOstreeDisk({
    image: await fetchImage(image, one, silentLog),
    ...(next === undefined ? {} : { next: await fetchImage(next, two, silentLog) }),
    tool,
    folder: one,
    log: silentLog,
  });
}

describe('an image that is an ostree commit', () => {
  it('boots deployed, by its own initramfs, with /usr read-only, and as Ignition configured it', async () => {
    const config = join(await folder(), 'config.ign');
    await writeFile(
      config,
      JSON.stringify({
        ignition: { version: '3.3.0' },
        storage: { files: [{ path: '/etc/from-ignition', contents: { source: 'data:,hello%0A' } }] },
      }),
    );
    const disk = await deployed(base);
    const report = await withRootFilesystem(base, async (root) => {
      return bootOstree(
        disk,
        {
          ...machine,
          tests: [
            await testFile(
              '10-deployed.sh',
              `ostree admin status | grep '^\\* default '
grep -q ' ostree=/ostree/boot' /proc/cmdline
! touch /usr/new && touch /etc/new /var/new
cat /etc/from-ignition`,
            ),
          ],
          outputFolder: await folder(),
        },
        { root: insideRoot(root), keep: false, ignition: config },
      );
    });
    expect(report.verdict, report.explanation).toBe('passed');
    expect(report.system?.state).toBe('running');
    expect(report.tests.at(-1)?.output).toMatch(/^\* default [0-9a-f]{64}\.0[\s\S]*hello\n$/);
  }, 900_000);
});

/** What a machine does to its /etc before the update, and what it must find afterwards. */
const situations: UpgradeTestTexts = {
  'before-upgrade': `cp /etc/rewritten /etc/copy && cat /etc/copy >/etc/rewritten && rm /etc/copy
rm -rf /etc/merged.d && mkdir /etc/merged.d && echo own >/etc/merged.d/own
! touch /usr/lib/new 2>/dev/null && echo "/usr cannot be written to"`,
  'after-upgrade': 'cat /etc/rewritten; ls /etc/merged.d',
  'after-rollback': 'cat /etc/rewritten; ls /etc/merged.d',
};

type UpgradeTestTexts = Readonly<Record<keyof UpgradeTests, string>>;

async function upgradeTests(texts: UpgradeTestTexts): Promise<UpgradeTests> {
  const list = async (stage: keyof UpgradeTests) => [await testFile(`${stage}/10-etc.sh`, texts[stage])];
  return {
    'before-upgrade': await list('before-upgrade'),
    'after-upgrade': await list('after-upgrade'),
    'after-rollback': await list('after-rollback'),
  };
}

async function rehearse(mode: 'ostree' | 'direct', texts: UpgradeTestTexts): Promise<Rehearsal> {
  const script = {
    from: { version: '1', digest: digestOf('1') },
    candidate: { version: '2' },
    tests: await upgradeTests(texts),
    machine: { ...machine, outputFolder: await folder() },
  };
  return withRootFilesystem(earlier, (from) =>
    withRootFilesystem(candidate, async (to) => {
      if (mode === 'ostree') {
        return rehearseOnOstree(script, {
          disk: await deployed(earlier, candidate),
          target: 'registry.example.com/acme/os@sha256:0',
          roots: { from: insideRoot(from), candidate: insideRoot(to) },
          folder: await folder(),
        });
      }
      const prepare = async (root: string) =>
        prepareImage({ root, image: 'image', folder: await folder(), log: silentLog });
      return rehearseUpgrade({
        ...script,
        from: { ...script.from, image: await prepare(from) },
        candidate: { ...script.candidate, image: await prepare(to) },
      });
    }),
  );
}

/** What the user's tests of an update printed. */
function outputs(rehearsal: Rehearsal): string[] {
  return rehearsal.tests
    .filter(({ name }) => name.endsWith('10-etc.sh'))
    .map(({ result, output }) => `${result}: ${output}`);
}

describe('the rehearsal of an update', () => {
  let real: Rehearsal;

  it('lets the ostree of the machine deploy, merge /etc, and go back', async () => {
    real = await rehearse('ostree', situations);
    expect(real.passed, real.explanation).toBe(true);
    const named = real.tests.map(({ name }) => name.replace('upgrade from 1: ', ''));
    expect(named).toEqual([
      ...['before-upgrade/10-etc.sh', 'before-upgrade/ostree-deploy'],
      ...['after-upgrade/systemd', 'after-upgrade/10-etc.sh', 'after-upgrade/ostree-rollback'],
      'after-upgrade/identity',
      ...['after-rollback/10-etc.sh', 'after-rollback/ostree-back', 'after-rollback/identity'],
    ]);
    expect(outputs(real)).toEqual([
      'passed: /usr cannot be written to\n',
      'passed: new\nnew\nown\n',
      'passed: old\nown\n',
    ]);
  }, 2_400_000);

  it('has the same result in the mode direct', async () => {
    const direct = await rehearse('direct', situations);
    expect(direct.passed, direct.explanation).toBe(true);
    expect(outputs(direct)).toEqual(outputs(real));
  }, 2_400_000);

  const changedFile = { ...situations, 'before-upgrade': 'echo mine >/etc/foo' };

  it('fails if ostree refuses: a file of the machine, and a folder in the new image', async () => {
    const refused = await rehearse('ostree', changedFile);
    expect(refused.passed).toBe(false);
    expect(refused.machines).toHaveLength(1);
    expect(refused.tests.at(-1)).toMatchObject({
      name: 'upgrade from 1: before-upgrade/ostree-deploy',
      result: 'failed',
    });
    expect(refused.tests.at(-1)?.output).toMatch(/foo/);
  }, 1_200_000);

  it('fails there in the mode direct, too', async () => {
    const refused = await rehearse('direct', changedFile);
    expect(refused.passed).toBe(false);
    expect(refused.explanation).toMatch(/foo/);
  }, 2_400_000);
});
