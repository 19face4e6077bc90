import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { exec } from '../host/exec.ts';
import { readFileIfThere } from '../host/files.ts';

const packageSchema = z.object({ name: z.literal('coxswain'), version: z.string() });

/**
 * One line: the version, the commit if the program runs from a checkout of Coxswain, and Node.js.
 * @param program path of the program
 */
export async function versionLine(program: string): Promise<string> {
  const found = await findPackage(dirname(await realpath(program)));
  const node = `Node.js ${process.versions.node}`;
  if (found === undefined) return `coxswain (its package.json cannot be found), ${node}`;
  const commit = await commitOf(found.folder);
  return `coxswain ${found.version}${commit === undefined ? '' : ` (commit ${commit})`}, ${node}`;
}

/** Our package.json, in the folder or above it: dist/ and the tests' builds are at different depths. */
async function findPackage(folder: string): Promise<{ folder: string; version: string } | undefined> {
  const text = await readFileIfThere(join(folder, 'package.json'));
  const parsed = text === undefined ? undefined : packageSchema.safeParse(JSON.parse(text));
  if (parsed?.success === true) return { folder, version: parsed.data.version };
  const above = dirname(folder);
  return above === folder ? undefined : findPackage(above);
}

async function commitOf(folder: string): Promise<string | undefined> {
  try {
    // Not by world/git: this is loaded before every verb.
    const { stdout } = await exec('git', [
      '-C',
      folder,
      'rev-parse',
      '--show-toplevel',
      '--short=12',
      'HEAD',
    ]);
    const [top, commit] = stdout.trimEnd().split('\n');
    // An installation inside somebody's repository is not a checkout of ours.
    return top === folder ? commit : undefined;
  } catch {
    // Without git only the version is shown.
    return undefined;
  }
}
