import { defined } from '../../../host/defined.ts';
import type { Log } from '../../../host/log.ts';
import { keepAtForge } from '../../../release/attestations/keep-at-forge.ts';
import { runAddress } from '../../../release/attestations/provenance.ts';
import { type AttestationSigner, attestationSigner } from '../../../release/attestations/sign.ts';
import { trustOf } from '../../../release/attestations/trust.ts';
import type { TestEvidence } from '../../../release/evidence/statement.ts';
import {
  evidenceSoFar,
  type FoundEvidence,
  passingEvidence,
  pushEvidence,
} from '../../../release/evidence/store.ts';
import { testDemands, testSettings } from '../../../release/evidence/test-settings.ts';
import type { Project } from '../../../release/project.ts';
import { type Digest, formatRepository, sameRepository } from '../../../world/registry/reference.ts';
import type { CommittedTests } from '../guest/tests-of-commit.ts';
import type { ImageUnderTest } from '../image-under-test.ts';
import type { BootMode } from '../machine/boot-modes.ts';
import type { FromRelease } from '../test-run.ts';
import type { BootReport } from './boot-report.ts';
import { recordContent } from './image-sbom.ts';
import { evidenceLog } from './report-text.ts';

// What the test registry has about an image, and what a boot test adds.

/** The existing evidence of the image, if these same tests passed, by the same settings and in the same mode. */
export async function evidenceOn(
  { client, config, root }: Project,
  { reference }: ImageUnderTest,
  tests: CommittedTests,
  mode: BootMode | undefined,
): Promise<FoundEvidence | undefined> {
  if (reference === undefined) return undefined;
  return passingEvidence(client, reference, tests.tree, trustOf({ config, root }), testDemands(config, mode));
}

/** The evidence that the image has before its test, which orders the results of several tests; undefined without a registry. */
export async function evidenceBefore(
  { client, config, root }: Project,
  { reference, image }: ImageUnderTest,
): Promise<Digest[] | undefined> {
  if (reference === undefined) return undefined;
  const subjects = [reference.digest, ...(image.index === undefined ? [] : [image.index.digest])];
  return evidenceSoFar(client, reference.repository, subjects, trustOf({ config, root }));
}

/** The evidence knows every update that nodes would make now. */
export function covers(evidence: TestEvidence, from: readonly FromRelease[]): boolean {
  return from.every(({ image }) =>
    evidence.upgrades?.some(({ digest, result }) => digest === image.digest && result === 'PASSED'),
  );
}

/** The evidence that a run gives about the image. */
export function evidenceOf(
  report: BootReport,
  about: {
    readonly tested: ImageUnderTest;
    readonly tests: CommittedTests;
    /** By which it passed or failed. */
    readonly config: Project['config'];
    readonly console: string;
    readonly startedAt: number;
    /** What evidenceBefore found. */
    readonly follows: readonly Digest[] | undefined;
    readonly env: NodeJS.ProcessEnv;
  },
): TestEvidence {
  const { tests, config, console, startedAt, follows, env } = about;
  const { reference, source, digest } = about.tested;
  const repository = reference === undefined ? source.name : formatRepository(reference.repository);
  return {
    subject: { repository, digest },
    result: report.verdict === 'passed' ? 'PASSED' : 'FAILED',
    testsTree: tests.tree,
    settings: testSettings(config),
    tests: report.tests.map(({ output: _output, ...result }) => result),
    kernel: report.kernel,
    architecture: report.architecture,
    accelerator: report.accelerator,
    ...defined({ mode: report.mode }),
    startedAt,
    seconds: report.seconds.total,
    ...defined({ follows }),
    ...defined({
      upgrades:
        report.upgrades === undefined
          ? undefined
          : report.upgrades.map(({ from, digest, passed }) => ({
              from,
              digest,
              result: passed ? ('PASSED' as const) : ('FAILED' as const),
            })),
    }),
    ...defined({ agent: report.agent, run: runAddress(env) }),
    log: evidenceLog(report, console),
  };
}

/** An emulator that failed, or was ended from outside, says nothing about the image. */
export function aboutTheImage({ verdict }: BootReport): boolean {
  return verdict !== 'qemu-failed';
}

/** Attaches what is in the image to it in the test registry, while the files of the image are on this machine. */
export function onFiles(
  project: Project,
  { reference, image }: ImageUnderTest,
  by: { readonly signer: AttestationSigner | undefined; readonly log: Log },
) {
  if (reference === undefined || !sameRepository(reference.repository, project.config.testImage)) return {};
  return { onFiles: (root: string) => recordContent(project, { reference, image, root, ...by }) };
}

/** The signer of this run's evidence. It is asked for before anything is booted, because without it a test may be in vain. */
export async function evidenceSigner(
  { config, root, forge }: Project,
  about: { readonly tested: ImageUnderTest; readonly env: NodeJS.ProcessEnv; readonly log: Log },
): Promise<AttestationSigner | undefined> {
  const { tested, env, log } = about;
  const signer = await attestationSigner(trustOf({ config, root }), env);
  if (signer === undefined && config.evidence.signedBy.length > 0 && tested.reference !== undefined) {
    log.warn(
      'this run cannot sign, so its evidence will not count: coxswain.yaml says in evidence.signed-by whose does',
    );
  }
  return tested.reference === undefined ? signer : keepAtForge(signer, forge, log);
}

/** Evidence belongs in the test registry. */
export async function attachEvidence(
  { client, config }: Project,
  about: {
    readonly tested: ImageUnderTest;
    readonly evidence: TestEvidence;
    readonly report: BootReport;
    readonly signer: AttestationSigner | undefined;
    readonly log: Log;
  },
): Promise<Digest | undefined> {
  const { tested, evidence, report, signer, log } = about;
  const { reference, image } = tested;
  if (reference === undefined) return undefined;
  if (!sameRepository(reference.repository, config.testImage)) {
    log.warn(`no evidence is written: the image is not in ${formatRepository(config.testImage)}`);
    return undefined;
  }
  if (!aboutTheImage(report)) return undefined;
  return (await pushEvidence(client, reference.repository, image.manifest.descriptor, evidence, signer))
    .digest;
}
