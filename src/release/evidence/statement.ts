import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import { type Architecture, architectures } from '../../world/registry/architecture.ts';
import { type Digest, isDigest } from '../../world/registry/reference.ts';

export interface TestRun {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'timed-out';
  readonly seconds: number;
  readonly exitCode?: number;
}

/** The result of booting one image and running the tests in it. */
export interface TestEvidence {
  readonly subject: { readonly repository: string; readonly digest: Digest };
  readonly result: 'PASSED' | 'FAILED';
  /** Hash of the git tree that holds the tests. */
  readonly testsTree: string;
  /** Hash of the settings by which it passed or failed (test-settings.ts). Absent in old evidence. */
  readonly settings?: string;
  readonly tests: readonly TestRun[];
  /** Kernel release as the guest reported it. */
  readonly kernel: string;
  readonly architecture: Architecture;
  readonly accelerator: 'kvm' | 'tcg';
  /** How the machine started. Absent in old evidence from before this choice existed, and if nothing was booted. */
  readonly mode?: 'direct' | 'ostree' | 'disk';
  /** UNIX seconds. */
  readonly startedAt: number;
  readonly seconds: number;
  /** Digests of the evidence that the image had when this test began. Absent in old evidence. */
  readonly follows?: readonly Digest[];
  /**
   * Updates that were rehearsed; their tests are among the tests. Absent in old evidence from before rehearsals
   * existed.
   */
  readonly upgrades?: readonly RehearsedUpgrade[];
  /** Absent in old evidence, and if the machine ended before it could be asked. */
  readonly agent?: AgentAnswer;
  /** Address of the workflow run that tested it. */
  readonly run?: string;
  /** Last part of the console and test output. */
  readonly log?: string;
}

/**
 * Whether the image's own update agent (Zincati) goes from the fleet's current release to the image, and finds itself on
 * it, by the graph that would be published. `none`: the image has no Zincati.
 */
export type AgentAnswer = (typeof agentAnswers)[number];
const agentAnswers = ['agrees', 'disagrees', 'none'] as const;

/** An update of a machine from an earlier release to the image, and back. */
export interface RehearsedUpgrade {
  /** Version of the earlier release, and the digest of it that was booted. */
  readonly from: string;
  readonly digest: Digest;
  readonly result: 'PASSED' | 'FAILED';
}

/** in-toto Attestation Framework, spec/v1/statement.md */
export const statementType = 'https://in-toto.io/Statement/v1';
/** spec/predicates/test-result.md */
export const testResultType = 'https://in-toto.io/attestation/test-result/v0.1';
/** Media type of a statement without an envelope. */
export const statementMediaType = 'application/vnd.in-toto+json';

/**
 * The facts the predicate has no field for. The framework's parsing rules let a producer add a field named by a URI,
 * if it does not change what the other fields mean: verifiers that do not know it still read the result.
 */
const bootTestField = 'urn:coxswain:boot-test:v1';
const maximumLogCharacters = 64 * 1024;

/** What a result cannot prove; it is part of the evidence, for those who rely on it. */
const limits =
  "The image cannot reach the files of the harness, but the harness runs on the image's kernel and asks the image's systemctl. A malicious image can change its kernel, its systemd, or the memory of the harness as root, and so report false results.";

const runSchema = z.object({
  name: z.string(),
  result: z.enum(['passed', 'failed', 'timed-out']),
  seconds: z.number().nonnegative(),
  exitCode: z.int().exactOptional(),
});

const detailsSchema = z.looseObject({
  tests: z.array(runSchema),
  kernel: z.string(),
  architecture: z.enum(architectures),
  accelerator: z.enum(['kvm', 'tcg']),
  mode: z.enum(['direct', 'ostree', 'disk']).exactOptional(),
  startedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  follows: z
    .array(z.string().refine((text): text is Digest => isDigest(text), 'not a digest'))
    .exactOptional(),
  upgrades: z
    .array(
      z.object({
        from: z.string(),
        digest: z.string().refine(isDigest, 'not a digest'),
        result: z.enum(['PASSED', 'FAILED']),
      }),
    )
    .optional(),
  agent: z.enum(agentAnswers).exactOptional(),
  log: z.string().optional(),
});

const gitTree = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'not a git tree hash');

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a sha256 hash');

const statementSchema = z.looseObject({
  _type: z.literal(statementType),
  predicateType: z.literal(testResultType),
  subject: z.tuple([
    z.looseObject({
      name: z.string(),
      digest: z.looseObject({ sha256 }),
    }),
  ]),
  predicate: z.looseObject({
    result: z.enum(['PASSED', 'WARNED', 'FAILED']),
    url: z.string().optional(),
    configuration: z.array(
      z.looseObject({
        name: z.string().optional(),
        digest: z.looseObject({ gitTree: gitTree.optional(), sha256: sha256.optional() }).optional(),
      }),
    ),
    passedTests: z.array(z.string()).default([]),
    warnedTests: z.array(z.string()).default([]),
    failedTests: z.array(z.string()).default([]),
    [bootTestField]: detailsSchema,
  }),
});

/**
 * Writes evidence as an in-toto statement.
 * @throws InputError when result and tests contradict each other
 */
export function formatStatement(evidence: TestEvidence): string {
  const { subject, result, testsTree, settings, tests, startedAt, log, ...facts } = evidence;
  requireConsistent(evidence, 'evidence');
  const names = (passed: boolean) =>
    tests.filter((test) => (test.result === 'passed') === passed).map(({ name }) => name);
  const statement = {
    _type: statementType,
    subject: [{ name: subject.repository, digest: { sha256: subject.digest.slice('sha256:'.length) } }],
    predicateType: testResultType,
    predicate: {
      result,
      ...defined({ url: facts.run }),
      configuration: [
        { name: 'tests', digest: { gitTree: gitTree.parse(testsTree) } },
        ...(settings === undefined ? [] : [{ name: 'settings', digest: { sha256: sha256.parse(settings) } }]),
      ],
      passedTests: names(true),
      warnedTests: [],
      failedTests: names(false),
      [bootTestField]: {
        tests,
        kernel: facts.kernel,
        architecture: facts.architecture,
        accelerator: facts.accelerator,
        ...defined({ mode: facts.mode }),
        startedAt: formatTime(startedAt),
        seconds: facts.seconds,
        ...defined({ follows: facts.follows && [...facts.follows] }),
        ...defined({ upgrades: facts.upgrades, agent: facts.agent }),
        limits,
        ...defined({ log: log === undefined ? undefined : log.slice(-maximumLogCharacters) }),
      },
    },
  };
  return `${JSON.stringify(statement, undefined, 2)}\n`;
}

/** True for a statement with the predicate that `parseStatement` reads; there are many other kinds. */
export function isTestResult(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'predicateType' in value &&
    value.predicateType === testResultType
  );
}

/** @throws InputError when the value is not such a statement, or contradicts itself */
export function parseStatement(value: unknown, where: string): TestEvidence {
  const parsed = statementSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError({
      where,
      field: issue?.path.join('.') ?? '',
      problem: `not evidence of a boot test: ${issue?.message ?? 'wrong shape'}`,
    });
  }
  const { subject, predicate } = parsed.data;
  const [{ name, digest }] = subject;
  const details = predicate[bootTestField];
  const digestOf = (name: string) => predicate.configuration.find((each) => each.name === name)?.digest;
  const testsTree = digestOf('tests')?.gitTree;
  const imageDigest = `sha256:${digest.sha256}`;
  if (testsTree === undefined || !isDigest(imageDigest) || predicate.result === 'WARNED') {
    throw new InputError({
      where,
      problem: 'not evidence of a boot test: no tests are named, or the result is WARNED',
    });
  }
  const evidence: TestEvidence = {
    subject: { repository: name, digest: imageDigest },
    result: predicate.result,
    testsTree,
    ...defined({ settings: digestOf('settings')?.sha256 }),
    tests: details.tests,
    kernel: details.kernel,
    architecture: details.architecture,
    accelerator: details.accelerator,
    ...defined({ mode: details.mode }),
    startedAt: Date.parse(details.startedAt) / 1000,
    seconds: details.seconds,
    ...defined({ follows: details.follows }),
    ...defined({
      upgrades: details.upgrades === undefined ? undefined : (details.upgrades as RehearsedUpgrade[]),
    }),
    ...defined({ agent: details.agent, run: linkOf(predicate.url), log: details.log }),
  };
  requireConsistent(evidence, where);
  const failed = evidence.tests.filter((test) => test.result !== 'passed').map((test) => test.name);
  if (predicate.failedTests.join('\n') !== failed.join('\n')) {
    throw new InputError({
      where,
      problem: 'the failed tests differ from the test results',
      found: predicate.failedTests,
    });
  }
  return evidence;
}

/** It becomes a link in pull requests, so nothing that could be more than an address is one. */
function linkOf(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\/[\w.:/?=&%~-]{1,500}$/.test(url) ? url : undefined;
}

// FAILED with all tests passed is possible: the image did not reach its tests.
function requireConsistent(evidence: TestEvidence, where: string): void {
  const failed = evidence.tests.find((test) => test.result !== 'passed');
  if (evidence.result === 'PASSED' && failed !== undefined) {
    throw new InputError({
      where,
      problem: `the result is PASSED, and the test ${failed.name} ${failed.result}`,
    });
  }
  const refused = evidence.upgrades?.find((upgrade) => upgrade.result !== 'PASSED');
  if (evidence.result === 'PASSED' && refused !== undefined) {
    throw new InputError({
      where,
      problem: `the result is PASSED, and the update from ${refused.from} failed`,
    });
  }
}
