import { join } from 'node:path';
import { beforeWriting } from '../../../host/dry-run.ts';
import { messageOf, OutsideError } from '../../../host/errors.ts';
import { readFileIfThere, writeFileAtomically } from '../../../host/files.ts';
import { openOwnFolder, removeTemporaryFiles } from './own-folder.ts';
import type { Publisher } from './publisher.ts';

/** Writes the files to a folder, for a web server or a bucket. */
export const folderPublisher: Publisher = {
  isWanted: () => true,
  publish: async ({ folder, site }) => ({ ...(await publishToFolder(folder, site)), artifacts: [] }),
};

/**
 * Writes files to a folder that has only published files, and removes what killed runs left in it.
 * @throws InputError if the folder has other files; as writeSite
 */
export async function publishToFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
): ReturnType<typeof writeSite> {
  beforeWriting(() => `bring the site in ${folder} up to date (${files.size} files)`);
  const own = await openOwnFolder(folder);
  const answer = await writeSite(own, files);
  await removeTemporaryFiles(own);
  return answer;
}

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
