import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../host/defined.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import { type InsideRoot, insideRoot } from '../../host/inside-root.ts';
import type { Project } from '../../release/project.ts';
import type { Image } from '../../world/registry/image.ts';
import { type DigestReference, formatReference } from '../../world/registry/reference.ts';
import { type RunInImage, withRootFilesystem } from './guest/root-filesystem.ts';
import { readOsRelease } from './guest/systemd.ts';
import type { CommittedTests } from './guest/tests-of-commit.ts';
import { checkKernel, checkLabels, checkLeftovers, checkLint, kernelCheckName } from './image-check.ts';
import { type ImageSource, inRegistry } from './image-source.ts';
import {
  bootPrepared,
  type MachineSettings,
  type PreparedImage,
  prepareImage,
} from './machine/boot-directly.ts';
import { runDiskTest } from './machine/boot-from-disk.ts';
import type { BootMode } from './machine/disk-image.ts';
import { unbooted } from './machine/machine-report.ts';
import { rehearseUpgrade } from './rehearsal/rehearsal.ts';
import { isFedoraCoreOs, type KnownFailure, knownFailuresOf } from './report/known-failures.ts';
import type { BootReport, Rehearsal, TestResult } from './report/report.ts';

/** A release that nodes come from. */
export interface FromRelease {
  readonly version: string;
  readonly image: DigestReference;
}

export interface TestRunOptions extends Pick<Project, 'config' | 'log'> {
  readonly source: ImageSource;
  readonly image: Image;
  readonly version: string;
  /** `direct`: the image's kernel and an initrd of ours; `disk`: an installation, through the firmware. */
  readonly mode: BootMode;
  readonly machine: MachineSettings & { readonly deadlineSeconds?: number };
  readonly tests: CommittedTests;
  readonly testsFolder: string;
  readonly fleet: string | undefined;
  /** Releases to rehearse the update from. */
  readonly from: readonly FromRelease[];
  /** The image is of another architecture than this machine: none of its programs can be run here. */
  readonly foreign: boolean;
  /** Sees the image's files while they are mounted, once they have passed the checks. */
  readonly onFiles?: (root: string) => Promise<void>;
  readonly outputFolder: string;
}

/**
 * All there is to test of an image, the quick things first, each only if those before went well: what its
 * configuration says, what its files say, a boot with the user's tests, and the updates that nodes will make.
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
        const prepare = () => prepareImage({ root, image: source.name, folder, log });
        const boot = { ...(await bootOptions(options, inside)), tests: options.tests.files };
        const disk = { root, image: source.name, imageId: stored.id, foreign: options.foreign };
        const prepared = options.mode === 'disk' ? undefined : await prepare();
        const report =
          prepared === undefined
            ? await runDiskTest({ ...boot, ...disk })
            : await bootPrepared(prepared, boot);
        const all = { ...report, tests: [...checks, ...report.tests] };
        if (report.verdict !== 'passed' || options.from.length === 0) return withTotal(all, started);
        // Rehearsals need a disk for /var alone: they always boot the kernel directly.
        return withTotal(await withUpgrades(options, prepared ?? (await prepare()), all), started);
      });
    },
    { log },
  );
}

async function checkFiles(options: TestRunOptions, root: InsideRoot, run: RunInImage): Promise<TestResult[]> {
  const { source, config, foreign } = options;
  const prepareRoot = isFedoraCoreOs(await readOsRelease(root));
  const lint = foreign ? undefined : await checkLint(root, run);
  return [
    await checkKernel(root, source.name, { prepareRoot }),
    await checkLeftovers(root, config.bootTest.leftovers),
    ...(lint === undefined ? [] : [lint]),
  ];
}

function notAsShipped(checks: TestResult[]) {
  const failed = checks.filter(({ result }) => result !== 'passed');
  return {
    // Without a kernel and an initramfs that fit, the machine would not even start.
    verdict: failed.some(({ name }) => name === kernelCheckName)
      ? ('unbootable' as const)
      : ('check-failed' as const),
    explanation: `The image is not what a node needs, and was not booted: ${failed
      .map(({ name, output }) => `${name}: ${output.trim().split('\n')[0]}`)
      .join('; ')}.`,
    kernel: '',
    tests: checks,
  };
}

/** Units that cannot work in such a machine; from a disk, the machine has all that they need. */
async function knownFailures(
  { config, mode }: TestRunOptions,
  root: InsideRoot,
): Promise<readonly KnownFailure[]> {
  if (mode !== 'direct' || config.bootTest.knownFailures === 'none') return [];
  return knownFailuresOf(await readOsRelease(root));
}

async function bootOptions(options: TestRunOptions, root: InsideRoot) {
  const { machine, testsFolder, config, image, version, fleet, outputFolder, log } = options;
  return {
    ...machine,
    testsFolder,
    init: config.bootTest.init,
    allowedUnits: config.bootTest.allowedUnits,
    knownFailures: await knownFailures(options, root),
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
  candidate: PreparedImage,
  report: BootReport,
): Promise<BootReport> {
  const upgrades: Rehearsal[] = [];
  for (const from of options.from) upgrades.push(await rehearseFrom(options, candidate, from));
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
  candidate: PreparedImage,
  from: FromRelease,
): Promise<Rehearsal> {
  const { version, tests, outputFolder, log } = options;
  return withRootFilesystem(
    inRegistry(from.image),
    (root) =>
      withTemporaryFolder('from', async (folder) => {
        const image = await prepareImage({ root, image: formatReference(from.image), folder, log });
        return rehearseUpgrade({
          from: { version: from.version, digest: from.image.digest, image },
          candidate: { version, image: candidate },
          tests: tests.upgrade,
          machine: {
            ...(await bootOptions({ ...options, mode: 'direct' }, insideRoot(root))),
            outputFolder: join(outputFolder, `upgrade-from-${from.version.replace(/[^\w.-]/g, '_')}`),
          },
        });
      }),
    { log },
  );
}

function withTotal(report: BootReport, started: number): BootReport {
  const total = Math.round((performance.now() - started) / 10) / 100;
  return { ...report, seconds: { ...report.seconds, total } };
}
