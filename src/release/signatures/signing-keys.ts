import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { isMissing } from '../../host/files.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { commandSigner } from './command-signer.ts';
import { publicPem, readPrivateKey, readPublicKey, sameKey } from './keys.ts';
import { publicHalf, type Signer, signerOf } from './simple-signing.ts';

/** A key of a fleet: nodes of the fleet trust what it signed. */
export interface FleetKey {
  /** Path in the repository. */
  readonly file: string;
  readonly key: KeyObject;
}

/** A fleet's key with a signer for it. */
export interface SigningKey extends FleetKey {
  readonly signer: Signer;
}

/**
 * The keys that releases of a fleet are signed by at a time: none if the fleet does not sign. A key whose `until` has
 * passed no longer signs.
 * @param root top folder of the checkout
 * @param now UNIX seconds
 * @throws InputError for a file that is missing or holds no public key
 */
export async function fleetKeys(root: string, fleet: Fleet, now: number): Promise<readonly FleetKey[]> {
  const active = fleet.signing.filter(({ until }) => until === undefined || now < until);
  return Promise.all(active.map(async ({ file }) => ({ file, key: await readKeyFile(root, file) })));
}

/**
 * Reads a public key that coxswain.yaml names.
 * @throws InputError for a file that is missing or holds no public key
 */
export async function readKeyFile(root: string, file: string): Promise<KeyObject> {
  return readPublicKey(await readKeyText(root, file), file);
}

/**
 * The text of a public key that coxswain.yaml names, of any kind.
 * @param told.field the field that names it
 * @param told.remedy what to do if the file is missing. Default: make a pair.
 * @throws InputError for a file that does not exist
 */
export async function readKeyText(
  root: string,
  file: string,
  told: { readonly field?: string; readonly remedy?: string } = {},
): Promise<string> {
  try {
    return await readFile(join(root, file), 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new InputError({
      where: file,
      ...defined({ field: told.field }),
      problem: 'coxswain.yaml names this public key, and the file does not exist',
      remedy: told.remedy ?? 'coxswain make-key makes a pair. Commit the public key.',
    });
  }
}

/**
 * The signers of a fleet: each of its keys with its private half from the environment, never from an argument.
 * - COXSWAIN_SIGNING_KEY: the private key in PEM; several, one after the other, while keys change
 * - COXSWAIN_SIGNING_KEY_FILE: the same in a file, such as /dev/fd/3
 * - COXSWAIN_SIGNING_PASSPHRASE: opens them if they are encrypted
 * - COXSWAIN_SIGNING_COMMAND: a program that signs in their place (a KMS, a token)
 * @throws InputError if a key of the fleet has no private half here
 */
export async function signingKeys(
  keys: readonly FleetKey[],
  options: { readonly fleet: string; readonly env: NodeJS.ProcessEnv },
): Promise<readonly SigningKey[]> {
  if (keys.length === 0) return [];
  const { env, fleet } = options;
  const own = await privateKeys(env, 'COXSWAIN_SIGNING');
  const command = env.COXSWAIN_SIGNING_COMMAND;
  return keys.map(({ file, key }) => {
    const found = own.find((each) => sameKey(publicHalf(each), key));
    if (found !== undefined) return { file, key, signer: signerOf(found) };
    if (command !== undefined && command.trim() !== '') {
      return { file, key, signer: commandSigner(command, { env, publicKey: publicPem(key) }) };
    }
    throw new InputError({
      where: file,
      problem: `releases of fleet ${fleet} are signed by this key, and its private half is not in the environment`,
      found:
        own.length === 0 ? 'no private key' : `${own.length} other private key${own.length === 1 ? '' : 's'}`,
      expected:
        'the private key in COXSWAIN_SIGNING_KEY (or COXSWAIN_SIGNING_KEY_FILE, COXSWAIN_SIGNING_COMMAND)',
      remedy: 'In a workflow, keep it as a secret of the environment that is named as the fleet.',
    });
  });
}

const onePem = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/g;

/**
 * The private keys of the environment: NAME_KEY, NAME_KEY_FILE, opened by NAME_PASSPHRASE.
 * @param name the start of the variables' names
 */
export async function privateKeys(env: NodeJS.ProcessEnv, name: string): Promise<KeyObject[]> {
  const passphrase = env[`${name}_PASSPHRASE`];
  const sources = [[`${name}_KEY`, env[`${name}_KEY`] ?? '']];
  const file = env[`${name}_KEY_FILE`] ?? '';
  if (file !== '') sources.push([`${name}_KEY_FILE`, await readSecretFile(file, `${name}_KEY_FILE`)]);
  return sources.flatMap(([where = '', text = '']) => {
    if (text.trim() === '') return [];
    const found = text.match(onePem) ?? [text];
    return found.map((pem) =>
      readPrivateKey(pem, {
        where,
        passphraseIn: `${name}_PASSPHRASE`,
        ...defined({ passphrase: passphrase === undefined || passphrase === '' ? undefined : passphrase }),
      }),
    );
  });
}

async function readSecretFile(path: string, where: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError({
      where,
      problem: 'the private key cannot be read',
      found: (error as NodeJS.ErrnoException).code ?? 'unknown',
    });
  }
}
