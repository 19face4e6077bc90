import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { readReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import type { DigestReference } from '../../world/registry/reference.ts';
import { bundleMediaType, openBundle, payloadType } from './bundle.ts';
import { bundlePredicateAnnotation, predicateAnnotation } from './push-statement.ts';
import type { Trust } from './trust.ts';

/** An in-toto statement that is attached to an image, and about that image. */
export interface FoundStatement {
  readonly predicate: unknown;
  /** Who signed it, if the configuration says whose signature counts. */
  readonly signedBy?: string;
  /** Why it does not count, as the end of a sentence. */
  readonly refused?: string;
}

const schema = z.looseObject({
  predicateType: z.string(),
  subject: z.array(z.looseObject({ digest: z.looseObject({ sha256: z.string().optional() }) })),
  predicate: z.unknown(),
});

/**
 * The statements of one kind that are attached to an image. What is damaged, or about another image, is left out.
 * @param trust whose signature counts: the others are `refused`
 * @throws OutsideError if the registry does not answer
 */
export async function readStatements(
  client: RegistryClient,
  image: DigestReference,
  predicateType: string,
  trust: Trust,
): Promise<FoundStatement[]> {
  const { repository, digest: subject } = image;
  const found: FoundStatement[] = [];
  for (const { digest } of (await client.referrers(repository, subject)).filter(isOf(predicateType))) {
    const artifact = await readReferrer(client, { repository, subject, digest });
    const layer = artifact?.layers.find(({ descriptor }) =>
      [payloadType, bundleMediaType].includes(descriptor.mediaType),
    );
    if (layer === undefined) continue;
    const opened =
      layer.descriptor.mediaType === bundleMediaType
        ? await openBundle(layer.bytes, trust)
        : withoutSignature(layer.bytes, trust);
    const statement = schema.safeParse(opened.statement).data;
    if (statement?.predicateType !== predicateType) continue;
    if (!statement.subject.some(({ digest: { sha256 } }) => `sha256:${sha256}` === subject)) continue;
    const { signedBy, refused } = { signedBy: undefined, refused: undefined, ...opened };
    found.push({ predicate: statement.predicate, ...defined({ signedBy, refused }) });
  }
  return found;
}

function isOf(predicateType: string) {
  return ({ artifactType, annotations }: Descriptor): boolean => {
    if (artifactType !== payloadType && artifactType !== bundleMediaType) return false;
    const kind = annotations?.[predicateAnnotation] ?? annotations?.[bundlePredicateAnnotation];
    // Others may leave the annotation out.
    return kind === undefined || kind === predicateType;
  };
}

function withoutSignature(bytes: Uint8Array, trust: Trust) {
  let statement: unknown;
  try {
    statement = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return { statement };
  }
  return trust.signedBy.length === 0 ? { statement } : { statement, refused: 'it is not signed' };
}
