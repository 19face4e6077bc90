import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { defined } from '../../../host/defined.ts';
import { InputError } from '../../../host/errors.ts';
import { isMissing } from '../../../host/files.ts';
import { parseDuration } from '../../../host/time.ts';
import { type UpgradeStage, upgradeStages } from '../../../release/evidence/upgrade-stages.ts';

/** One test: a program that runs as root inside the machine and passes by exiting with 0. */
export interface TestFile {
  /** File name; tests run in the order of their names. */
  readonly name: string;
  /** On the host. */
  readonly path: string;
  /** Default: 120 seconds. */
  readonly timeoutSeconds?: number;
}

export type UpgradeTests = Readonly<Record<UpgradeStage, readonly TestFile[]>>;

export function hasUpgradeTests(tests: UpgradeTests): boolean {
  return upgradeStages.some((stage) => tests[stage].length > 0);
}

export const defaultTestSeconds = 120;

/** Names of results that do not come from files. */
const takenNames = ['systemd', 'identity'];

/**
 * The tests directly in a folder, in the order of their names (bytewise, as `LC_ALL=C ls` has it): files that end in
 * `.sh`, and other executable files. Folders in it may hold what tests share; they are not searched. A symbolic link
 * to such a file is a test too, if it stays among the tests.
 * @param shownAs the folder's name in messages
 * @param top the folder of all tests, which links may not leave
 * @throws InputError for an empty test, for its unreadable `# coxswain:` line, and for a link that leads elsewhere
 */
export async function listTests(folder: string, shownAs = folder, top = folder): Promise<TestFile[]> {
  const tests: TestFile[] = [];
  for (const name of (await namesIn(folder)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const path = join(folder, name);
    if (name.startsWith('.')) continue;
    const target = await targetInside(path, top, `${shownAs}/${name}`);
    const found = await stat(target);
    if (!found.isFile()) continue;
    const { mode } = found;
    if (!(name.endsWith('.sh') || (mode & 0o111) !== 0)) continue;
    if (takenNames.includes(name)) {
      throw new InputError({
        where: `${shownAs}/${name}`,
        problem: 'a test cannot have this name: results of the harness have it',
        expected: 'another name, such as 10-systemd.sh',
      });
    }
    const text = await readFile(target, 'latin1');
    if (text.trim() === '') {
      throw new InputError({
        where: `${shownAs}/${name}`,
        problem: 'this test is empty, and an empty program always passes',
        remedy: 'Write the test, or delete the file.',
      });
    }
    const timeoutSeconds = readTestTimeout(text, `${shownAs}/${name}`);
    tests.push({ name, path: target, ...defined({ timeoutSeconds }) });
  }
  return tests;
}

/** The target of a link. @throws InputError unless that is a place inside `top` */
async function targetInside(path: string, top: string, shownAs: string): Promise<string> {
  let target: string | undefined;
  try {
    target = await realpath(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (!isMissing(error) && code !== 'ELOOP' && code !== 'ENOTDIR') throw error;
  }
  if (target?.startsWith(`${await realpath(top)}${sep}`)) return target;
  throw new InputError({
    where: shownAs,
    problem:
      target === undefined
        ? 'this symbolic link leads to nothing'
        : 'this symbolic link leads out of the folder of the tests, and machines get a copy of that folder only',
    remedy: 'Link to a file in the folder of the tests, or put a copy there.',
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Reads `# coxswain: timeout=300` (or `5m`) from the first ten lines of a test; the answer is in seconds.
 * @throws InputError for a `# coxswain:` line that says anything else
 */
export function readTestTimeout(text: string, where: string): number | undefined {
  for (const [index, line] of text.split('\n', 10).entries()) {
    const setting = /^\s*#\s*coxswain:\s*(.*?)\s*$/.exec(line)?.[1];
    if (setting === undefined) continue;
    const value = /^timeout=(\S+)$/.exec(setting)?.[1];
    const place = { where: `${where}:${index + 1}` };
    if (value === undefined) {
      throw new InputError({
        ...place,
        problem: 'unknown setting of a test',
        found: setting,
        expected: 'timeout=SECONDS, such as # coxswain: timeout=300',
      });
    }
    const seconds = /^\d+$/.test(value)
      ? Number(value)
      : parseDuration(value, { ...place, field: 'timeout' });
    if (seconds === 0)
      throw new InputError({ ...place, field: 'timeout', problem: 'a test needs some time', found: value });
    return seconds;
  }
  return undefined;
}
