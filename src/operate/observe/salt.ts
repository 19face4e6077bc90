import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../host/cache-folder.ts';
import { isRehearsal } from '../../host/dry-run.ts';
import { InputError } from '../../host/errors.ts';
import { isMissing, makeFolder } from '../../host/files.ts';
import { saltLength } from '../../release/adoption/node-key.ts';

/** Gives the salt, for machines that keep no files. */
export const saltVariable = 'COXSWAIN_OBSERVE_SALT';

/**
 * The salt of the hashes of node identifiers: from the environment, or a file that is made once and stays in the cache
 * folder of this machine. It is never shown, and is in no result.
 * @throws InputError for a salt that could be guessed
 */
export async function readSalt(env: NodeJS.ProcessEnv): Promise<Uint8Array> {
  const given = env[saltVariable] ?? '';
  if (given !== '') {
    if (given.length >= saltLength) return Buffer.from(given, 'utf8');
    throw new InputError({
      field: saltVariable,
      problem: 'this salt is too short, so identifiers could be guessed',
      found: `${given.length} characters`,
      expected: `at least ${saltLength}, such as openssl rand -hex 32 prints`,
    });
  }
  const folder = cacheFolder('observe', env);
  const file = join(folder, 'salt');
  const known = await readWhole(file);
  if (known !== undefined) return known;
  // A rehearsal writes nothing; its numbers are the same with any salt.
  if (isRehearsal()) return randomBytes(saltLength);
  await makeFolder(folder);
  const made = join(folder, `.salt-${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(made, randomBytes(saltLength), { mode: 0o600 });
  await chmod(made, 0o600);
  // Of two processes that make one at the same time, both use the first.
  await link(made, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await unlink(made);
  return (await readWhole(file)) ?? readSalt(env);
}

async function readWhole(file: string): Promise<Uint8Array | undefined> {
  try {
    const salt = await readFile(file);
    return salt.length === saltLength ? salt : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
