import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Outcome } from '../../src/cli/verb.ts';
import { defined } from '../../src/host/defined.ts';
import { type Candidate, readCandidate } from '../../src/release/candidate/candidate.ts';
import type { TestEvidence } from '../../src/release/evidence/statement.ts';
import { findEvidence, pushEvidence } from '../../src/release/evidence/store.ts';
import { testSettings } from '../../src/release/evidence/test-settings.ts';
import bootTest from '../../src/verbs/boot-test.ts';
import {
  atTag,
  type DigestReference,
  formatReference,
  formatRepository,
} from '../../src/world/registry/reference.ts';
import { requireAnswer } from '../support/answers.ts';
import { contextAt, createProject, publishBase, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles, temporaryFolder } from '../support/repository.ts';
import { unsigned } from '../support/trust.ts';

// Everything except the machine itself, which test/local-stack tests.

const registry = useRegistry();
const now = 1_784_100_000;

async function run(
  project: TestProject,
  ...args: string[]
): Promise<Outcome & { data: Record<string, unknown> }> {
  const output = join(await temporaryFolder(), 'output');
  const all = ['--directory', project.git.directory, '--output', output, ...args];
  const values = readArguments(bootTest.inputs, all) as Parameters<typeof bootTest.run>[0];
  const outcome = await bootTest.run(values, contextAt(now));
  requireAnswer('boot-test', outcome.data);
  return outcome as Outcome & { data: Record<string, unknown> };
}

/** A project whose commit is built: the test registry has an image under its build key. */
async function builtProject(files: Record<string, string> = {}, more: Record<string, string> = {}) {
  const project = await createProject(registry.host, { files });
  await publishBase(project, '44.20260707.3.1');
  const { git, config, client } = project;
  const candidate = await readCandidate({ git, config, client });
  const labels = {
    'org.opencontainers.image.version': candidate.version,
    'com.coreos.stream': 'stable',
    'containers.bootc': '1',
    ...more,
  };
  const image = await pushSampleImage(client, config.testImage, { tag: candidate.tag, labels });
  return { project, candidate, image };
}

describe('boot-test', () => {
  it('refuses a commit without tests: nothing would be tested', async () => {
    const { project } = await builtProject();
    await commitFiles(project.git, { 'tests/10-boots.sh': null, 'tests/README.md': 'Tests go here.\n' });
    await expect(run(project)).rejects.toThrow(
      /tests\/ \(commit \w{12}\): nothing would be tested: the folder has no tests in this commit.*10-boots\.sh/,
    );
    await commitFiles(project.git, { 'tests/README.md': null });
    await expect(run(project)).rejects.toThrow(/nothing would be tested: the commit has no such folder/);
  });

  it('says what to do if the commit is not built', async () => {
    const project = await createProject(registry.host);
    await publishBase(project, '44.20260707.3.1');
    await expect(run(project)).rejects.toThrow(
      /os-test:key-\w{16}: .*no image for commit.*Run coxswain build-image/,
    );
  });

  it('does not boot again what has passed these same tests, and still comments on the pull request', async () => {
    const { project, candidate, image } = await builtProject();
    const evidence = await prove(project, candidate, image, 'PASSED');
    await project.git.run(['switch', '--quiet', '--create', 'change']);
    await commitFiles(project.git, { 'rollouts/note.txt': 'No input of the image.\n' });
    const after = await readCandidate({ git: project.git, config: project.config, client: project.client });
    await pushSampleTag(project, image.digest, after.tag);
    const { number } = await project.forge.pullRequests.open({
      head: 'change',
      base: 'testing',
      title: 'Change',
      body: '',
      ready: true,
      labels: [],
    });
    const outcome = await run(project);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.data).toMatchObject({
      verdict: 'passed',
      passed: true,
      skipped: true,
      digest: image.digest,
      evidence,
      tests: [{ name: '10-boots.sh', result: 'passed' }],
      pullRequest: number,
    });
    expect(outcome.text).toContain('--force boots it again');
    const comments = async () => (await project.forge.pullRequests.list())[0]?.comments;
    const [comment, ...others] = (await comments()) ?? [];
    expect(comment).toMatchObject({
      key: 'boot-test',
      body: expect.stringContaining('### Boot test: passed'),
    });
    expect(others).toEqual([]);
    await run(project);
    expect(await comments()).toEqual([comment]);
  });

  it('trusts no evidence of other tests, or of a failure', async () => {
    const { project, candidate, image } = await builtProject();
    await prove(project, candidate, image, 'FAILED');
    // It is not a bootable image: an attempt to read its layers shows that the evidence did not count.
    await expect(run(project)).rejects.toThrow(
      /layer \d of \d of .*os-test@sha256.*cannot be unpacked|by root/,
    );
    await prove(project, candidate, image, 'PASSED', now - 10);
    expect((await run(project)).data).toMatchObject({ skipped: true });
    await commitFiles(project.git, { 'tests/20-new.sh': 'true\n' });
    await expect(run(project)).rejects.toThrow(/cannot be unpacked|by root/);
  });

  it('trusts no evidence of a commit whose configuration allows other failures: the image is the same', async () => {
    const { project, candidate, image } = await builtProject();
    const { bootTest } = project.config;
    const lax = testSettings({ bootTest: { ...bootTest, allowedUnits: ['broken.service'] } });
    await prove(project, candidate, image, 'PASSED', now - 20, { settings: lax });
    await expect(run(project)).rejects.toThrow(/cannot be unpacked|by root/);
    await prove(project, candidate, image, 'PASSED', now - 30, { settings: testSettings(project.config) });
    expect((await run(project)).data).toMatchObject({ skipped: true });
  });

  it.each([
    ['coxswain.yaml', []],
    ['the command line', ['--mode', 'ostree']],
  ])('trusts no pass in another mode than the one that %s asks for', async (where, args) => {
    const { project, candidate, image } = await builtProject();
    if (where === 'coxswain.yaml') {
      const before = await readFile(join(project.git.directory, where), 'utf8');
      const after = before.replace('init: any', 'init: any, mode: ostree');
      expect(after).not.toBe(before);
      await commitFiles(project.git, { [where]: after });
    }
    await prove(project, candidate, image, 'PASSED', now - 20, { mode: 'direct' });
    await expect(run(project, ...args)).rejects.toThrow(/cannot be unpacked|by root/);
    await prove(project, candidate, image, 'PASSED', now - 30, { mode: 'ostree' });
    expect((await run(project, ...args)).data).toMatchObject({ skipped: true });
  });

  it('refuses what is not labelled as a node needs it, before anything is pulled', async () => {
    const { project, image } = await builtProject(
      {},
      { 'com.coreos.stream': 'next', 'containers.bootc': '' },
    );
    const outcome = await run(project);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.data).toMatchObject({
      verdict: 'check-failed',
      passed: false,
      tests: [
        {
          name: 'check: labels',
          result: 'failed',
          output: expect.stringMatching(/no label containers\.bootc[\s\S]*stream is "next", .* is "stable"/),
        },
      ],
    });
    const [found] = await findEvidence(project.client, project.config.testImage, image.digest, unsigned);
    expect(found?.evidence).toMatchObject({ result: 'FAILED', tests: [{ name: 'check: labels' }] });
  });

  it('reads the tests of the commit, not those of the work tree', async () => {
    const { project, candidate, image } = await builtProject();
    await prove(project, candidate, image, 'PASSED');
    await rm(join(project.git.directory, 'tests'), { recursive: true });
    expect((await run(project)).data).toMatchObject({ skipped: true });
  });

  it.each([
    [['--memory', '64'], /--memory: not a number in the range, found "64"/],
    [['--memory', '1e9'], /--memory/],
    [['--cpus', '0'], /--cpus: not a number in the range/],
    [['--network', 'open'], /--network: no such choice, found "open".*closed.*user/],
    [['--fleet', 'stabel'], /no such fleet.*Did you mean stable/],
    [['--deadline', 'soon'], /--deadline: not a duration/],
    [['--architecture', 'amd64'], /--architecture: no such choice, found "amd64", expected one of x86_64/],
    [['--image', 'fedora-coreos:stable'], /--image: this image name has no registry host/],
  ])('refuses %j', async (args, problem) => {
    const project = await createProject(registry.host);
    await expect(run(project, ...args)).rejects.toThrow(problem);
  });

  it('names an image that does not exist', async () => {
    const project = await createProject(registry.host);
    const missing = formatReference(atTag(project.config.testImage, 'nothing'));
    await expect(run(project, '--image', missing)).rejects.toThrow(missing);
  });
});

/** Attaches a result to an image in the test registry. */
async function prove(
  { client, config }: TestProject,
  { testsTree }: Candidate,
  image: DigestReference,
  result: 'PASSED' | 'FAILED',
  startedAt = now - 100,
  { settings, mode }: Pick<TestEvidence, 'settings' | 'mode'> = {},
): Promise<string> {
  const { descriptor } = await client.getManifest(image);
  const evidence = await pushEvidence(client, config.testImage, descriptor, {
    subject: { repository: formatRepository(config.testImage), digest: image.digest },
    result,
    testsTree,
    ...defined({ settings, mode }),
    tests: [{ name: '10-boots.sh', result: result === 'PASSED' ? 'passed' : 'failed', seconds: 1 }],
    kernel: '6.1.0',
    architecture: 'x86_64',
    accelerator: 'tcg',
    startedAt,
    seconds: 3,
  });
  return evidence.digest;
}

async function pushSampleTag({ client, config }: TestProject, digest: string, tag: string): Promise<void> {
  const { bytes, descriptor } = await client.getManifest({
    kind: 'digest',
    repository: config.testImage,
    digest: digest as `sha256:${string}`,
  });
  await client.putManifest(config.testImage, tag, bytes, descriptor.mediaType);
}
