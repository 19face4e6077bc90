import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { isMissing } from '../../host/files.ts';

/** One log: its name for messages, and its bytes. */
export interface LogSource {
  readonly name: string;
  /** The bytes, unpacked. @throws OutsideError at the place from which on they cannot be read */
  read(): AsyncIterable<Buffer>;
}

/** Standard input. */
export const standardInput = '-';

const chunkSize = 1024 * 1024;

/**
 * The logs behind paths: a file, all files of a folder, or `-` for standard input. Files in a folder whose name begins
 * with a dot are left out.
 * @throws InputError if there is none
 */
export async function findLogs(
  paths: readonly string[],
  stdin: () => AsyncIterable<Buffer>,
): Promise<LogSource[]> {
  const sources: LogSource[] = [];
  for (const path of paths) {
    if (path === standardInput) {
      sources.push({ name: 'standard input', read: () => unpacked('standard input', stdin()) });
      continue;
    }
    for (const file of await filesBehind(path)) {
      sources.push({ name: file, read: () => unpacked(file, fileChunks(file)) });
    }
  }
  return sources;
}

async function filesBehind(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
  } catch (error) {
    if (!isMissing(error))
      throw new OutsideError(`reading ${path}`, messageOf(error), undefined, { cause: error });
    throw new InputError({ field: '--log', problem: 'this file or folder does not exist', found: path });
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length > 0) return files;
  throw new InputError({ field: '--log', problem: 'no file is in this folder', found: path });
}

function fileChunks(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: chunkSize });
}

/** Unpacks gzip and zstd, which are recognised by their first bytes: names of rotated logs vary. */
async function* unpacked(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const first = await atLeast(iterator, 4);
    const unpacker = unpackerFor(name, first);
    if (unpacker === undefined) {
      if (first.length > 0) yield first;
      yield* rest(iterator);
      return;
    }
    const source = Readable.from(prepended(first, iterator), { objectMode: false, highWaterMark: chunkSize });
    // An error of the source ends the unpacker too; that of the unpacker is thrown by its iterator.
    source.on('error', (error) => unpacker.destroy(error));
    yield* source.pipe(unpacker) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new OutsideError(`reading ${name}`, messageOf(error), undefined, { cause: error });
  }
}

async function atLeast(iterator: AsyncIterator<Buffer>, bytes: number): Promise<Buffer> {
  let found: Buffer = Buffer.alloc(0);
  while (found.length < bytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    found = found.length === 0 ? next.value : Buffer.concat([found, next.value]);
  }
  return found;
}

async function* rest(iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

async function* prepended(first: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest(iterator);
}

function unpackerFor(name: string, first: Buffer): (Readable & NodeJS.WritableStream) | undefined {
  const magic = first.subarray(0, 4).toString('hex');
  if (magic.startsWith('1f8b')) return zlib.createGunzip({ chunkSize });
  if (magic !== '28b52ffd') return undefined;
  // Node.js has zstd from 22.15 on.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: typeof zlib.createGunzip };
  if (createZstdDecompress !== undefined) return createZstdDecompress({ chunkSize });
  throw new InputError({
    where: name,
    problem: 'this file is packed by zstd, which this version of Node.js cannot unpack',
    found: `Node.js ${process.version}`,
    expected: 'Node.js 22.15 or newer',
    remedy: `Or unpack it on the way: zstd -dc ${name} | coxswain observe --log -`,
  });
}
