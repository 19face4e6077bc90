import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findBuilt, readCandidate } from '../build/candidate.ts';
import type { Project } from '../cli/project.ts';
import type { TestEvidence } from '../evidence/statement.ts';
import { passingEvidence, pushEvidence } from '../evidence/store.ts';
import { InputError } from '../host/errors.ts';
import { withTemporaryFolder, writeFileAtomically } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import type { Architecture } from '../registry/architecture.ts';
import { type Image, readImage } from '../registry/image.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  formatReference,
  formatRepository,
  parseReference,
  type Reference,
  sameRepository,
} from '../registry/reference.ts';
import { requireBootTestTools, runBootTest } from './boot-test.ts';
import { commentOn, evidenceLog, type TestedImage } from './describe.ts';
import type { BootReport } from './report.ts';
import { withRootFilesystem } from './root-filesystem.ts';
import { type CommittedTests, readCommittedTests } from './tests-of-commit.ts';

export interface TestImageOptions {
  /** Default: the image in the test registry that the checkout's commit builds. */
  readonly image?: string;
  /** Default: this machine's, where the configuration has it. */
  readonly architecture?: Architecture;
  /** Folder for logs and the report; made when missing. */
  readonly output: string;
  /** Test again what has passed these very tests. */
  readonly force: boolean;
  readonly memoryMegabytes?: number;
  readonly deadlineSeconds?: number;
  /** UNIX seconds. */
  readonly now: number;
  readonly log: Log;
}

export interface TestImageAnswer extends TestedImage {
  readonly digest: Digest;
  /** Passing evidence was there already; nothing was booted. */
  readonly skipped: boolean;
  /** Digest of the evidence; absent where none was written. */
  readonly evidenceDigest?: Digest;
  /** The pull request that was told. */
  readonly pullRequest?: number;
}

/**
 * Boots the exact image that the checkout's commit builds, runs the tests of that commit in it, attaches the result
 * to the image's digest and tells the pull request. Done again, it finds the evidence and only tells.
 */
export async function testImage(project: Project, options: TestImageOptions): Promise<TestImageAnswer> {
  const { git, config, client } = project;
  const commit = await git.run(['rev-parse', 'HEAD']);
  const architecture = options.architecture ?? ownArchitecture(config.architectures);
  return withTemporaryFolder('tests', async (testsFolder) => {
    const tests = await readCommittedTests(git, commit, config.tests, testsFolder);
    await warnOfUncommitted(project, options.log);
    const reference = await findImage(project, options, commit);
    const image = await readImage(client, reference, architecture);
    const exact = atDigest(reference.repository, image.manifest.descriptor.digest);
    const known = {
      image: formatReference(exact),
      version: image.config.labels['org.opencontainers.image.version'],
      digest: exact.digest,
    };
    const earlier = options.force
      ? undefined
      : await passingEvidence(client, exact.repository, exact.digest, tests.tree);
    if (earlier !== undefined) {
      const tested = { ...known, evidence: earlier.evidence };
      const pullRequest = await tellPullRequest(project, commit, tested);
      return { ...tested, skipped: true, evidenceDigest: earlier.descriptor.digest, ...pullRequest };
    }
    await requireBootTestTools(architecture);
    const output = resolve(options.output);
    const report = await bootAndTest(exact, image, { options, architecture, tests, testsFolder, output });
    const console = await readFile(report.consoleLog, 'utf8');
    const evidence = evidenceOf(report, { exact, tests, console, startedAt: options.now });
    const tested = { ...known, evidence, report, console };
    const evidenceDigest = await attachEvidence(project, {
      exact,
      image,
      evidence,
      report,
      log: options.log,
    });
    await writeFileAtomically(
      join(output, 'report.json'),
      `${JSON.stringify({ image: known.image, version: known.version, testsTree: tests.tree, evidence: evidenceDigest, ...report }, undefined, 2)}\n`,
    );
    const pullRequest = aboutTheImage(report) ? await tellPullRequest(project, commit, tested) : {};
    return {
      ...tested,
      skipped: false,
      ...(evidenceDigest === undefined ? {} : { evidenceDigest }),
      ...pullRequest,
    };
  });
}

function ownArchitecture(configured: readonly [Architecture, ...Architecture[]]): Architecture {
  const own = ({ x64: 'x86_64', arm64: 'aarch64' } as Partial<Record<string, Architecture>>)[process.arch];
  return own !== undefined && configured.includes(own) ? own : configured[0];
}

async function findImage(
  { git, config, client }: Project,
  options: TestImageOptions,
  commit: string,
): Promise<Reference> {
  if (options.image !== undefined) return parseReference(options.image, { field: '--image' });
  const candidate = await readCandidate({ git, config, client, commit });
  const built = await findBuilt(client, config, candidate);
  if (built !== undefined) return built;
  throw new InputError({
    where: formatReference(atTag(config.testImage, candidate.tag)),
    problem: `the test registry has no image for commit ${commit.slice(0, 12)}`,
    remedy: 'Run coxswain build-image first.',
  });
}

async function warnOfUncommitted({ git, config, root }: Project, log: Log): Promise<void> {
  const changed = await git.run(['-C', root, 'status', '--porcelain', '--', config.tests]);
  if (changed !== '')
    log.warn(`${config.tests}/ has changes that are not committed; the tests run as they are in the commit`);
}

async function bootAndTest(
  exact: DigestReference,
  image: Image,
  run: {
    readonly options: TestImageOptions;
    readonly architecture: Architecture;
    readonly tests: CommittedTests;
    readonly testsFolder: string;
    readonly output: string;
  },
): Promise<BootReport> {
  const { options, architecture, tests, testsFolder, output } = run;
  const { memoryMegabytes, deadlineSeconds, log } = options;
  return withRootFilesystem(
    exact,
    (root) =>
      runBootTest({
        root,
        image: formatReference(exact),
        tests: tests.files,
        testsFolder,
        architecture,
        environment: {
          COXSWAIN_VERSION: image.config.labels['org.opencontainers.image.version'] ?? '',
          COXSWAIN_DIGEST: exact.digest,
          COXSWAIN_ARCHITECTURE: architecture,
        },
        outputFolder: output,
        log,
        ...(memoryMegabytes === undefined ? {} : { memoryMegabytes }),
        ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
      }),
    { log },
  );
}

function evidenceOf(
  report: BootReport,
  about: {
    readonly exact: DigestReference;
    readonly tests: CommittedTests;
    readonly console: string;
    readonly startedAt: number;
  },
): TestEvidence {
  const { exact, tests, console, startedAt } = about;
  return {
    subject: { repository: formatRepository(exact.repository), digest: exact.digest },
    result: report.verdict === 'passed' ? 'PASSED' : 'FAILED',
    testsTree: tests.tree,
    tests: report.tests.map(({ output: _output, ...result }) => result),
    kernel: report.kernel,
    architecture: report.architecture,
    accelerator: report.accelerator,
    startedAt,
    seconds: report.seconds.total,
    log: evidenceLog(report, console),
  };
}

/** An emulator that failed, or was ended from outside, says nothing about the image. */
function aboutTheImage({ verdict }: BootReport): boolean {
  return verdict !== 'qemu-failed';
}

/** Evidence belongs into the test registry. */
async function attachEvidence(
  { client, config }: Project,
  about: {
    readonly exact: DigestReference;
    readonly image: Image;
    readonly evidence: TestEvidence;
    readonly report: BootReport;
    readonly log: Log;
  },
): Promise<Digest | undefined> {
  const { exact, image, evidence, report, log } = about;
  if (!sameRepository(exact.repository, config.testImage)) {
    log.warn(`no evidence is written: the image is not in ${formatRepository(config.testImage)}`);
    return undefined;
  }
  if (!aboutTheImage(report)) return undefined;
  return (await pushEvidence(client, exact.repository, image.manifest.descriptor, evidence)).digest;
}

async function tellPullRequest(
  { forge }: Project,
  commit: string,
  tested: TestedImage,
): Promise<{ pullRequest?: number }> {
  const request = await forge.pullRequests.findByCommit(commit);
  if (request === undefined) return {};
  await forge.pullRequests.comment(request.number, 'boot-test', commentOn(tested));
  return { pullRequest: request.number };
}
