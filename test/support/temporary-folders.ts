import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];
const kept: string[] = [];

/** An empty folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-'));
  folders.push(folder);
  return folder;
}

/** The folders that were made so far are for all tests of the file: they are gone after the last one. */
export function keepForAllTests(): void {
  kept.push(...folders.splice(0));
}

/** Folders that were made until now stay after the test: the caller removes them. */
export function keepFolders(): string[] {
  return folders.splice(0);
}

/** After a test. */
export const removeFolders = () => removeAll(folders);

/** After the last test of a file. */
export const removeKeptFolders = () => removeAll(kept);

async function removeAll(list: string[]): Promise<void> {
  await Promise.all(list.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
