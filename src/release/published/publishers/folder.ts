import { join } from 'node:path';
import { messageOf, OutsideError } from '../../../host/errors.ts';
import { readFileIfThere, writeFileAtomically } from '../../../host/files.ts';
import type { Publisher } from './publisher.ts';

/** Writes the files to a folder, for a web server or a bucket. */
export const folderPublisher: Publisher = {
  isWanted: () => true,
  publish: async ({ folder, site }) => ({ ...(await writeSite(folder, site)), artifacts: [] }),
};

/**
 * Writes files in their order, each one whole or not at all. Files that are already right stay as they are. Files that
 * are not in the list stay too: a node may still ask for the graph of a ring that was removed.
 * @param files path → content, as renderSite returns it
 * @throws OutsideError if a file cannot be written
 */
export async function writeSite(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<{ readonly written: readonly string[]; readonly unchanged: readonly string[] }> {
  const written: string[] = [];
  const unchanged: string[] = [];
  for (const [path, content] of files) {
    if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw new Error(`the site has a file outside its folder: ${JSON.stringify(path)}`);
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
