import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defined } from '../../host/defined.ts';
import { beforeWriting } from '../../host/dry-run.ts';
import { InputError } from '../../host/errors.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import type { Log } from '../../host/log.ts';
import { count } from '../../host/report.ts';
import { requireTools } from '../../host/tools.ts';
import { findFleet } from '../../project/fleets.ts';
import { requireBootSpace } from '../../release/candidate/space.ts';
import type { Project } from '../../release/project.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { Digest } from '../../world/registry/reference.ts';
import { agentQuestion } from './agent-question.ts';
import { hasUpgradeTests } from './guest/list-tests.ts';
import { type CommittedTests, readCommittedTests } from './guest/tests-of-commit.ts';
import { findImageUnderTest } from './image-under-test.ts';
import type { BootMode } from './machine/boot-modes.ts';
import { requireBootTestTools } from './machine/boot-with-harness.ts';
import type { Network } from './machine/machine-types.ts';
import { upgradesTo } from './rehearsal/upgrades-to.ts';
import {
  aboutTheImage,
  attachEvidence,
  covers,
  evidenceBefore,
  evidenceOf,
  evidenceOn,
  evidenceSigner,
  onFiles,
} from './report/image-evidence.ts';
import { asOnlyWriter } from './report/one-writer.ts';
import { writeOutput } from './report/output-files.ts';
import { commentOn, type TestedImage } from './report/report-text.ts';
import type { BootCertificate } from './secure-boot.ts';
import { runTests } from './test-run.ts';

export interface TestImageOptions {
  /** Default: the image in the test registry that the checkout's commit builds. */
  readonly image?: string;
  /** The folder that build-image --local wrote the commit's image to. */
  readonly local?: string;
  /** Default: this machine's, if the configuration has it. */
  readonly architecture?: Architecture;
  /** Folder for logs and the report; created if missing. */
  readonly output: string;
  /** Test again although the image has passed these same tests. */
  readonly force: boolean;
  /**
   * The fleet that the image is for. Default: the fleet of this branch, or of the branch that its pull request goes
   * to.
   */
  readonly fleet?: string;
  /** These take precedence over the configuration. */
  readonly memoryMegabytes?: number;
  readonly cpus?: number;
  readonly network?: Network;
  readonly mode?: BootMode;
  readonly deadlineSeconds?: number;
  /** A static busybox for the architecture of the image. */
  readonly helper?: string;
  /** May hold a key for evidence (release/attestations/sign.ts). */
  readonly env?: NodeJS.ProcessEnv;
  /** UNIX seconds. */
  readonly now: number;
  readonly log: Log;
}

export interface TestImageAnswer extends TestedImage {
  readonly digest: Digest;
  /** Passing evidence existed already; nothing was booted. */
  readonly skipped: boolean;
  /** Digest of the evidence; absent if none was written. */
  readonly evidenceDigest?: Digest;
  /** The pull request that got the comment. */
  readonly pullRequest?: number;
}

/**
 * Boots the exact image that the checkout's commit builds, runs the tests of that commit in it, attaches the result
 * to the image's digest and comments on the pull request. When it runs again, it finds the evidence and only
 * comments. For an image in a folder, the result is only returned and written to files, because there is no registry
 * to attach it to.
 */
export async function testImage(project: Project, options: TestImageOptions): Promise<TestImageAnswer> {
  const { git, config } = project;
  const { log } = options;
  const commit = await git.run(['rev-parse', 'HEAD']);
  const architecture = options.architecture ?? ownArchitecture(config.architectures);
  const fleet = await fleetOf(project, options, commit);
  const mode = options.mode ?? config.bootTest.mode;
  return withTemporaryFolder('tests', async (folder) => {
    const testsFolder = join(folder, 'tests');
    await mkdir(testsFolder);
    const tests = await readCommittedTests(git, commit, config.tests, testsFolder);
    await warnOfUncommitted(project, log);
    const tested = await findImageUnderTest(project, commit, architecture, options);
    const { source, image, digest, version } = tested;
    const known = { image: source.name, version: version === '' ? undefined : version, digest };
    const from = wantsUpgrades(project, tests)
      ? await upgradesTo(project, { fleet, tested, architecture, log })
      : [];
    const earlier = options.force ? undefined : await evidenceOn(project, tested, tests, mode);
    if (earlier !== undefined && covers(earlier.evidence, from)) {
      const answer = { ...known, evidence: earlier.evidence };
      const pullRequest = await tellPullRequest(project, commit, answer);
      const evidenceDigest = earlier.descriptor.digest;
      return { ...answer, skipped: true, ...defined({ evidenceDigest, pullRequest }) };
    }
    const signer = await evidenceSigner(project, { tested, env: options.env ?? {}, log });
    beforeWriting(
      () =>
        `boot ${source.name}, run its tests (${count(tests.files.length, 'file')}), and attach the result`,
    );
    await requireBootTestTools(architecture, options.helper);
    await requireBootSpace(image, { env: process.env, rehearses: from.length > 0 });
    const follows = await evidenceBefore(project, tested);
    const output = resolve(options.output);
    return asOnlyWriter(output, async () => {
      const report = await runTests({
        source,
        image,
        version,
        config,
        mode,
        ...(await ignitionOf(project, commit, folder)),
        certificates: await certificatesOf(project, commit, folder),
        machine: machineFor(project, options, architecture),
        tests,
        testsFolder,
        fleet,
        from,
        foreign: ownArchitectureName() !== architecture,
        agent: () => agentQuestion(project, { fleet, tested, architecture, log }),
        ...onFiles(project, tested, { signer, log }),
        outputFolder: output,
        log,
      });
      const console = await readFile(report.consoleLog, 'utf8');
      const { now: startedAt, env = {} } = options;
      const evidence = evidenceOf(report, { tested, tests, config, console, startedAt, follows, env });
      const answer = { ...known, evidence, report, console };
      const evidenceDigest = await attachEvidence(project, { tested, evidence, report, signer, log });
      await writeOutput(output, answer, {
        testsFolder: config.tests,
        startedAt: options.now,
        facts: { fleet, testsTree: tests.tree, evidence: evidenceDigest },
      });
      const told = aboutTheImage(report) && options.local === undefined;
      const pullRequest = told ? await tellPullRequest(project, commit, answer) : undefined;
      return { ...answer, skipped: false, ...defined({ evidenceDigest, pullRequest }) };
    });
  });
}

/** The configuration for Ignition as it is in the commit. @throws InputError if the commit has no such file */
async function ignitionOf(
  { git, config }: Project,
  commit: string,
  folder: string,
): Promise<{ ignition?: string }> {
  const { ignition } = config.bootTest;
  if (ignition === undefined) return {};
  const text = await git.try(['show', `${commit}:${ignition}`]);
  if (text === undefined) {
    throw new InputError({
      where: 'coxswain.yaml',
      field: 'boot-test.ignition',
      problem: `commit ${shortCommit(commit)} has no such file`,
      found: ignition,
    });
  }
  const file = join(folder, 'config.ign');
  await writeFile(file, text);
  return { ignition: file };
}

/** The certificates for Secure Boot as they are in the commit. @throws InputError if the commit lacks one */
async function certificatesOf(
  { git, config }: Project,
  commit: string,
  folder: string,
): Promise<BootCertificate[]> {
  const files = config.bootTest.secureBoot;
  if (files.length > 0) requireTools(['sbverify']);
  return Promise.all(
    files.map(async (name, index) => {
      const text = await git.try(['show', `${commit}:${name}`]);
      if (text === undefined) {
        throw new InputError({
          where: 'coxswain.yaml',
          field: 'boot-test.secure-boot.certificates',
          problem: `commit ${shortCommit(commit)} has no such file`,
          found: name,
        });
      }
      const file = join(folder, `certificate-${index}.pem`);
      await writeFile(file, `${text}\n`);
      return { name, file };
    }),
  );
}

function machineFor({ config }: Project, options: TestImageOptions, architecture: Architecture) {
  const deadlineSeconds = options.deadlineSeconds ?? config.bootTest.deadlineSeconds;
  return {
    architecture,
    memoryMegabytes: options.memoryMegabytes ?? config.bootTest.memoryMegabytes,
    network: options.network ?? config.bootTest.network,
    kernelArguments: config.bootTest.kernelArguments,
    ...defined({
      deadlineSeconds,
      helper: options.helper,
      cpus: options.cpus ?? config.bootTest.cpus,
    }),
  };
}

/** The fleet of that name, or of the commit; undefined if the commit belongs to no fleet that we know. */
async function fleetOf(
  { git, config, forge }: Project,
  options: TestImageOptions,
  commit: string,
): Promise<string | undefined> {
  if (options.fleet !== undefined) return findFleet(config, options.fleet).name;
  // A test of a local build needs no remote.
  const request = options.local === undefined ? await forge.pullRequests.findByCommit(commit) : undefined;
  const branch = request?.base ?? (await git.try(['symbolic-ref', '--quiet', '--short', 'HEAD']));
  return Object.values(config.fleets).find((fleet) => fleet.branch === branch)?.name;
}

function wantsUpgrades({ config }: Project, tests: CommittedTests): boolean {
  return config.bootTest.upgrades ?? hasUpgradeTests(tests.upgrade);
}

function ownArchitectureName(): Architecture | undefined {
  return ({ x64: 'x86_64', arm64: 'aarch64' } as Partial<Record<string, Architecture>>)[process.arch];
}

function ownArchitecture(configured: readonly [Architecture, ...Architecture[]]): Architecture {
  const own = ownArchitectureName();
  return own !== undefined && configured.includes(own) ? own : configured[0];
}

async function warnOfUncommitted({ git, config, root }: Project, log: Log): Promise<void> {
  const changed = await git.run(['-C', root, 'status', '--porcelain', '--', config.tests]);
  if (changed !== '')
    log.warn(`${config.tests}/ has changes that are not committed; the tests run as they are in the commit`);
}

/** @returns the number of the pull request that has the comment now */
async function tellPullRequest(
  { forge }: Project,
  commit: string,
  tested: TestedImage,
): Promise<number | undefined> {
  const request = await forge.pullRequests.findByCommit(commit);
  if (request === undefined) return undefined;
  const told = await forge.pullRequests.comment(request.number, 'boot-test', commentOn(tested));
  return told ? request.number : undefined;
}
