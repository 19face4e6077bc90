import { createPublicKey, type KeyObject } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type DigestReference, formatRepository } from '../../world/registry/reference.ts';
import { type NodePolicy, nodePolicy } from './containers-policy.ts';
import { readSignatures, type StoredSignature } from './signature-tag.ts';
import { fleetKeys } from './signing-keys.ts';
import { isSignedBy } from './simple-signing.ts';

// The rules of containers-policy.json(5) and containers-registries.d(5) that a policy for images in a registry uses.
// test/release/signatures/nodes.test.ts compares each answer with that of containers/image.

/** What a node answers to an image. */
export type NodeVerdict =
  | { readonly accepted: true }
  | {
      readonly accepted: false;
      /** A part of a sentence. */
      readonly reason: string;
    };

const identitySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('matchRepository') }),
  z.object({ type: z.literal('exactRepository'), dockerRepository: z.string() }),
  z.object({ type: z.literal('matchExact') }),
  z.object({ type: z.literal('matchRepoDigestOrExact') }),
]);

const requirementSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('insecureAcceptAnything') }),
  z.object({ type: z.literal('reject') }),
  z.object({
    type: z.literal('sigstoreSigned'),
    keyData: z.base64().optional(),
    keyDatas: z.array(z.base64()).optional(),
    signedIdentity: identitySchema.default({ type: 'matchRepoDigestOrExact' }),
  }),
]);
type Requirement = z.infer<typeof requirementSchema>;

const policySchema = z.object({
  default: z.array(requirementSchema).min(1),
  transports: z.object({ docker: z.record(z.string(), z.array(z.unknown()).min(1)).optional() }).optional(),
});

const registriesSchema = z.object({
  docker: z.record(z.string(), z.object({ 'use-sigstore-attachments': z.boolean().optional() })).nullish(),
});

/** signature/payload.go of containers/image: nothing else may be in it. */
const payloadSchema = z.strictObject({
  critical: z.strictObject({
    identity: z.strictObject({ 'docker-reference': z.string() }),
    image: z.strictObject({ 'docker-manifest-digest': z.string() }),
    type: z.literal('cosign container image signature'),
  }),
  optional: z.unknown().optional(),
});

/**
 * Asks the policy that a fleet's nodes have now whether they accept an image. A fleet without keys accepts everything.
 * @param about.now UNIX seconds
 */
export async function askFleetPolicy(
  {
    client,
    config,
    root,
  }: { readonly client: RegistryClient; readonly config: Config; readonly root: string },
  about: { readonly fleet: Fleet; readonly image: DigestReference; readonly now: number },
): Promise<NodeVerdict> {
  const keys = await fleetKeys(root, about.fleet, about.now);
  if (keys.length === 0) return { accepted: true };
  return askNodePolicy(client, nodePolicy(config.image, keys), about.image);
}

/**
 * Asks a node's policy whether it accepts an image.
 * @throws InputError for a policy that this cannot read
 */
export async function askNodePolicy(
  client: RegistryClient,
  { policy, registries }: NodePolicy,
  image: DigestReference,
): Promise<NodeVerdict> {
  const name = formatRepository(image.repository);
  let signatures: readonly StoredSignature[] | undefined;
  for (const requirement of requirementsFor(policy, `${name}@${image.digest}`)) {
    if (requirement.type === 'insecureAcceptAnything') continue;
    if (requirement.type === 'reject')
      return { accepted: false, reason: 'the policy refuses everything there' };
    signatures ??= looksForSignatures(registries, name) ? await readSignatures(client, image) : [];
    const verdict = judge(requirement, signatures, image);
    if (!verdict.accepted) return verdict;
  }
  return { accepted: true };
}

function requirementsFor(policy: object, name: string): Requirement[] {
  const read = policySchema.safeParse(policy);
  if (!read.success) throw unreadable('policy.json', read.error);
  const scopes = read.data.transports?.docker ?? {};
  const scope = scopesOf(name).find((each) => scopes[each] !== undefined);
  const requirements = z
    .array(requirementSchema)
    .safeParse(scope === undefined ? read.data.default : scopes[scope]);
  if (!requirements.success) throw unreadable('policy.json', requirements.error);
  return requirements.data;
}

function unreadable(where: string, { issues: [issue] }: z.ZodError): InputError {
  return new InputError({
    where,
    field: issue?.path.join('.') ?? '',
    problem: `this part of a node's policy is not known here: ${issue?.message ?? 'wrong shape'}`,
  });
}

/** The whole name, its repository, and each place above it; the most exact first. "" is everything. */
function scopesOf(name: string): string[] {
  const [repository = ''] = name.split('@');
  const parts = repository.split('/');
  const above = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  return [name, ...above, ''];
}

function looksForSignatures(registries: string, name: string): boolean {
  const read = registriesSchema.safeParse(parse(registries));
  if (!read.success) throw unreadable('registries.d', read.error);
  const places = read.data.docker ?? {};
  const place = scopesOf(name).find((each) => places[each] !== undefined);
  return place !== undefined && places[place]?.['use-sigstore-attachments'] === true;
}

function judge(
  { keyData, keyDatas = [], signedIdentity }: Extract<Requirement, { type: 'sigstoreSigned' }>,
  signatures: readonly StoredSignature[],
  image: DigestReference,
): NodeVerdict {
  const keys = [...(keyData === undefined ? [] : [keyData]), ...keyDatas].map(readKey);
  if (signatures.length === 0) return { accepted: false, reason: 'it has no signature that nodes read' };
  const reasons = signatures.map((signature) => refusal(signature, { keys, signedIdentity, image }));
  if (reasons.includes(undefined)) return { accepted: true };
  return { accepted: false, reason: [...new Set(reasons)].join('; ') };
}

function readKey(data: string): KeyObject {
  try {
    return createPublicKey(Buffer.from(data, 'base64').toString());
  } catch {
    throw new InputError({ where: 'policy.json', field: 'keyData', problem: 'not a public key' });
  }
}

/** @returns why this signature does not help; undefined if it does */
function refusal(
  { payload, signature }: StoredSignature,
  wanted: {
    readonly keys: readonly KeyObject[];
    readonly signedIdentity: z.infer<typeof identitySchema>;
    readonly image: DigestReference;
  },
): string | undefined {
  const { keys, signedIdentity, image } = wanted;
  if (!keys.some((key) => isSignedBy(key, payload, signature))) return 'it is signed by other keys';
  const read = readPayload(payload);
  if (read === undefined) return 'what was signed is not in the form that nodes read';
  if (read.critical.image['docker-manifest-digest'] !== image.digest)
    return 'the signature is of another image';
  const signed = withoutTag(read.critical.identity['docker-reference']);
  const expected =
    signedIdentity.type === 'exactRepository'
      ? signedIdentity.dockerRepository
      : formatRepository(image.repository);
  if (signed !== expected) return `the signature is for ${signed}`;
  // The other rules compare tags, which our signatures do not have, and neither has an image that is asked for by digest.
  if (signedIdentity.type === 'matchRepository' || signedIdentity.type === 'exactRepository')
    return undefined;
  return 'the policy compares tags, and the signature names a repository';
}

function readPayload(payload: Uint8Array): z.infer<typeof payloadSchema> | undefined {
  try {
    return payloadSchema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data;
  } catch {
    return undefined;
  }
}

function withoutTag(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}
