import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atDigest, type Digest, digestOf, formatReference } from '../../world/registry/reference.ts';
import { pushStatement } from '../attestations/push-statement.ts';
import { readStatements } from '../attestations/read-statements.ts';
import { type AttestationSigner, attestationSigner } from '../attestations/sign.ts';
import type { Trust } from '../attestations/trust.ts';
import { artifactReference } from './fleet-artifact.ts';

/** What is signed about an artifact of guidance: docs/signing.md. */
export const guidancePredicateType = 'urn:coxswain:guidance:v1';

const predicateSchema = z.object({ fleet: z.string() });

type Place = { readonly config: Config; readonly root: string };

/** Whose signature guidance needs; nobody's if `signedBy` is empty. */
export function guidanceTrust({ config, root }: Place): Trust {
  return { signedBy: config.publish.signedBy, sigstore: config.evidence.sigstore, root };
}

/**
 * The signer for guidance that this run has: COXSWAIN_GUIDANCE_KEY and so on, as for evidence.
 * @returns undefined if the configuration does not ask for signatures
 * @throws InputError if it does, and this run cannot sign
 */
export async function guidanceSigner(
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<AttestationSigner | undefined> {
  const trust = guidanceTrust(place);
  if (trust.signedBy.length === 0) return undefined;
  const signer = await attestationSigner(trust, env, {
    variables: 'COXSWAIN_GUIDANCE',
    field: 'publish.signed-by',
    what: 'guidance',
  });
  if (signer !== undefined) return signer;
  throw new InputError({
    where: place.config.file,
    field: 'publish.signed-by',
    problem: 'guidance has to be signed, and this run cannot sign',
    found: 'no key',
    expected:
      'a private key in COXSWAIN_GUIDANCE_KEY, or a workflow run with id-token: write that publish.signed-by names',
  });
}

/** Whether a signature that counts is there; if not, why. */
export type GuidanceVerdict = { readonly signedBy: string } | { readonly refused: string };

/** Asks about one artifact of a fleet. */
export async function judgeGuidance(
  client: RegistryClient,
  place: Place,
  about: { readonly fleet: string; readonly digest: Digest },
): Promise<GuidanceVerdict> {
  const { fleet, digest } = about;
  const image = atDigest(place.config.image, digest);
  const reasons: string[] = [];
  for (const each of await readStatements(client, image, guidancePredicateType, guidanceTrust(place))) {
    const named = predicateSchema.safeParse(each.predicate).data?.fleet;
    if (each.refused !== undefined) reasons.push(each.refused);
    else if (named !== fleet) reasons.push(`it is for fleet ${named ?? 'nobody'}`);
    else if (each.signedBy !== undefined) return { signedBy: each.signedBy };
  }
  return { refused: reasons.length === 0 ? 'it has no signature' : [...new Set(reasons)].join('; ') };
}

/**
 * Signs the artifact of a fleet, unless it has a signature that counts. The tag is not needed for this: it is set
 * afterwards, so that it never names guidance without a signature.
 * @param about.files path → text, as they are in the artifact
 * @param about.now UNIX seconds
 */
export async function signGuidance(
  client: RegistryClient,
  place: Place,
  about: {
    readonly fleet: string;
    readonly digest: Digest;
    readonly files: ReadonlyMap<string, string>;
    readonly signer: AttestationSigner;
    readonly now: number;
  },
): Promise<boolean> {
  const { fleet, digest, files, signer, now } = about;
  const { config } = place;
  if ('signedBy' in (await judgeGuidance(client, place, { fleet, digest }))) return false;
  const { descriptor: subject } = await client.getManifest(atDigest(config.image, digest));
  const name = formatReference(artifactReference(config, fleet));
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType: guidancePredicateType,
    predicate: {
      fleet,
      signedAt: formatTime(now),
      files: Object.fromEntries([...files].map(([path, text]) => [path, digestOf(text)])),
    },
  };
  await pushStatement(client, {
    repository: config.image,
    subject,
    predicateType: guidancePredicateType,
    statement: `${JSON.stringify(statement)}\n`,
    signer,
  });
  return true;
}

/**
 * Refuses the artifact of a fleet that lacks a signature that counts, if the configuration asks for one.
 * @returns the digest that was examined; undefined if none was
 */
export async function requireSignedGuidance(
  client: RegistryClient,
  place: Place,
  fleet: string,
): Promise<Digest | undefined> {
  if (place.config.publish.signedBy.length === 0) return undefined;
  const reference = artifactReference(place.config, fleet);
  const found = await client.resolve(reference);
  if (found === undefined) return undefined;
  const verdict = await judgeGuidance(client, place, { fleet, digest: found.digest });
  if ('signedBy' in verdict) return found.digest;
  throw new InputError({
    where: formatReference(reference),
    problem: `this guidance does not count: ${verdict.refused}`,
    expected: 'a signature of one that publish.signed-by names',
    remedy: 'Find out who wrote it. coxswain publish-updates signs what it publishes.',
  });
}
