import { mkdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onInterrupt } from '../../../host/cleanup.ts';
import { InputError } from '../../../host/errors.ts';
import { surelyEnded, thisProcess } from '../../../host/temporary-names.ts';

const name = '.in-use';
/** Milliseconds between two signs of life. */
const renewal = 30_000;
/**
 * Milliseconds without one after which a run has ended. Its process cannot always be asked: it ran in another
 * container, or before this machine started again.
 */
const silence = 10 * renewal;

/**
 * Runs `work` as the only boot test that writes to a folder. Two of them would mix their logs, and each would read what
 * the machine of the other one wrote.
 * @throws InputError if another one that still runs does
 */
export async function asOnlyWriter<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const own = thisProcess();
  if (own === undefined) return work();
  const made = await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  if (!(await claim(file, own))) {
    const owner = await readFile(file, 'utf8').catch(() => '');
    if (!surelyEnded(owner) && !(await isSilent(file))) throw inUse(folder, owner);
    // It was killed.
    await rm(file, { force: true });
    if (!(await claim(file, own))) throw inUse(folder, owner);
  }
  const renew = setInterval(() => {
    utimes(file, new Date(), new Date()).catch(() => undefined);
  }, renewal).unref();
  const release = async () => {
    clearInterval(renew);
    await rm(file, { force: true });
    // Nothing was written, and the folder did not exist.
    if (made !== undefined) await rmdir(folder).catch(() => undefined);
  };
  const forget = onInterrupt(release);
  try {
    return await work();
  } finally {
    forget();
    await release();
  }
}

async function isSilent(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > silence;
}

async function claim(file: string, own: string): Promise<boolean> {
  try {
    await writeFile(file, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function inUse(folder: string, owner: string): InputError {
  const pid = owner.split('.')[1];
  return new InputError({
    where: folder,
    problem: `another boot test writes to this folder${pid === undefined ? '' : ` (process ${pid})`}`,
    remedy: `Wait for its end, or give this one another --output. If it was killed in another container, or before this machine started again, wait 5 minutes, or remove ${name} in the folder.`,
  });
}
