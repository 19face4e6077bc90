import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTestTimeout } from '../../loop/boot-test/guest/list-tests.ts';
import { upgradeStages } from '../../release/evidence/upgrade-stages.ts';
import { errorsOf, type Found } from './checkout-finding.ts';
import { type Examined, fileNames, readText, untracked } from './examined.ts';

/** There must be tests, and the machine must be able to run each of them. */
export async function checkTests(examined: Examined): Promise<readonly Found[]> {
  const { tests: folder } = examined.config;
  const found: Found[] = [];
  const own = await testsIn(examined, folder);
  if (own.length === 0) {
    found.push({
      severity: 'error',
      where: `${folder}/`,
      message: `Nothing would be tested: ${folder}/ has no file that ends in .sh or is executable.`,
      remedy: `Write ${folder}/10-boots.sh, which exits with 0 if the machine is as it should be.`,
    });
  }
  const paths = own;
  for (const stage of upgradeStages) paths.push(...(await testsIn(examined, `${folder}/${stage}`)));
  for (const path of paths) found.push(...untracked(examined, path), ...(await judge(examined, path)));
  return found;
}

async function testsIn(examined: Examined, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await fileNames(examined, folder)) {
    const { mode } = await stat(join(examined.root, folder, name));
    if (!name.startsWith('.') && (name.endsWith('.sh') || (mode & 0o111) !== 0))
      paths.push(`${folder}/${name}`);
  }
  return paths;
}

async function judge(examined: Examined, path: string): Promise<Found[]> {
  const text = (await readText(examined, path)) ?? '';
  const timeout = errorsOf(path, () => {
    readTestTimeout(text, path);
  });
  if (!text.split('\n', 1)[0]?.endsWith('\r')) return timeout;
  return [
    ...timeout,
    {
      severity: 'error',
      where: `${path}:1`,
      message:
        'The lines end in CR LF, as Windows writes them: Linux looks for an interpreter whose name ends in CR, and finds none.',
      remedy: 'Write "*.sh text eol=lf" into .gitattributes, then git add --renormalize . and commit.',
    },
  ];
}
