import { InputError } from '../../host/errors.ts';
import { exec } from '../../host/exec.ts';
import type { Git } from './git.ts';
import type { TreeEntry } from './list-tree.ts';

/**
 * Texts of several files, with at most one git process.
 * @returns path → text
 * @throws InputError naming the file that is not UTF-8 text
 */
export async function readTexts(git: Git, entries: readonly TreeEntry[]): Promise<Map<string, string>> {
  const known = entries.map(({ hash }) => git.memory.get(hash));
  const read = await readUnknown(
    git,
    entries.filter((_, index) => known[index] === undefined),
  );
  return new Map(entries.map(({ hash, path }, index) => [path, known[index] ?? (read.get(hash) as string)]));
}

/** @returns hash → text */
async function readUnknown(git: Git, entries: readonly TreeEntry[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (entries.length === 0) return texts;
  const { stdout } = await exec('git', ['-C', git.directory, 'cat-file', '--batch'], {
    input: entries.map((entry) => `${entry.hash}\n`).join(''),
    doing: 'reading files from git',
  });
  // Output is decoded text; lengths in the headers count bytes.
  const bytes = Buffer.from(stdout);
  let offset = 0;
  for (const entry of entries) {
    const end = bytes.indexOf('\n', offset);
    const [hash, kind, size] = bytes.toString('utf8', offset, end).split(' ');
    const next = end + 1 + Number(size) + 1;
    // Decoding replaces bytes that are not UTF-8 by others, so the lengths no longer fit.
    if (end < 0 || hash !== entry.hash || kind !== 'blob' || bytes[next - 1] !== 10)
      throw notText(entry.path);
    const text = bytes.toString('utf8', end + 1, next - 1);
    if (text.includes('\uFFFD')) throw notText(entry.path);
    texts.set(hash, text);
    git.memory.set(hash, text);
    offset = next;
  }
  return texts;
}

function notText(path: string): InputError {
  return new InputError({ where: path, problem: 'this file is not UTF-8 text' });
}
