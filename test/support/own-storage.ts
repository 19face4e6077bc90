import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './repository.ts';

/** An environment with a container storage of its own, empty. */
export async function ownStorage(): Promise<Record<string, string>> {
  const place = await temporaryFolder();
  await mkdir(join(place, 'graph'));
  const file = join(place, 'storage.conf');
  await writeFile(
    file,
    `[storage]\ndriver = "overlay"\ngraphroot = "${place}/graph"\nrunroot = "${place}/run"\n`,
  );
  return { CONTAINERS_STORAGE_CONF: file };
}
