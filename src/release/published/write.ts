import { join } from 'node:path';
import { messageOf, OutsideError } from '../../host/errors.ts';
import { readFileIfThere, writeFileAtomically } from '../../host/files.ts';

/**
 * Writes rendered files in their order, each one whole or not at all; files that are as they should be are left alone,
 * and files that are not in the list, too (a node may still ask for the graph of a ring that is gone).
 * @param files path → content, as renderSite gives it
 * @throws OutsideError when a file cannot be written
 */
export async function writeSite(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<{ readonly written: readonly string[]; readonly unchanged: readonly string[] }> {
  const written: string[] = [];
  const unchanged: string[] = [];
  for (const [path, content] of files) {
    if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw new Error(`the site has a file that is outside of it: ${JSON.stringify(path)}`);
    }
    const file = join(folder, path);
    try {
      if ((await readFileIfThere(file)) === content) {
        unchanged.push(path);
        continue;
      }
      await writeFileAtomically(file, content);
    } catch (error) {
      throw new OutsideError(`writing ${file}`, messageOf(error), undefined, { cause: error });
    }
    written.push(path);
  }
  return { written, unchanged };
}
