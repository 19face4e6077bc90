import { InputError } from '../../host/errors.ts';
import { pushArtifact, readReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { parseJson } from '../../world/registry/manifest.ts';
import { atDigest, type Digest, formatReference, type Repository } from '../../world/registry/reference.ts';
import {
  formatStatement,
  isTestResult,
  parseStatement,
  statementMediaType,
  type TestEvidence,
  testResultType,
} from './statement.ts';

/** Evidence, and the artifact that holds it. */
export interface FoundEvidence {
  readonly descriptor: Descriptor;
  readonly evidence: TestEvidence;
}

/** Shows the kind of statement in lists of referrers, as BuildKit and cosign do. */
const predicateAnnotation = 'in-toto.io/predicate-type';

/**
 * Attaches evidence to an image.
 * @throws InputError when the evidence is about another digest, or contradicts itself
 */
export async function pushEvidence(
  client: RegistryClient,
  repository: Repository,
  subject: Descriptor,
  evidence: TestEvidence,
): Promise<Descriptor> {
  if (evidence.subject.digest !== subject.digest) {
    throw new InputError({
      problem: 'this evidence is about another image',
      found: evidence.subject.digest,
      expected: subject.digest,
    });
  }
  const annotations = { [predicateAnnotation]: testResultType };
  const bytes = new TextEncoder().encode(formatStatement(evidence));
  return pushArtifact(client, {
    repository,
    artifactType: statementMediaType,
    subject,
    layers: [{ mediaType: statementMediaType, bytes, annotations }],
    annotations,
  });
}

/**
 * The evidence attached to a digest, oldest first. What others attached, and statements that are malformed or about
 * another digest, do not count. "None" is believed only if two answers agree, because the missing evidence may be of
 * a failed test.
 * @throws OutsideError if the registry does not answer
 */
export async function findEvidence(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
): Promise<FoundEvidence[]> {
  const found: FoundEvidence[] = [];
  const list = () => client.referrers(repository, digest, statementMediaType);
  const first = await list();
  for (const descriptor of first.length > 0 ? first : await list()) {
    const kind = descriptor.annotations?.[predicateAnnotation];
    if (kind !== undefined && kind !== testResultType) continue;
    const evidence = await readEvidence(client, repository, digest, descriptor);
    if (evidence?.subject.digest === digest) found.push({ descriptor, evidence });
  }
  return found.sort(byTime);
}

/**
 * The newest evidence for a digest and these same tests, if it says that they passed. A later failure counts more
 * than an earlier pass.
 */
export async function passingEvidence(
  client: RegistryClient,
  repository: Repository,
  digest: Digest,
  testsTree: string,
): Promise<FoundEvidence | undefined> {
  const newest = newestFor(await findEvidence(client, repository, digest), testsTree);
  return newest?.evidence.result === 'PASSED' ? newest : undefined;
}

/** The newest of several pieces of evidence that is about these tests. */
export function newestFor(all: readonly FoundEvidence[], testsTree: string): FoundEvidence | undefined {
  return all
    .filter(({ evidence }) => evidence.testsTree === testsTree)
    .sort(byTime)
    .at(-1);
}

// A failure and a pass in the same second: the failure counts.
function byTime(one: FoundEvidence, other: FoundEvidence): number {
  const difference = one.evidence.startedAt - other.evidence.startedAt;
  if (difference !== 0) return difference;
  return Number(one.evidence.result === 'FAILED') - Number(other.evidence.result === 'FAILED');
}

async function readEvidence(
  client: RegistryClient,
  repository: Repository,
  subject: Digest,
  descriptor: Descriptor,
): Promise<TestEvidence | undefined> {
  const reference = atDigest(repository, descriptor.digest);
  const where = formatReference(reference);
  // If it was deleted after it was listed, testing the image again is enough. A failed result must not get lost here.
  const artifact = await readReferrer(client, { repository, subject, digest: descriptor.digest });
  const layer = artifact?.layers.find((each) => each.descriptor.mediaType === statementMediaType);
  if (layer === undefined) return undefined;
  try {
    const value = parseJson(layer.bytes, where);
    return isTestResult(value) ? parseStatement(value, where) : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
