import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findBuilt, readCandidate } from '../build/candidate.ts';
import type { Project } from '../cli/project.ts';
import type { TestEvidence } from '../evidence/statement.ts';
import { passingEvidence, pushEvidence } from '../evidence/store.ts';
import { findFleet } from '../fleets/fleets.ts';
import { InputError } from '../host/errors.ts';
import { withTemporaryFolder } from '../host/files.ts';
import type { Log } from '../host/log.ts';
import { recordPackages } from '../packages/packages.ts';
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
import { requireBootTestTools } from './boot-test.ts';
import { commentOn, evidenceLog, type TestedImage } from './describe.ts';
import type { Network } from './machine-types.ts';
import { writeOutput } from './output-files.ts';
import type { BootReport } from './report.ts';
import { type FromRelease, runTests } from './test-run.ts';
import { type CommittedTests, readCommittedTests } from './tests-of-commit.ts';
import { hasUpgradeTests } from './upgrade-stages.ts';
import { upgradeStarts } from './upgrade-starts.ts';

export interface TestImageOptions {
  /** Default: the image in the test registry that the checkout's commit builds. */
  readonly image?: string;
  /** Default: this machine's, where the configuration has it. */
  readonly architecture?: Architecture;
  /** Folder for logs and the report; made when missing. */
  readonly output: string;
  /** Test again what has passed these very tests. */
  readonly force: boolean;
  /** The fleet that the image is for. Default: the one whose branch this is, or goes to by a pull request. */
  readonly fleet?: string;
  /** These take precedence over the configuration. */
  readonly memoryMegabytes?: number;
  readonly cpus?: number;
  readonly network?: Network;
  readonly deadlineSeconds?: number;
  /** A static busybox for the architecture of the image. */
  readonly helper?: string;
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
  const fleet = await fleetOf(project, options, commit);
  return withTemporaryFolder('tests', async (testsFolder) => {
    const tests = await readCommittedTests(git, commit, config.tests, testsFolder);
    await warnOfUncommitted(project, options.log);
    const reference = await findImage(project, options, commit);
    const image = await readImage(client, reference, architecture);
    const exact = atDigest(reference.repository, image.manifest.descriptor.digest);
    const version = image.config.labels['org.opencontainers.image.version'];
    const known = { image: formatReference(exact), version, digest: exact.digest };
    const from = wantsUpgrades(project, tests)
      ? await upgradesTo(project, { fleet, exact, version: version ?? '', architecture })
      : [];
    const earlier = options.force
      ? undefined
      : await passingEvidence(client, exact.repository, exact.digest, tests.tree);
    if (earlier !== undefined && covers(earlier.evidence, from)) {
      const tested = { ...known, evidence: earlier.evidence };
      const pullRequest = await tellPullRequest(project, commit, tested);
      return { ...tested, skipped: true, evidenceDigest: earlier.descriptor.digest, ...pullRequest };
    }
    await requireBootTestTools(architecture, options.helper);
    const output = resolve(options.output);
    const about = { repository: exact.repository, subject: image.manifest.descriptor };
    const report = await runTests({
      exact,
      image,
      version: version ?? '',
      config,
      machine: machineFor(project, options, architecture),
      tests,
      testsFolder,
      fleet,
      from,
      foreign: ownArchitectureName() !== architecture,
      ...(sameRepository(exact.repository, config.testImage)
        ? { onFiles: (root: string) => recordPackages(client, { ...about, root, log: options.log }) }
        : {}),
      outputFolder: output,
      log: options.log,
    });
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
    await writeOutput(output, tested, {
      testsFolder: config.tests,
      startedAt: options.now,
      facts: { fleet, testsTree: tests.tree, evidence: evidenceDigest },
    });
    const pullRequest = aboutTheImage(report) ? await tellPullRequest(project, commit, tested) : {};
    return {
      ...tested,
      skipped: false,
      ...(evidenceDigest === undefined ? {} : { evidenceDigest }),
      ...pullRequest,
    };
  });
}

function machineFor({ config }: Project, options: TestImageOptions, architecture: Architecture) {
  const deadlineSeconds = options.deadlineSeconds ?? config.bootTest.deadlineSeconds;
  return {
    architecture,
    memoryMegabytes: options.memoryMegabytes ?? config.bootTest.memoryMegabytes,
    cpus: options.cpus ?? config.bootTest.cpus,
    network: options.network ?? config.bootTest.network,
    ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    ...(options.helper === undefined ? {} : { helper: options.helper }),
  };
}

/** By name; undefined where the commit is for no fleet that we know. */
async function fleetOf(
  { git, config, forge }: Project,
  options: TestImageOptions,
  commit: string,
): Promise<string | undefined> {
  if (options.fleet !== undefined) return findFleet(config, options.fleet).name;
  const branch =
    (await forge.pullRequests.findByCommit(commit))?.base ??
    (await git.try(['symbolic-ref', '--quiet', '--short', 'HEAD']));
  return Object.values(config.fleets).find((fleet) => fleet.branch === branch)?.name;
}

function wantsUpgrades({ config }: Project, tests: CommittedTests): boolean {
  return config.bootTest.upgrades ?? hasUpgradeTests(tests.upgrade);
}

/** The releases that live nodes of the fleet would update from. */
async function upgradesTo(
  { state }: Project,
  to: {
    readonly fleet: string | undefined;
    readonly exact: DigestReference;
    readonly version: string;
    readonly architecture: Architecture;
  },
): Promise<FromRelease[]> {
  if (to.fleet === undefined) return [];
  const candidate = { version: to.version, payload: formatReference(to.exact), basearch: to.architecture };
  return upgradeStarts(await state.readFleet(to.fleet), candidate).flatMap(({ version, payload }) => {
    const image = parseReference(payload, { where: `release ${version} of fleet ${to.fleet}` });
    // The candidate itself, served from another repository: nodes that have it are where they should be.
    return image.kind === 'digest' && image.digest !== to.exact.digest ? [{ version, image }] : [];
  });
}

/** The evidence knows every update that nodes would make now. */
function covers(evidence: TestEvidence, from: readonly FromRelease[]): boolean {
  return from.every(({ image }) =>
    evidence.upgrades?.some(({ digest, result }) => digest === image.digest && result === 'PASSED'),
  );
}

function ownArchitectureName(): Architecture | undefined {
  return ({ x64: 'x86_64', arm64: 'aarch64' } as Partial<Record<string, Architecture>>)[process.arch];
}

function ownArchitecture(configured: readonly [Architecture, ...Architecture[]]): Architecture {
  const own = ownArchitectureName();
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
    ...(report.upgrades === undefined
      ? {}
      : {
          upgrades: report.upgrades.map(({ from, digest, passed }) => ({
            from,
            digest,
            result: passed ? ('PASSED' as const) : ('FAILED' as const),
          })),
        }),
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
