import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Outcome } from '../../src/cli/verb.ts';
import { buildBaseImage } from '../../src/demo/base-images.ts';
import { addRelease } from '../../src/guidance/releases.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { inRegistry } from '../../src/loop/boot-test/image-source.ts';
import { withRootFilesystem } from '../../src/loop/boot-test/machine/boot-directly.ts';
import { outputNames } from '../../src/loop/boot-test/report/output-files.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import { findEvidence, passingEvidence } from '../../src/release/evidence/store.ts';
import bootTest from '../../src/verbs/boot-test.ts';
import { copyImage } from '../../src/world/registry/copy.ts';
import { readImage } from '../../src/world/registry/image.ts';
import {
  atDigest,
  formatReference,
  formatRepository,
  parseRepository,
  type Repository,
} from '../../src/world/registry/reference.ts';
import { requireAnswer } from '../support/answers.ts';
import { cliFolder } from '../support/build-cli.ts';
import { contextAt, createProject, type TestProject } from '../support/project.ts';
import { testClient, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';
import { unsigned } from '../support/trust.ts';

const registry = useRegistry();
const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

function build(repository: Repository, version: string) {
  return buildBaseImage({
    kind: 'tiny',
    version,
    stream: 'stable',
    repository,
    tag: 'stable',
    log: silentLog,
  });
}

describe('a base image', () => {
  it('is the same for the same version, and shares all but its version with the next', async () => {
    const repository = parseRepository(`${registry.host}/base/tiny`);
    const client = testClient();
    const first = await build(repository, '44.20260707.3.1');
    const second = await build(repository, '44.20260721.3.0');
    expect((await build(repository, '44.20260707.3.1')).digest).toBe(first.digest);
    expect(second.digest).not.toBe(first.digest);
    const [one, two] = [
      await readImage(client, first, architecture),
      await readImage(client, second, architecture),
    ];
    expect(one.config.labels).toMatchObject({
      'containers.bootc': '1',
      'ostree.bootable': '1',
      'com.coreos.stream': 'stable',
      'org.opencontainers.image.version': '44.20260707.3.1',
    });
    expect(one.manifest.json.layers[0]).toEqual(two.manifest.json.layers[0]);
    expect(one.manifest.json.layers[1]).not.toEqual(two.manifest.json.layers[1]);
    expect(Date.parse(two.config.created ?? '')).toBeGreaterThan(Date.parse(one.config.created ?? ''));
  }, 60_000);

  it('is unpacked as what its digest says, and leaves nothing behind, also after an error', async () => {
    const repository = parseRepository(`${registry.host}/base/unpacked`);
    const old = await build(repository, '44.20260707.3.1');
    await build(repository, '44.20260721.3.0');
    const name = `${registry.host}/base/unpacked@${old.digest}`;
    const inStorage = () => exec('buildah', ['inspect', '--type', 'image', name], { allow: [0, 1, 125] });
    let unpacked = '';
    const work = withRootFilesystem(inRegistry({ ...old, tag: 'stable' }), async (root, { run }) => {
      unpacked = root;
      expect(await readFile(join(root, 'usr/lib/os-release'), 'utf8')).toContain('VERSION="44.20260707.3.1"');
      expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toContain('localhost');
      // A program of the image writes to a copy.
      expect(await run(['/bin/sh', '-c', 'echo changed >/etc/hosts; cat /etc/hosts; exit 3'])).toEqual({
        exitCode: 3,
        output: expect.stringMatching(/^changed\n/),
      });
      expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toContain('localhost');
      throw new Error('the work failed');
    });
    await expect(work).rejects.toThrow('the work failed');
    expect((await inStorage()).exitCode).not.toBe(0);
    await expect(readFile(join(unpacked, 'usr/lib/os-release'))).rejects.toThrow(/ENOENT/);
    await noneIsLeft();
  }, 180_000);
});

/** Of what runs in images now, all has an end: other tests of this machine run some at the same time, and ours would stay. */
async function noneIsLeft(): Promise<void> {
  const running = await containers();
  await vi.waitFor(
    async () => {
      const now = await containers();
      expect(now.filter((name) => running.includes(name))).toEqual([]);
    },
    { timeout: 60_000, interval: 250 },
  );
}

async function containers(): Promise<string[]> {
  const { stdout } = await exec('buildah', ['containers', '--format', '{{.ContainerName}}']);
  return stdout.split('\n').filter((name) => name.startsWith('coxswain-run-'));
}

describe('boot-test on a built image', () => {
  it('fails, is fixed, passes, and then only comments', async () => {
    const project = await createProject(registry.host, {
      files: {
        'tests/10-boots.sh':
          'grep -q 44.20260707.3.1 /etc/os-release && echo "on $COXSWAIN_FLEET, $COXSWAIN_ARCHITECTURE"\n',
      },
    });
    const { git, config, client, forge } = project;
    const base = await build(project.base, '44.20260707.3.1');
    const { tag } = await readCandidate({ git, config, client });
    // build-image did not make it, but it boots, and it has the tag of a build.
    await copyImage(client, { from: base, to: config.testImage, tags: [tag] });
    await git.run(['switch', '--quiet', '--create', 'change']);
    await commitFiles(git, { 'tests/20-certified.sh': 'echo "$COXSWAIN_DIGEST is not certified"; exit 4\n' });
    const branches = { head: 'change', base: 'testing' };
    await forge.pullRequests.open({ ...branches, title: 'Change', body: '', ready: true, labels: [] });

    // The same image cannot be installed, which is found before anything is tried or written.
    await expect(run(project, 1_784_000_000, '--mode', 'disk')).rejects.toThrow(
      /cannot be booted from a disk here: .*the image has no \/usr\/bin\/bootc/,
    );
    expect(await findEvidence(client, config.testImage, base.digest, unsigned)).toEqual([]);
    const failed = await run(project, 1_784_000_000);
    expect(failed.exitCode).toBe(1);
    expect(failed.data).toMatchObject({
      verdict: 'test-failed',
      passed: false,
      skipped: false,
      digest: base.digest,
    });
    expect(failed.text).toContain(
      `--- 20-certified.sh: failed (exit code 4) ---\n${base.digest} is not certified`,
    );
    const told = (await forge.pullRequests.find(branches))?.comments;
    expect(told).toMatchObject([{ key: 'boot-test', body: expect.stringContaining('is not certified') }]);

    await commitFiles(git, { 'tests/20-certified.sh': 'true\n' });
    const passed = await run(project, 1_784_000_100);
    expect(passed.exitCode, passed.text).toBe(0);
    expect(passed.data).toMatchObject({
      passed: true,
      tests: [
        { name: 'check: labels', result: 'passed' },
        { name: 'check: kernel', result: 'passed' },
        { name: 'check: leftovers', result: 'passed', output: '' },
        { output: `on testing, ${architecture}\n` },
        { result: 'passed' },
      ],
      system: { manager: 'none' },
    });
    const comment = (await forge.pullRequests.find(branches))?.comments;
    expect(comment).toMatchObject([{ key: 'boot-test', body: expect.stringContaining('Boot test: passed') }]);

    const again = await run(project, 1_784_000_200);
    expect(again.data).toMatchObject({ passed: true, skipped: true, evidence: passed.data.evidence });
    expect((await forge.pullRequests.find(branches))?.comments).toEqual(comment);
    const evidence = await findEvidence(client, config.testImage, base.digest, unsigned);
    expect(evidence.map((each) => each.evidence.result)).toEqual(['FAILED', 'PASSED']);
    expect(evidence[0]?.evidence.log).toContain('is not certified');
    expect(evidence[1]?.evidence.testsTree).toBe(await git.run(['rev-parse', 'HEAD:tests']));
  }, 120_000);
});

describe('boot-test of an update', () => {
  it('rehearses it from the current release, refuses what loses state, and passes what keeps it', async () => {
    const project = await createProject(registry.host, {
      files: {
        'tests/before-upgrade/10-leave.sh': 'echo kept >/var/state; . /etc/os-release; echo "on $VERSION"\n',
        'tests/after-upgrade/10-kept.sh': '. /etc/os-release; echo "now on $VERSION"; rm /var/state\n',
        'tests/after-rollback/10-back.sh': 'cat /var/state\n',
      },
    });
    const { git, config, client, state } = project;
    const old = await build(config.image, '44.20260621.3.1');
    const base = await build(project.base, '44.20260707.3.1');
    const { tag } = await readCandidate({ git, config, client });
    await copyImage(client, { from: base, to: config.testImage, tags: [tag] });
    await state.changeFleet('testing', 'Release', (fleet) => ({
      ...fleet,
      releases: addRelease(
        fleet.releases,
        {
          version: '44.20260621.3.1',
          metadata: 'https://os.example.invalid/release.json',
          'oci-images': [
            {
              architecture,
              image: formatRepository(config.image),
              'digest-ref': formatReference(atDigest(config.image, old.digest)),
            },
          ],
        },
        1_784_000_000,
      ),
    }));
    const failed = await run(project, 1_784_000_000);
    expect(failed.data).toMatchObject({
      verdict: 'upgrade-failed',
      passed: false,
      upgrades: [{ from: '44.20260621.3.1', digest: old.digest, result: 'FAILED' }],
    });
    expect(failed.text).toContain('after the rollback: after-rollback/10-back.sh failed.');
    expect(
      await passingEvidence(
        client,
        atDigest(config.testImage, base.digest),
        await git.run(['rev-parse', 'HEAD:tests']),
        unsigned,
      ),
    ).toBeUndefined();

    await commitFiles(git, {
      'tests/after-upgrade/10-kept.sh': '. /etc/os-release; echo "now on $VERSION"\n',
    });
    const passed = await run(project, 1_784_000_100);
    expect(passed.exitCode, passed.text).toBe(0);
    const prefix = 'upgrade from 44.20260621.3.1: ';
    expect((passed.data.tests as { name: string; output: string }[]).slice(-3)).toMatchObject([
      { name: `${prefix}before-upgrade/10-leave.sh`, output: 'on 44.20260621.3.1\n' },
      { name: `${prefix}after-upgrade/10-kept.sh`, output: 'now on 44.20260707.3.1\n' },
      { name: `${prefix}after-rollback/10-back.sh`, output: 'kept\n' },
    ]);
    const [before, evidence] = await findEvidence(client, config.testImage, base.digest, unsigned);
    expect(evidence?.evidence.follows).toEqual([before?.descriptor.digest]);
    expect(evidence?.evidence.upgrades).toEqual([
      { from: '44.20260621.3.1', digest: old.digest, result: 'PASSED' },
    ]);
    expect((await run(project, 1_784_000_200)).data).toMatchObject({ skipped: true });
  }, 180_000);
});

describe('boot-test that is interrupted', () => {
  it('ends its machine, leaves nothing behind, and has not tested anything', async () => {
    const project = await createProject(registry.host, { files: { 'tests/10-boots.sh': 'sleep 1000\n' } });
    const { git, config, client } = project;
    const base = await build(project.base, '44.20260707.3.1');
    const { tag } = await readCandidate({ git, config, client });
    await copyImage(client, { from: base, to: config.testImage, tags: [tag] });
    const output = join(await temporaryFolder(), 'output');
    const child = spawn(
      process.execPath,
      [join(cliFolder, 'main.mjs'), 'boot-test', '--output', output, '--directory', git.directory],
      { stdio: 'ignore' },
    );
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await vi.waitFor(
      async () => expect(await readFile(join(output, 'results.log'), 'utf8')).toContain('start'),
      { timeout: 60_000, interval: 200 },
    );
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect((await exec('ps', ['-eo', 'args'])).stdout).not.toContain(output);
    await noneIsLeft();
    expect(await findEvidence(client, config.testImage, base.digest, unsigned)).toEqual([]);
    await expect(readFile(join(output, 'report.json'))).rejects.toThrow(/ENOENT/);
  }, 90_000);
});

async function run(
  project: TestProject,
  now: number,
  ...more: string[]
): Promise<Outcome & { data: Record<string, unknown> }> {
  const output = join(await temporaryFolder(), 'output');
  const args = ['--directory', project.git.directory, '--output', output, ...more];
  const values = readArguments(bootTest.inputs, args);
  const outcome = await bootTest.run(values as Parameters<typeof bootTest.run>[0], contextAt(now));
  requireAnswer('boot-test', outcome.data);
  const data = outcome.data as Record<string, unknown>;
  if (data.skipped !== true) {
    const report = JSON.parse(await readFile(join(output, 'report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject({ verdict: data.verdict, image: data.image, evidence: data.evidence });
    expect(await readFile(join(output, 'results.log'), 'utf8')).toMatch(/\n\w+ done \d/);
    for (const name of Object.values(outputNames)) await readFile(join(output, name));
  }
  return { ...outcome, data };
}
