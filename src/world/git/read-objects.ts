import { spawn } from 'node:child_process';
import { InputError, OutsideError } from '../../host/errors.ts';
import { findTool } from '../../host/tools.ts';
import type { Git } from './git.ts';
import type { TreeEntry } from './list-tree.ts';

/**
 * Reads blobs by hash, byte for byte (no end-of-line conversion, no filters), one after the other so that only
 * one is in memory at a time. `git cat-file --batch` is run directly: host/exec is for text.
 * @throws OutsideError when git does not have one of them
 */
export async function readBlobs(
  git: Git,
  hashes: readonly string[],
  each: (hash: string, bytes: Buffer) => Promise<void>,
): Promise<void> {
  if (hashes.length === 0) return;
  const child = spawn(findTool('git') ?? 'git', ['-C', git.directory, 'cat-file', '--batch'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
  });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-2_000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // `ended` reports its failure. Without this handler, a broken pipe would end our process.
  child.stdin.on('error', () => {});
  child.stdin.end(hashes.map((hash) => `${hash}\n`).join(''));
  try {
    const stream = byteReader(child.stdout);
    for (const hash of hashes) {
      const header = await stream.line();
      const size = /^\w+ blob (\d+)$/.exec(header ?? '')?.[1];
      if (size === undefined) {
        throw new OutsideError(`reading ${hash} from git`, header ?? (complaint.trim() || 'git ended early'));
      }
      const bytes = await stream.take(Number(size));
      await stream.take(1);
      await each(hash, bytes);
    }
  } catch (error) {
    child.kill();
    await ended.catch(() => {});
    throw error;
  }
  const code = await ended;
  if (code !== 0) throw new OutsideError('reading files from git', `exit code ${code}: ${complaint.trim()}`);
}

/** Reads one blob. */
export async function readBlob(git: Git, hash: string): Promise<Buffer> {
  let content: Buffer = Buffer.alloc(0);
  await readBlobs(git, [hash], async (_hash, bytes) => {
    content = bytes;
  });
  return content;
}

/**
 * A file's text, for files that have to be text.
 * @throws InputError when the bytes are not UTF-8
 */
export async function readTextBlob(git: Git, entry: TreeEntry): Promise<string> {
  const bytes = await readBlob(git, entry.hash);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InputError({ where: entry.path, problem: 'the file is not UTF-8 text' }, { cause: error });
  }
}

/** Reads lines, and given numbers of bytes, from a stream. */
function byteReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let length = 0;
  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done) return false;
    held.push(next.value);
    length += next.value.length;
    return true;
  };
  const take = async (count: number): Promise<Buffer> => {
    while (length < count) {
      if (!(await more())) throw new OutsideError('reading files from git', 'git ended early');
    }
    const all = Buffer.concat(held, length);
    held = [all.subarray(count)];
    length -= count;
    return all.subarray(0, count);
  };
  const line = async (): Promise<string | undefined> => {
    for (;;) {
      const all = Buffer.concat(held, length);
      held = [all];
      const end = all.indexOf(10);
      if (end >= 0) return (await take(end + 1)).subarray(0, end).toString();
      if (!(await more())) return undefined;
    }
  };
  return { take, line };
}
