import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { type ListedReferrer, readReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { parseJson } from '../../world/registry/manifest.ts';
import {
  atDigest,
  type Digest,
  type DigestReference,
  formatReference,
  type Repository,
} from '../../world/registry/reference.ts';
import { bundleMediaType, openBundle } from '../attestations/bundle.ts';
import {
  bundlePredicateAnnotation,
  predicateAnnotation,
  pushStatement,
} from '../attestations/push-statement.ts';
import type { AttestationSigner } from '../attestations/sign.ts';
import type { Trust } from '../attestations/trust.ts';
import {
  formatStatement,
  isTestResult,
  parseStatement,
  statementMediaType,
  type TestEvidence,
  testResultType,
} from './statement.ts';
import type { TestDemands } from './test-settings.ts';

/** Evidence, and the artifact that holds it. */
export interface FoundEvidence {
  readonly descriptor: Descriptor;
  readonly evidence: TestEvidence;
  /** Who signed it, if the configuration says whose signature counts. */
  readonly signedBy?: string;
}

/** Evidence that nobody vouches for whose signature counts. */
export interface RefusedEvidence extends Omit<FoundEvidence, 'signedBy'> {
  /** Why it does not count, as the end of a sentence. */
  readonly reason: string;
}

/**
 * Attaches evidence to an image: as a sigstore bundle if there is a signer, else as a statement without a signature.
 * @throws InputError when the evidence is about another digest, or contradicts itself
 */
export async function pushEvidence(
  client: RegistryClient,
  repository: Repository,
  subject: Descriptor,
  evidence: TestEvidence,
  signer?: AttestationSigner,
): Promise<Descriptor> {
  if (evidence.subject.digest !== subject.digest) {
    throw new InputError({
      problem: 'this evidence is about another image',
      found: evidence.subject.digest,
      expected: subject.digest,
    });
  }
  const statement = formatStatement(evidence);
  return pushStatement(client, { repository, subject, predicateType: testResultType, statement, signer });
}

/**
 * The evidence attached to a digest, oldest first. What others attached, and statements that are malformed or about
 * another digest, do not count. "None" is believed only if two answers agree, because the missing evidence may be of
 * a failed test.
 * @param trust whose signature counts: evidence without it is set aside
 * @throws OutsideError if the registry does not answer
 */
export async function examineEvidence(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  trust: Trust,
): Promise<{ readonly found: FoundEvidence[]; readonly refused: RefusedEvidence[] }> {
  const found: FoundEvidence[] = [];
  const refused: RefusedEvidence[] = [];
  const list = async () => (await client.referrers(repository, digest)).filter(mayBeEvidence);
  const first = await list();
  for (const descriptor of first.length > 0 ? first : await list()) {
    const read = await readEvidence(
      client,
      { repository, subject: digest, digest: descriptor.digest },
      trust,
    );
    if (read?.evidence.subject.digest !== digest) continue;
    const { evidence, refused: reason, signedBy } = read;
    if (reason === undefined) found.push({ descriptor, evidence, ...defined({ signedBy }) });
    else refused.push({ descriptor, evidence, reason });
  }
  return { found: found.sort(byTime), refused: refused.sort(byTime) };
}

/** The same, without what does not count. */
export async function findEvidence(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  trust: Trust,
): Promise<FoundEvidence[]> {
  return (await examineEvidence(client, repository, digest, trust)).found;
}

function mayBeEvidence({ artifactType, annotations }: Descriptor): boolean {
  if (artifactType !== statementMediaType && artifactType !== bundleMediaType) return false;
  const kind = annotations?.[predicateAnnotation] ?? annotations?.[bundlePredicateAnnotation];
  return kind === undefined || kind === testResultType;
}

/**
 * Digests of all evidence that images have now, whether it counts or not: what a test that begins now follows.
 * @param subjects an image, and the index that lists it
 */
export async function evidenceSoFar(
  client: RegistryClient,
  repository: Repository,
  subjects: readonly Digest[],
  trust: Trust,
): Promise<Digest[]> {
  const known: Digest[] = [];
  for (const subject of subjects) {
    const { found, refused } = await examineEvidence(client, repository, subject, trust);
    known.push(...[...found, ...refused].map(({ descriptor }) => descriptor.digest));
  }
  return known;
}

/**
 * The newest evidence for a digest and these same tests (and settings), if it says that they passed. A failure counts more
 * than a pass, unless the pass comes after it (comesAfter).
 */
export async function passingEvidence(
  client: RegistryClient,
  image: DigestReference,
  testsTree: string,
  trust: Trust,
  demands?: TestDemands,
): Promise<FoundEvidence | undefined> {
  const all = await findEvidence(client, image.repository, image.digest, trust);
  const newest = newestFor(all, testsTree, demands);
  return newest?.evidence.result === 'PASSED' ? newest : undefined;
}

/**
 * The newest of several pieces of evidence that is about these tests.
 * @param demands the evidence is also about these settings, or older than their record. A pass is in this mode; a
 * failure counts in every mode
 */
export function newestFor(
  all: readonly FoundEvidence[],
  testsTree: string,
  { settings, mode }: Partial<TestDemands> = {},
): FoundEvidence | undefined {
  const bySettings = ({ evidence }: FoundEvidence) =>
    settings === undefined || evidence.settings === undefined || evidence.settings === settings;
  const inMode = ({ evidence }: FoundEvidence) =>
    mode === undefined || evidence.mode === mode || evidence.result === 'FAILED';
  return newestOf(
    all.filter((each) => each.evidence.testsTree === testsTree && bySettings(each) && inMode(each)),
  );
}

/**
 * The newest of several pieces of evidence, whatever was tested: the newest pass that comes after every failure, else the
 * newest failure that no pass comes after.
 */
export function newestOf(all: readonly FoundEvidence[]): FoundEvidence | undefined {
  const sorted = [...all].sort(byTime);
  const failures = sorted.filter(({ evidence }) => evidence.result === 'FAILED');
  const passes = sorted.filter(({ evidence }) => evidence.result === 'PASSED');
  const pass = passes.findLast((each) => failures.every((failure) => comesAfter(each, failure)));
  if (pass !== undefined) return pass;
  return failures.findLast((failure) => !passes.some((each) => comesAfter(each, failure))) ?? failures.at(-1);
}

/**
 * Whether a pass comes after a failure. Each runner writes its own time, and a clock that is ahead would hide a failure that
 * comes later. So a pass of the same tests and settings must name the failure among the evidence that it follows: it can only
 * know what existed when its test began. The times decide for other tests, and for old evidence, which names nothing.
 */
function comesAfter(pass: FoundEvidence, failure: FoundEvidence): boolean {
  const { follows, testsTree, settings } = pass.evidence;
  const isSameTest = failure.evidence.testsTree === testsTree && failure.evidence.settings === settings;
  if (follows !== undefined && isSameTest) return follows.includes(failure.descriptor.digest);
  return byTime(failure, pass) < 0;
}

// A failure and a pass in the same second: the failure counts.
function byTime(one: Pick<FoundEvidence, 'evidence'>, other: Pick<FoundEvidence, 'evidence'>): number {
  const difference = one.evidence.startedAt - other.evidence.startedAt;
  if (difference !== 0) return difference;
  return Number(one.evidence.result === 'FAILED') - Number(other.evidence.result === 'FAILED');
}

/** @returns undefined for what is not evidence */
async function readEvidence(
  client: RegistryClient,
  listed: ListedReferrer,
  trust: Trust,
): Promise<{ evidence: TestEvidence; signedBy?: string; refused?: string } | undefined> {
  const where = formatReference(atDigest(listed.repository, listed.digest));
  // If it was deleted after it was listed, testing the image again is enough. A failed result must not get lost here.
  const artifact = await readReferrer(client, listed);
  const layer = artifact?.layers.find(({ descriptor }) =>
    [statementMediaType, bundleMediaType].includes(descriptor.mediaType),
  );
  if (layer === undefined) return undefined;
  try {
    if (layer.descriptor.mediaType === bundleMediaType) {
      const { statement, ...rest } = await openBundle(layer.bytes, trust);
      return isTestResult(statement) ? { evidence: parseStatement(statement, where), ...rest } : undefined;
    }
    const value = parseJson(layer.bytes, where);
    if (!isTestResult(value)) return undefined;
    const evidence = parseStatement(value, where);
    return trust.signedBy.length === 0 ? { evidence } : { evidence, refused: 'it is not signed' };
  } catch (error) {
    if (error instanceof InputError && error.details.where === where) return undefined;
    throw error;
  }
}
