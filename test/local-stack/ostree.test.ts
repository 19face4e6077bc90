import { execFileSync } from 'node:child_process';
import { existsSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addAgentFiles, findZincati } from '../../src/demo/base-agent.ts';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { prepareOstreeBase } from '../../src/demo/base-ostree.ts';
import { keptMachine, ostreeNode } from '../../src/demo/ostree-node-machines.ts';
import { formatTable } from '../../src/demo/table.ts';
import { exec } from '../../src/host/exec.ts';
import { insideRoot } from '../../src/host/inside-root.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { findDeployTool } from '../../src/loop/boot-test/guest/deploy-tool.ts';
import type { TestFile, UpgradeTests } from '../../src/loop/boot-test/guest/list-tests.ts';
import {
  alwaysOn,
  type NodeImage,
  nodeScript,
  writeAgentTest,
} from '../../src/loop/boot-test/guest/node-agent.ts';
import { withRootFilesystem } from '../../src/loop/boot-test/guest/root-filesystem.ts';
import type { ImageSource } from '../../src/loop/boot-test/image-source.ts';
import {
  bootOstree,
  fetchImage,
  type OstreeDisk,
  prepareOstreeDisk,
} from '../../src/loop/boot-test/machine/boot-ostree.ts';
import { rehearseOnOstree } from '../../src/loop/boot-test/rehearsal/ostree-rehearsal.ts';
import type { Rehearsal } from '../../src/loop/boot-test/report/boot-report.ts';
import { type Digest, digestOf } from '../../src/world/registry/reference.ts';
import { graphOf, nodeImage, question } from '../support/agent-question.ts';

// Real ostree deployments, in real machines. They need Debian sid and a Rust program, which take minutes to prepare,
// once. Without them, all of this is skipped. That the mode direct merges /etc as ostree does needs no machine:
// test/loop/boot-test/guest/merge-etc-ostree.test.ts.

const architecture = 'x86_64';
let place: string;
let unavailable: string | undefined;
let earlier: ImageSource;
let candidate: ImageSource;
/** The earlier image, deployed, with the candidate in its repository. Each machine that keeps what it writes has a copy. */
let disk: OstreeDisk;
const endings: string[][] = [];
const zincati = findZincati(defaultCacheFolder());
const noZincati =
  zincati === undefined ? ' (skipped: no Zincati here, see script/rust-tools zincati, or ZINCATI=PATH)' : '';

beforeAll(async () => {
  unavailable = await makeReady().catch(
    (error: unknown) => `no ostree base: ${String(error).split('\n')[0]}`,
  );
}, 1_800_000);

beforeEach(({ skip }) => {
  if (unavailable !== undefined) skip(unavailable);
});

afterAll(async () => {
  // Writes directly to the terminal, because vitest shows what a test file prints only with some reporters.
  if (endings.length > 0) {
    writeSync(2, `\n${formatTable(['/etc of a machine that updates', 'ostree'], endings)}\n`);
  }
  await rm(place, { recursive: true, force: true });
});

/** @returns why there can be no ostree deployment here */
async function makeReady(): Promise<string | undefined> {
  place = await mkdtemp(join(tmpdir(), 'coxswain-ostree-'));
  if (process.arch !== 'x64') return 'the ostree base is made for x86_64 only';
  if (process.env.COXSWAIN_OSTREE_TESTS === undefined) {
    return 'ostree deployments are tested with COXSWAIN_OSTREE_TESTS=1: their base takes up to 20 minutes, once';
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
  const { layout } = await prepareOstreeBase(defaultCacheFolder(), silentLog);
  // The name has no capitals, because buildah refuses them.
  await symlink(layout, join(place, 'base.oci'));
  earlier = await derive('earlier', { 'etc/rewritten': 'old\n', 'etc/merged.d/old': 'old\n' });
  candidate = await derive('candidate', {
    'etc/rewritten': 'new\n',
    'etc/merged.d/old': 'old\n',
    'etc/merged.d/new': 'new\n',
    'etc/foo/inside': 'new\n',
  });
  const found = await findDeployTool({ root: place, run: undefined });
  if (found === undefined) return 'ostree-deploy cannot be found';
  const [one, two] = [await folder(), await folder()];
  disk = await prepareOstreeDisk({
    image: await fetchImage(earlier, one, silentLog),
    next: await fetchImage(candidate, two, silentLog),
    tool: found,
    folder: one,
    log: silentLog,
  });
  return undefined;
}

/**
 * A machine needs 200 seconds of a processor until its tests, if it is emulated. On a busy host that takes ten minutes and
 * more; a test that ran out of time would go on beside the next one.
 */
const bootMilliseconds = 1_800_000;
const rehearsalMilliseconds = 3 * bootMilliseconds;

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
    if (zincati !== undefined) await addAgentFiles(join(place, name), zincati);
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

const machine = {
  architecture,
  environment: {},
  memoryMegabytes: 1024,
  deadlineSeconds: 1500,
  log: silentLog,
} as const;

async function copyOfDisk(): Promise<OstreeDisk> {
  const file = join(await folder(), 'ostree.img');
  await exec('cp', ['--sparse=always', disk.file, file]);
  return { ...disk, file };
}

describe('an image that is an ostree commit', () => {
  it(
    'boots deployed, by its own initramfs, with /usr read-only, and as Ignition configured it',
    async () => {
      const config = join(await folder(), 'config.ign');
      await writeFile(
        config,
        JSON.stringify({
          ignition: { version: '3.3.0' },
          storage: { files: [{ path: '/etc/from-ignition', contents: { source: 'data:,hello%0A' } }] },
        }),
      );
      const report = await withRootFilesystem(earlier, async (root) => {
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
    },
    bootMilliseconds,
  );
});

/** An image of this test as a release of a fleet. */
async function releaseOf(source: ImageSource, version: string, created: number): Promise<NodeImage> {
  const { stdout } = await exec('skopeo', ['inspect', '--format', '{{.Digest}}', source.place]);
  return { ...nodeImage(version, created), digest: stdout.trim() as Digest };
}

describe.skipIf(zincati === undefined)(`the image's own Zincati on a real system root${noZincati}`, () => {
  it(
    'takes the candidate, finds itself, and leaves the system root as it was',
    async () => {
      const mark = await testFile('b-mark', 'grep sysroot /proc/self/mounts >/run/mounts-before');
      const same = await testFile(
        'd-same',
        'grep sysroot /proc/self/mounts | cmp - /run/mounts-before && ostree admin status',
      );
      const asked = { ...(await writeAgentTest(question(), await folder())), name: 'c-agent' };
      const report = await withRootFilesystem(earlier, async (root) =>
        bootOstree(
          disk,
          { ...machine, tests: [mark, asked, same], outputFolder: await folder() },
          { root: insideRoot(root), keep: false },
        ),
      );
      expect(report.verdict, JSON.stringify(report.tests, null, 1)).toBe('passed');
      const agent = report.tests.find(({ name }) => name === 'c-agent')?.output;
      expect(agent).toMatch(/takes this image\.\nZincati on this image finds itself in the graph\.\n$/);
    },
    bootMilliseconds,
  );

  it(
    'takes an update that the stand-in deploys by ostree, and the machine restarts into that digest',
    async () => {
      const releases = [await releaseOf(earlier, '44.1', 0), await releaseOf(candidate, '44.2', 60)] as const;
      const [from, to] = releases;
      const boot = await withNode(releases);
      expect(await boot(from.digest)).toMatchObject({
        verdict: 'passed',
        output: expect.stringMatching(
          new RegExp(`^booted by ostree: ${from.digest}\nDIGEST=${to.digest}\nLOCKED=no\n`),
        ),
      });
      expect(await boot(to.digest)).toMatchObject({
        verdict: 'passed',
        output: expect.stringMatching(new RegExp(`^booted by ostree: ${to.digest}\nfinds itself\n`)),
      });
      endings.push(['an update that Zincati took', 'booted by its digest']);
    },
    2 * bootMilliseconds,
  );
});

/** A machine on the first of two releases, which follows the other one if its Zincati is offered it. */
async function withNode(releases: readonly [NodeImage, NodeImage]) {
  const [from] = releases;
  const repository = question().repository;
  const copy = await copyOfDisk();
  return async (booted: Digest) => {
    const script = join(await folder(), 'node');
    await writeFile(
      script,
      nodeScript({
        settings: `[cincinnati]\nbase_url = "http://127.0.0.1:80/"\n${alwaysOn}`,
        site: { 'v1/graph': graphOf(releases) },
        images: releases,
        repository,
        values: { reference: `ostree-unverified-registry:${repository}:stable`, booted },
        files: ostreeNode.files,
        script: `${ostreeNode.script}ask "$booted"
if [ -e "$state/reboot" ]; then
  grep -E '^(DIGEST|LOCKED)' "$state/staged"
elif grep -q 'scheduling next agent refresh' "$work/log" && ! grep 'not found in the update graph' "$work/log"; then
  echo 'finds itself'
else
  tail -n 30 "$work/log"
  exit 1
fi
`,
      }),
    );
    const source = booted === from.digest ? earlier : candidate;
    return withRootFilesystem(source, async (root) => {
      const start = keptMachine(copy, () => root);
      const tests = [{ name: 'node', path: script, timeoutSeconds: 1200 }];
      const { verdict, tests: ran } = await start(booted, {
        ...machine,
        deadlineSeconds: 2400,
        tests,
        outputFolder: await folder(),
      });
      return { verdict, output: ran.find(({ name }) => name === 'node')?.output };
    });
  };
}

type Texts = Partial<Readonly<Record<keyof UpgradeTests, Readonly<Record<string, string>>>>>;

/**
 * What a machine does to its files before the update, and what it finds afterwards: the four situations of
 * measured-2026-11.md.
 */
const situations: Texts = {
  'before-upgrade': {
    'rewritten.sh': 'cp /etc/rewritten /tmp/copy && cat /tmp/copy >/etc/rewritten && cat /etc/rewritten',
    'made-again.sh':
      'rm -rf /etc/merged.d && mkdir /etc/merged.d && echo own >/etc/merged.d/own && ls /etc/merged.d',
    'usr.sh': '! touch /usr/lib/new 2>/dev/null && echo "/usr cannot be written to"',
  },
  'after-upgrade': { 'rewritten.sh': 'cat /etc/rewritten', 'made-again.sh': 'ls /etc/merged.d' },
  'after-rollback': { 'rewritten.sh': 'cat /etc/rewritten', 'made-again.sh': 'ls /etc/merged.d' },
};

const changedFile: Texts = { 'before-upgrade': { 'changed.sh': 'echo mine >/etc/foo' } };

async function upgradeTests(texts: Texts): Promise<UpgradeTests> {
  const list = (stage: keyof UpgradeTests) =>
    Promise.all(Object.entries(texts[stage] ?? {}).map(([name, text]) => testFile(`${stage}/${name}`, text)));
  return {
    'before-upgrade': await list('before-upgrade'),
    'after-upgrade': await list('after-upgrade'),
    'after-rollback': await list('after-rollback'),
  };
}

async function rehearse(texts: Texts): Promise<Rehearsal> {
  const script = {
    from: { version: '1', digest: digestOf('1') },
    candidate: { version: '2' },
    tests: await upgradeTests(texts),
    machine: { ...machine, outputFolder: await folder() },
  };
  return withRootFilesystem(earlier, (from) =>
    withRootFilesystem(candidate, async (to) =>
      rehearseOnOstree(script, {
        disk: await copyOfDisk(),
        target: 'registry.example.com/acme/os@sha256:0',
        roots: { from: insideRoot(from), candidate: insideRoot(to) },
        folder: await folder(),
      }),
    ),
  );
}

/** What the user's test of a situation printed in each stage. */
function outputs(rehearsal: Rehearsal, name: string): string {
  return rehearsal.tests
    .filter((test) => test.name.endsWith(`/${name}.sh`))
    .map(({ result, output }) => `${result}: ${output.trim().replaceAll('\n', ' ')}`)
    .join(' → ');
}

describe('the rehearsal of an update', () => {
  it(
    'lets the ostree of the machine deploy, merge /etc, and go back',
    async () => {
      const real = await rehearse(situations);
      expect(real.passed, `${real.explanation}\n${JSON.stringify(real.tests, null, 1)}`).toBe(true);
      const named = real.tests.map(({ name }) => name.replace('upgrade from 1: ', ''));
      const stage = (name: string, ...tests: string[]) => tests.map((test) => `${name}/${test}`);
      expect(named).toEqual([
        ...stage('before-upgrade', 'rewritten.sh', 'made-again.sh', 'usr.sh', 'ostree-deploy'),
        ...stage('after-upgrade', 'systemd', 'rewritten.sh', 'made-again.sh', 'ostree-rollback', 'identity'),
        ...stage('after-rollback', 'rewritten.sh', 'made-again.sh', 'ostree-back', 'identity'),
      ]);
      expect(outputs(real, 'rewritten')).toBe('passed: old → passed: new → passed: old');
      expect(outputs(real, 'made-again')).toBe('passed: own → passed: new own → passed: own');
      expect(outputs(real, 'usr')).toBe('passed: /usr cannot be written to');
      for (const name of ['rewritten', 'made-again', 'usr']) endings.push([name, outputs(real, name)]);
    },
    rehearsalMilliseconds,
  );

  it(
    'fails if ostree refuses: a file of the machine, and a folder in the new image',
    async () => {
      const refused = await rehearse(changedFile);
      expect(refused.passed).toBe(false);
      expect(refused.machines).toHaveLength(1);
      expect(refused.tests.at(-1)).toMatchObject({
        name: 'upgrade from 1: before-upgrade/ostree-deploy',
        result: 'failed',
      });
      expect(refused.tests.at(-1)?.output).toMatch(/foo/);
      endings.push(['a file, and a folder in the new image', 'refused']);
    },
    bootMilliseconds,
  );
});
