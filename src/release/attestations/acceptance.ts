import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import { pushArtifact, readReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { type Digest, formatRepository, type Repository } from '../../world/registry/reference.ts';
import { bundleMediaType, openBundle } from './bundle.ts';
import { type AttestationSigner, attestationSigner } from './sign.ts';
import type { Trust } from './trust.ts';

// What a person accepts for a fleet although a gate refuses it is attached to the image in production. It is an artifact of a
// type of its own, signed or not, so that it is never carried there from a test registry. If the configuration says whose
// signature makes evidence count, the same signatures make an acceptance count: without that, everyone who can write to
// production could pass the gate.

/** One kind of acceptance, and how its records read. */
export interface AcceptanceKind<T> {
  /** For messages. */
  readonly what: string;
  /** Of the artifact, and of its layer if it is not signed. */
  readonly artifactType: string;
  /** Of the signed statement. */
  readonly predicateType: string;
  readonly schema: z.ZodType<T>;
}

/** An acceptance that is ready to be attached. */
export interface SealedAcceptance {
  readonly artifactType: string;
  readonly layer: { readonly mediaType: string; readonly bytes: Uint8Array };
}

/** Fields that every acceptance has. */
export const acceptanceFields = {
  fleet: z.string().min(1),
  /** Why, in one line. */
  reason: z.string().min(1),
  /** Who. */
  by: z.string().min(1),
  /** UNIX seconds. */
  at: z.int().nonnegative(),
};

/**
 * Signs an acceptance as evidence is signed, if this run has a signer. Nothing is written to the registry.
 * @param about the image, and the repository that it is accepted in
 * @throws InputError if the acceptance would not count
 */
export async function sealAcceptance<T>(
  kind: AcceptanceKind<T>,
  about: { readonly repository: Repository; readonly subject: Digest; readonly record: T },
  { trust, env }: { readonly trust: Trust; readonly env: NodeJS.ProcessEnv },
): Promise<SealedAcceptance> {
  const { artifactType, predicateType } = kind;
  const signer = await attestationSigner(trust, env);
  if (signer === undefined) {
    if (trust.signedBy.length > 0)
      throw wouldNotCount(kind.what, 'this run has no key or identity to sign it');
    const bytes = Buffer.from(`${JSON.stringify(about.record)}\n`);
    return { artifactType, layer: { mediaType: artifactType, bytes } };
  }
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: formatRepository(about.repository),
        digest: { sha256: about.subject.slice('sha256:'.length) },
      },
    ],
    predicateType,
    predicate: about.record,
  };
  const bytes = await signer.sign(`${JSON.stringify(statement)}\n`);
  await requireCounts(kind.what, bytes, { trust, signer });
  return { artifactType, layer: { mediaType: bundleMediaType, bytes } };
}

/** A run's identity is known only from its certificate, so the result is judged as a reader will judge it. */
async function requireCounts(
  what: string,
  bytes: Uint8Array,
  { trust, signer }: { readonly trust: Trust; readonly signer: AttestationSigner },
): Promise<void> {
  const opened = await openBundle(bytes, trust);
  if ('refused' in opened) throw wouldNotCount(what, `signed by ${signer.name}, ${opened.refused}`);
}

function wouldNotCount(what: string, problem: string): InputError {
  return new InputError({
    where: what,
    field: 'evidence.signed-by',
    problem: `it would not count: ${problem}`,
    expected: 'a signature as evidence.signed-by in coxswain.yaml names it',
    remedy:
      'Set COXSWAIN_EVIDENCE_KEY or COXSWAIN_EVIDENCE_COMMAND, or run it in the workflow that evidence.signed-by names. Nothing was written.',
  });
}

/** Attaches a sealed acceptance to the image that it is about. */
export function pushSealed(
  client: RegistryClient,
  repository: Repository,
  subject: Descriptor,
  { artifactType, layer }: SealedAcceptance,
): Promise<Descriptor> {
  return pushArtifact(client, { repository, artifactType, subject, layers: [layer] });
}

/** The acceptances of one kind for an image and a fleet that count, oldest first. */
export async function findAcceptances<T extends { readonly fleet: string; readonly at: number }>(
  client: RegistryClient,
  kind: AcceptanceKind<T>,
  about: { readonly repository: Repository; readonly subject: Digest; readonly fleet: string },
  trust: Trust,
): Promise<T[]> {
  const { repository, subject, fleet } = about;
  const found: T[] = [];
  for (const { digest } of await client.referrers(repository, subject, kind.artifactType)) {
    const artifact = await readReferrer(client, { repository, subject, digest });
    const layer = artifact?.layers[0];
    // It was deleted after it was listed.
    if (layer === undefined) continue;
    const record = kind.schema.safeParse(await recordIn(kind, layer, { subject, trust })).data;
    if (record?.fleet === fleet) found.push(record);
  }
  return found.sort((one, other) => one.at - other.at);
}

const statementSchema = z.looseObject({
  predicateType: z.string(),
  subject: z.array(z.looseObject({ digest: z.looseObject({ sha256: z.string().optional() }) })),
  predicate: z.unknown(),
});

/** @returns undefined for what does not count */
async function recordIn(
  { predicateType }: Pick<AcceptanceKind<unknown>, 'predicateType'>,
  layer: { readonly descriptor: Descriptor; readonly bytes: Uint8Array },
  { subject, trust }: { readonly subject: Digest; readonly trust: Trust },
): Promise<unknown> {
  if (layer.descriptor.mediaType !== bundleMediaType) {
    return trust.signedBy.length === 0 ? parseOrUndefined(layer.bytes) : undefined;
  }
  const opened = await openBundle(layer.bytes, trust);
  if ('refused' in opened) return undefined;
  const statement = statementSchema.safeParse(opened.statement).data;
  if (statement?.predicateType !== predicateType) return undefined;
  const isAbout = statement.subject.some(({ digest: { sha256 } }) => `sha256:${sha256}` === subject);
  return isAbout ? statement.predicate : undefined;
}

function parseOrUndefined(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
