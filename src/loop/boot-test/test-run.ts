import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../host/defined.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import { type InsideRoot, insideRoot } from '../../host/inside-root.ts';
import type { Project } from '../../release/project.ts';
import type { Image } from '../../world/registry/image.ts';
import type { DigestReference } from '../../world/registry/reference.ts';
import { type AgentQuestion, agentTestName, hasAgent, writeAgentTest } from './guest/node-agent.ts';
import { type RunInImage, withRootFilesystem } from './guest/root-filesystem.ts';
import { readOsRelease } from './guest/systemd.ts';
import type { CommittedTests } from './guest/tests-of-commit.ts';
import { checkKernel, checkLabels, checkLeftovers, checkLint, kernelCheckName } from './image-check.ts';
import { type ImageSource, inRegistry } from './image-source.ts';
import type { MachineSettings } from './machine/boot-directly.ts';
import type { BootMode } from './machine/boot-modes.ts';
import { unbooted } from './machine/machine-report.ts';
import { type ModeMachine, machineOfMode } from './machine-of-mode.ts';
import type { BootReport, Rehearsal, TestResult } from './report/boot-report.ts';
import { isFedoraCoreOs, type KnownFailure, knownFailuresOf } from './report/known-failures.ts';
import { type BootCertificate, checkSecureBoot } from './secure-boot.ts';

/** A release that nodes update from. */
export interface FromRelease {
  readonly version: string;
  readonly image: DigestReference;
}

export interface TestRunOptions extends Pick<Project, 'config' | 'log'> {
  readonly source: ImageSource;
  readonly image: Image;
  readonly version: string;
  /** Absent: `direct`, or `ostree` if there is a configuration for Ignition. */
  readonly mode: BootMode | undefined;
  /** Path of a configuration for Ignition, which runs in the image's own initramfs. */
  readonly ignition?: string;
  /** One of them has to have signed the kernel; none: it need not be signed. */
  readonly certificates?: readonly BootCertificate[];
  readonly machine: MachineSettings & { readonly deadlineSeconds?: number };
  readonly tests: CommittedTests;
  readonly testsFolder: string;
  readonly fleet: string | undefined;
  /** Releases to rehearse the update from. */
  readonly from: readonly FromRelease[];
  /** The image is of another architecture than this machine: none of its programs can be run here. */
  readonly foreign: boolean;
  /** The update that the image's own agent is asked about, if it has one. */
  readonly agent: () => Promise<AgentQuestion>;
  /** Called with the image's files while they are on this machine, after they have passed the checks. */
  readonly onFiles?: (root: string) => Promise<void>;
  readonly outputFolder: string;
}

/**
 * Everything that is tested about an image, the quick checks first, each only if those before succeeded: its
 * configuration, its files, a boot with the user's tests, and the updates that nodes will make.
 */
export async function runTests(options: TestRunOptions): Promise<BootReport> {
  const { source, image, config, machine, outputFolder, log } = options;
  const started = performance.now();
  const refuse = async (checks: TestResult[]) => {
    await mkdir(outputFolder, { recursive: true });
    return unbooted({ ...machine, outputFolder }, started, notAsShipped(checks));
  };
  const labels = checkLabels(image.config, config.stream);
  if (labels.result !== 'passed') return refuse([labels]);
  return withRootFilesystem(
    source,
    async (root, stored) => {
      const inside = insideRoot(root);
      const checks = [labels, ...(await checkFiles(options, inside, stored.run))];
      if (checks.some(({ result }) => result !== 'passed')) return refuse(checks);
      await options.onFiles?.(root);
      await mkdir(outputFolder, { recursive: true });
      return withTemporaryFolder('boot', async (folder) => {
        const machine = await machineOfMode({
          ...{ source, root: inside, stored, folder, log },
          wanted: options.mode,
          config: image.config,
          foreign: options.foreign,
          ...defined({ ignition: options.ignition }),
        });
        const boot = await bootOptions(options, inside, machine.mode);
        const agentTest = (await hasAgent(inside))
          ? [await writeAgentTest(await options.agent(), folder)]
          : [];
        const report = await machine.boot({ ...boot, tests: [...options.tests.files, ...agentTest] });
        const all = {
          ...report,
          mode: machine.mode,
          tests: [...checks, ...report.tests],
          ...defined({ agent: agentAnswer(report, agentTest.length > 0) }),
        };
        if (report.verdict !== 'passed' || options.from.length === 0) return withTotal(all, started);
        return withTotal(await withUpgrades(options, machine, all), started);
      });
    },
    { log, architecture: options.machine.architecture },
  );
}

/** What the image's own agent said; undefined if the machine ended before. */
function agentAnswer({ tests }: BootReport, wasAsked: boolean): BootReport['agent'] {
  if (!wasAsked) return 'none';
  const test = tests.find(({ name }) => name === agentTestName);
  if (test === undefined) return undefined;
  return test.result === 'passed' ? 'agrees' : 'disagrees';
}

async function checkFiles(options: TestRunOptions, root: InsideRoot, run: RunInImage): Promise<TestResult[]> {
  const { source, config, foreign, certificates = [] } = options;
  const prepareRoot = isFedoraCoreOs(await readOsRelease(root));
  const lint = foreign ? undefined : await checkLint(root, run);
  return [
    await checkKernel(root, source.name, { prepareRoot }),
    ...(certificates.length === 0 ? [] : [await checkSecureBoot(root, source.name, certificates)]),
    await checkLeftovers(root, config.bootTest.leftovers),
    ...(lint === undefined ? [] : [lint]),
  ];
}

function notAsShipped(checks: TestResult[]) {
  const failed = checks.filter(({ result }) => result !== 'passed');
  return {
    // Without a matching kernel and initramfs the machine would not even start.
    verdict: failed.some(({ name }) => name === kernelCheckName)
      ? ('unbootable' as const)
      : ('check-failed' as const),
    explanation: `The image lacks what a node needs, and was not booted: ${failed
      .map(({ name, output }) => `${name}: ${output.trim().split('\n')[0]}`)
      .join('; ')}.`,
    kernel: '',
    tests: checks,
  };
}

/** Units that cannot work in such a machine. A machine that boots from a disk has all that they need. */
async function knownFailures(
  { config }: TestRunOptions,
  root: InsideRoot,
  mode: BootMode,
): Promise<readonly KnownFailure[]> {
  if (mode === 'disk' || config.bootTest.knownFailures === 'none') return [];
  return knownFailuresOf(await readOsRelease(root), mode);
}

async function bootOptions(options: TestRunOptions, root: InsideRoot, mode: BootMode) {
  const { machine, testsFolder, config, image, version, fleet, outputFolder, log } = options;
  return {
    ...machine,
    testsFolder,
    init: config.bootTest.init,
    allowedUnits: config.bootTest.allowedUnits,
    knownFailures: await knownFailures(options, root, mode),
    environment: {
      COXSWAIN_VERSION: version,
      COXSWAIN_DIGEST: image.manifest.descriptor.digest,
      COXSWAIN_ARCHITECTURE: machine.architecture,
      COXSWAIN_STREAM: config.stream,
      ...defined({ COXSWAIN_FLEET: fleet }),
    },
    outputFolder,
    log,
  };
}

async function withUpgrades(
  options: TestRunOptions,
  machine: ModeMachine,
  report: BootReport,
): Promise<BootReport> {
  const upgrades: Rehearsal[] = [];
  for (const from of options.from) upgrades.push(await rehearseFrom(options, machine, from));
  const failed = upgrades.filter(({ passed }) => !passed);
  return {
    ...report,
    ...(failed.length === 0
      ? { explanation: [report.explanation, ...upgrades.map(({ explanation }) => explanation)].join(' ') }
      : {
          verdict: 'upgrade-failed',
          explanation: failed.map(({ explanation }) => explanation).join(' '),
        }),
    tests: [...report.tests, ...upgrades.flatMap(({ tests }) => tests)],
    upgrades,
  };
}

async function rehearseFrom(
  options: TestRunOptions,
  machine: ModeMachine,
  from: FromRelease,
): Promise<Rehearsal> {
  const { version, tests, outputFolder, log } = options;
  const source = inRegistry(from.image);
  const folder = join(outputFolder, `upgrade-from-${from.version.replace(/[^\w.-]/g, '_')}`);
  return withRootFilesystem(
    source,
    async (path, stored) => {
      const root = insideRoot(path);
      const boot = await bootOptions(options, root, machine.mode === 'disk' ? 'direct' : machine.mode);
      return machine.rehearse(
        {
          from: { version: from.version, digest: from.image.digest },
          candidate: { version },
          tests: tests.upgrade,
          machine: { ...boot, outputFolder: folder },
        },
        { source, root, stored },
      );
    },
    { log, architecture: options.machine.architecture },
  );
}

function withTotal(report: BootReport, started: number): BootReport {
  const total = Math.round((performance.now() - started) / 10) / 100;
  return { ...report, seconds: { ...report.seconds, total } };
}
