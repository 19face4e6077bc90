import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { InputError, OutsideError } from '../../../host/errors.ts';
import { findTool, requireTools } from '../../../host/tools.ts';

/** Programs that decompress, by the ending of a file name. */
const programs = {
  gz: ['gzip'],
  xz: ['xz'],
  zst: ['zstd'],
  bz2: ['bzip2'],
  lz4: ['lz4'],
  lzma: ['xz', '--format=lzma'],
  lzo: ['lzop'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;

export type Compression = keyof typeof programs;

export function compressionOf(ending: string): Compression | undefined {
  return Object.hasOwn(programs, ending) ? (ending as Compression) : undefined;
}

/** The first bytes of compressed files (the formats' own specifications; lz4 as the kernel's build writes it). */
const magics: ReadonlyArray<readonly [Compression, readonly number[]]> = [
  ['gz', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zst', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bz2', [0x42, 0x5a, 0x68]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzma', [0x5d, 0x00, 0x00]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f]],
];

/** What a file is compressed with, by its first bytes. */
export function detectCompression(bytes: Uint8Array): Compression | undefined {
  return magics.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0];
}

/**
 * Decompresses bytes of an image.
 * @param largest of the result, in bytes
 * @throws InputError for bytes that cannot be decompressed, or that become larger
 */
export async function decompress(
  compression: Compression,
  bytes: Uint8Array,
  largest: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await decompressTo(compression, bytes, largest, (chunk) => {
    chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

/** The same, part by part, so that the whole result is never in memory. */
export async function decompressTo(
  compression: Compression,
  bytes: Uint8Array,
  largest: number,
  onBytes: (chunk: Buffer) => void,
): Promise<void> {
  const [program, ...args] = programs[compression];
  requireTools([program]);
  const child = spawn(findTool(program) ?? program, [...args, '-d', '-c', '-q'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  // A program that stops reading its input closes it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(bytes);
  let total = 0;
  let failure: unknown;
  child.stdout.on('data', (chunk: Buffer) => {
    if (failure !== undefined) return;
    total += chunk.length;
    try {
      if (total > largest) {
        throw new InputError({
          problem: 'compressed data of the image becomes too large',
          expected: `at most ${largest} bytes`,
        });
      }
      onBytes(chunk);
    } catch (error) {
      failure = error;
      child.kill('SIGKILL');
    }
  });
  const [code] = await closed;
  if (failure !== undefined) throw failure;
  if (code === null) throw new OutsideError(`decompressing with ${program}`, 'it was ended from outside');
  // zstd and gzip report what follows the data as an error, but have written all of the data by then: 2 is a warning
  // of gzip.
  if (code !== 0 && !(code === 2 && compression === 'gz')) {
    throw new InputError({
      problem: `data of the image cannot be decompressed (${program}: exit code ${code})`,
    });
  }
}
