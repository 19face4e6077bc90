import { createHash, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { fetchWhole } from '../../world/http/fetch-whole.ts';
import { commandSigner } from '../signatures/command-signer.ts';
import { publicPem, sameKey } from '../signatures/keys.ts';
import { privateKeys, readKeyFile } from '../signatures/signing-keys.ts';
import { publicHalf, type Signer, signerOf } from '../signatures/simple-signing.ts';
import { bundleMediaType, payloadType } from './bundle.ts';
import type { Trust } from './trust.ts';

/** Signs statements about images. */
export interface AttestationSigner {
  /** Who signs, for messages. */
  readonly name: string;
  /** It signs by a certificate of the workflow run, not by a key. */
  readonly certified?: boolean;
  /** @returns the JSON of a sigstore bundle */
  sign(statement: string): Promise<Uint8Array>;
}

/** How long one request to Fulcio or Rekor may take. */
const patience = { timeout: 30_000, retry: 2 };
/** Bytes of the answer with a token, which has a few thousand. */
const largestToken = 256 * 1024;

/** What is signed, and the names by which its key is found. */
export interface SigningNames {
  /** The start of the variables' names. */
  readonly variables: string;
  /** The field that says whose signature counts. */
  readonly field: string;
  /** For messages. */
  readonly what: string;
}

const evidenceNames: SigningNames = {
  variables: 'COXSWAIN_EVIDENCE',
  field: 'evidence.signed-by',
  what: 'evidence',
};

/**
 * The signer for evidence that this run has:
 * - COXSWAIN_EVIDENCE_KEY, COXSWAIN_EVIDENCE_KEY_FILE, COXSWAIN_EVIDENCE_PASSPHRASE: a private key, as for releases
 * - COXSWAIN_EVIDENCE_COMMAND: a program that signs, for the first key in the configuration
 * - in a workflow run with `id-token: write`, if the configuration names a workflow: a certificate of Fulcio for the run
 * @param names for something else than evidence: other variables
 * @returns undefined if there is none
 * @throws InputError for a key that cannot be read, or that the configuration does not name
 */
export async function attestationSigner(
  trust: Trust,
  env: NodeJS.ProcessEnv,
  { variables, field, what }: SigningNames = evidenceNames,
): Promise<AttestationSigner | undefined> {
  const files = trust.signedBy.flatMap((signer) => (signer.kind === 'key' ? [signer.file] : []));
  const publicKeys = await Promise.all(
    files.map(async (file) => ({
      file,
      key: await readKeyFile(trust.root, file),
    })),
  );
  const [own] = await privateKeys(env, variables);
  if (own !== undefined) {
    const half = publicHalf(own);
    const named = publicKeys.find(({ key }) => sameKey(key, half));
    if (named === undefined && trust.signedBy.length > 0) {
      throw new InputError({
        where: `${variables}_KEY`,
        problem: `${what} that this key signs would not count`,
        found: 'a private key whose public half coxswain.yaml does not name',
        expected: `the private half of ${files.length === 0 ? `a key in ${field}` : files.join(' or ')}`,
      });
    }
    return keySigner(named?.file ?? `${variables}_KEY`, signerOf(own), publicPem(half));
  }
  const command = env[`${variables}_COMMAND`] ?? '';
  const [first] = publicKeys;
  if (command.trim() !== '' && first !== undefined) {
    const publicKey = publicPem(first.key);
    return keySigner(first.file, commandSigner(command, { env, publicKey }), publicKey);
  }
  const workflow = trust.signedBy.find((signer) => signer.kind === 'workflow');
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (workflow === undefined || url === undefined || token === undefined) return undefined;
  return runSigner(trust, { url, token });
}

/** The same environment without what signs: for programs that run code of others. */
export function withoutSigningSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = /^(COXSWAIN_(EVIDENCE|GUIDANCE|SIGNING)_|ACTIONS_ID_TOKEN_REQUEST_)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.test(name)));
}

function keySigner(name: string, signer: Signer, publicKey: string): AttestationSigner {
  return {
    name,
    sign: async (statement) => {
      const { bundleToJSON, toDSSEBundle } = await import('@sigstore/bundle');
      const { dsse } = await import('@sigstore/core');
      const artifact = Buffer.from(statement);
      const signature = Buffer.from(await signer(dsse.preAuthEncoding(payloadType, artifact)), 'base64');
      const bundle = toDSSEBundle({
        artifact,
        artifactType: payloadType,
        signature,
        keyHint: hintOf(publicKey),
      });
      // The library also writes the hint as the signature's key id. cosign compares that with an id of its own form, and
      // would skip the signature; it writes none itself.
      for (const each of bundle.content.dsseEnvelope.signatures) each.keyid = '';
      return Buffer.from(`${JSON.stringify({ ...bundleToJSON(bundle), mediaType: bundleMediaType })}\n`);
    },
  };
}

/** As cosign writes it: a hash of the key. */
function hintOf(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64');
}

/** Signs by a key that lives for one signature, certified by Fulcio for this workflow run, and logged in Rekor. */
function runSigner(
  { sigstore }: Trust,
  request: { readonly url: string; readonly token: string },
): AttestationSigner {
  return {
    name: 'this workflow run',
    certified: true,
    sign: async (statement) => {
      const { bundleToJSON } = await import('@sigstore/bundle');
      const { DSSEBundleBuilder, FulcioSigner, RekorWitness } = await import('@sigstore/sign');
      const { fulcio, rekor } = sigstore;
      const identityProvider = { getToken: () => identityToken(request) };
      const builder = new DSSEBundleBuilder({
        signer: new FulcioSigner({ fulcioBaseURL: fulcio, identityProvider, ...patience }),
        witnesses: [new RekorWitness({ rekorBaseURL: rekor, entryType: 'dsse', ...patience })],
      });
      try {
        const bundle = await builder.create({ data: Buffer.from(statement), type: payloadType });
        return Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);
      } catch (error) {
        if (error instanceof OutsideError) throw error;
        // The message of the library may hold the token, so only its code and the cause are shown.
        const { code = 'unknown error', cause } = error as { code?: string; cause?: unknown };
        if (cause instanceof OutsideError) throw cause;
        const why = cause === undefined ? code : `${code}: ${messageOf(cause)}`;
        throw new OutsideError(`signing evidence by ${fulcio} and ${rekor}`, why);
      }
    },
  };
}

const tokenSchema = z.object({ value: z.string().min(1) });

/** The token by which GitHub says which run this is. @throws OutsideError that does not contain it */
async function identityToken({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): Promise<string> {
  const doing = "asking GitHub for the run's identity token";
  try {
    const address = new URL(url);
    address.searchParams.set('audience', 'sigstore');
    const answer = await fetchWhole(address, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      timeout: patience.timeout,
    });
    if (!answer.ok) throw new OutsideError(doing, `HTTP ${answer.status}`);
    const body = tokenSchema.safeParse(JSON.parse(await answer.text(largestToken)));
    if (!body.success) throw new OutsideError(doing, 'the answer has no token');
    return body.data.value;
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    throw new OutsideError(doing, messageOf(error));
  }
}
