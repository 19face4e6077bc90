import { z } from 'zod';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { fetchWhole } from '../../world/http/fetch-whole.ts';
import { type Digest, formatRepository, type Repository } from '../../world/registry/reference.ts';

// containers/image docs/containers-signature.5.md (simple signing) and docs/signature-protocols.md (lookaside): an
// OpenPGP message of JSON, in files `REPOSITORY@sha256=HEX/signature-1`, `signature-2`, …

/** An image may have several signatures: Fedora makes one for each tag. */
const mostSignatures = 16;
const patience = 30_000;
/** A signature has about one kilobyte. */
const largest = 64 * 1024;
/** Clocks differ. A signature may be dated a little later than the clock here. */
const clockSkew = 2 * 3600_000;

const payloadSchema = z.object({
  critical: z.object({
    identity: z.object({ 'docker-reference': z.string() }),
    image: z.object({ 'docker-manifest-digest': z.string() }),
    type: z.literal('atomic container signature'),
  }),
});

/** Who signed an image, or why no signature counts. */
export type GpgVerdict = { readonly signedBy: string } | { readonly refused: string };

/**
 * Looks for a signature of an image by one of some keys.
 * @param options.keys armored public keys
 * @throws OutsideError if the lookaside gives no answer
 * @throws InputError for a key that cannot be read
 */
export async function verifyGpgSignature(options: {
  readonly lookaside: string;
  readonly keys: readonly { readonly where: string; readonly armored: string }[];
  readonly repository: Repository;
  readonly digest: Digest;
}): Promise<GpgVerdict> {
  const { lookaside, repository, digest } = options;
  const keys = await readKeys(options.keys);
  const folder = `${lookaside}/${repository.path}@${digest.replace(':', '=')}`;
  const reasons: string[] = [];
  for (let number = 1; number <= mostSignatures; number += 1) {
    const url = `${folder}/signature-${number}`;
    const bytes = await read(url);
    if (bytes === undefined) break;
    const verdict = await judge(bytes, keys, { repository, digest });
    if ('signedBy' in verdict) return verdict;
    reasons.push(verdict.refused);
  }
  return {
    refused: reasons.length === 0 ? `no signature was found at ${folder}` : [...new Set(reasons)].join('; '),
  };
}

type Keys = Awaited<ReturnType<typeof readKeys>>;

async function readKeys(files: readonly { readonly where: string; readonly armored: string }[]) {
  // A large library, and only this needs it.
  const { readKeys: parseKeys } = await import('openpgp');
  const keys = [];
  for (const { where, armored } of files) {
    try {
      const found = await parseKeys({ armoredKeys: armored });
      if (found.some((key) => key.isPrivate())) throw new Error('a private key');
      keys.push(...found);
    } catch (error) {
      throw new InputError({
        where,
        problem: `not an OpenPGP public key (${messageOf(error)})`,
        expected: '-----BEGIN PGP PUBLIC KEY BLOCK-----',
      });
    }
  }
  return keys;
}

/** @returns undefined if there is no such file */
async function read(url: string): Promise<Uint8Array | undefined> {
  const doing = `reading the signature of the base image at ${url}`;
  try {
    const response = await fetchWhole(url, { timeout: patience });
    // A server that never ends its answer must not fill the memory.
    if (response.ok) return new Uint8Array(await response.bytes(largest));
    response.discard();
    // Object stores that do not list answer 403 for what they do not have.
    if (response.status === 404 || response.status === 403) return undefined;
    throw new OutsideError(doing, `the server answered ${response.status}`);
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    throw new OutsideError(
      doing,
      messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error),
    );
  }
}

async function judge(
  bytes: Uint8Array,
  keys: Keys,
  { repository, digest }: { readonly repository: Repository; readonly digest: Digest },
): Promise<GpgVerdict> {
  const { readMessage, verify } = await import('openpgp');
  let signed: { text: string; by: string };
  try {
    const message = await readMessage({ binaryMessage: bytes });
    const date = new Date(Date.now() + clockSkew);
    const { data, signatures } = await verify({ message, verificationKeys: keys, date, format: 'utf8' });
    const by = keyOf(keys, (await firstValid(signatures)) ?? '');
    if (by === undefined) {
      return { refused: 'it is signed by a key that is not named, or the signature is not valid' };
    }
    if (await isOver(by)) return { refused: 'it is signed by a key that has expired or was revoked' };
    const name = `${by.getUserIDs()[0] ?? 'a key without a name'}, key ${by.getFingerprint().toUpperCase()}`;
    signed = { text: String(data), by: name };
  } catch {
    // No input or output happens here: whatever the library throws is about these bytes.
    return { refused: 'what the lookaside has there is not an OpenPGP signature' };
  }
  const payload = payloadSchema.safeParse(parseJson(signed.text)).data;
  if (payload === undefined) return { refused: 'what was signed is not a container signature' };
  const { identity, image } = payload.critical;
  if (image['docker-manifest-digest'] !== digest) return { refused: 'the signature is of another image' };
  const repositoryOf = identity['docker-reference'].replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  if (repositoryOf !== formatRepository(repository))
    return { refused: `the signature is for ${repositoryOf}` };
  return { signedBy: signed.by };
}

async function firstValid(
  signatures: readonly { readonly keyID: { toHex(): string }; readonly verified: Promise<true> }[],
): Promise<string | undefined> {
  for (const { keyID, verified } of signatures) {
    const isValid = await verified.catch(() => false);
    if (isValid) return keyID.toHex();
  }
  return undefined;
}

function keyOf(keys: Keys, id: string): Keys[number] | undefined {
  return keys.find((each) => each.getKeys().some((part) => part.getKeyID().toHex() === id));
}

/** The library takes a signature from before the end of its key; containers/image, which nodes run, does not. */
async function isOver(key: Keys[number]): Promise<boolean> {
  const end = await key.getExpirationTime();
  return end === null || (end instanceof Date && end.getTime() <= Date.now()) || (await key.isRevoked());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
