import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from 'modern-tar';
import { InputError, OutsideError } from '../../host/errors.ts';
import { withoutTrailingSlashes } from '../../host/one-line.ts';
import { findTool, requireTools } from '../../host/tools.ts';

export type { TarHeader } from 'modern-tar';

/** A file of a layer. Its content may be read until the next entry, or ignored. */
export interface LayerEntry {
  readonly header: TarHeader;
  /** Without a leading `./` or `/`, nor a slash at the end. */
  readonly path: string;
  readonly content: ReadableStream<Uint8Array>;
}

/**
 * Goes through the files of a layer as it streams in: gzip, zstd or plain, recognised by the first bytes.
 * Leaving the loop ends the stream.
 * @param what for messages
 * @throws InputError when it is not a tar archive
 */
export async function* layerEntries(
  source: ReadableStream<Uint8Array>,
  what: string,
): AsyncGenerator<LayerEntry> {
  const reader = toWeb(await decompressed(source, what))
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        finished = true;
        throw asOurs(error, what);
      });
      if (done) {
        finished = true;
        return;
      }
      yield { header: value.header, path: plainPath(value.header.name), content: value.body };
      await drain(value);
    }
  } finally {
    if (!finished) await reader.cancel().catch(() => {});
  }
}

/** The whole content of an entry. For small ones. */
export async function readEntry(entry: LayerEntry): Promise<Uint8Array> {
  return new Uint8Array(
    await new Response(entry.content as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
  );
}

/** The usual form of a path in an archive: `./usr/bin/` becomes `usr/bin`. */
export function plainPath(name: string): string {
  return withoutTrailingSlashes(name.replace(/^(\.?\/)+/, ''));
}

async function drain({ body }: ParsedTarEntry): Promise<void> {
  if (body.locked) return;
  for (const reader = body.getReader(); ; ) if ((await reader.read()).done) return;
}

/** A layer without its compression: gzip, zstd or none, recognised by the first bytes. Closing it closes the source. */
export async function decompressed(source: ReadableStream<Uint8Array>, what: string): Promise<Readable> {
  const iterator = source[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array();
  while (start.length < 4) {
    const { done, value } = await iterator.next();
    if (done) break;
    start = start.length === 0 ? value : Buffer.concat([start, value]);
  }
  const bytes = Readable.from(
    (async function* () {
      try {
        yield start;
        for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
      } finally {
        await iterator.return?.();
      }
    })(),
    { objectMode: false },
  );
  const [one, two, three, four] = start;
  if (one === 0x1f && two === 0x8b) return pipe(bytes, createGunzip());
  if (one === 0x28 && two === 0xb5 && three === 0x2f && four === 0xfd) return unzstd(bytes, what);
  return bytes;
}

/** An error at the source ends the sink, and closing the sink closes the source. */
function pipe<T extends NodeJS.WritableStream & Readable>(source: Readable, sink: T): T {
  source.once('error', (error) => sink.destroy(error));
  sink.once('close', () => source.destroy());
  source.pipe(sink);
  return sink;
}

/** The program zstd decompresses it, because Node.js 20 cannot. */
function unzstd(source: Readable, what: string): Readable {
  requireTools(['zstd']);
  const child = spawn(findTool('zstd') ?? 'zstd', ['--decompress', '--stdout', '--quiet'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const { stdin, stdout } = child;
  child.once('error', (error) => stdout.destroy(error));
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) {
      stdout.destroy(new OutsideError(`decompressing ${what}`, `zstd ended with exit code ${code}`));
    }
  });
  source.once('error', (error) => stdout.destroy(error));
  stdout.once('close', () => {
    source.destroy();
    child.kill();
  });
  // The reader has closed the pipe, which is not an error.
  stdin.on('error', () => {});
  source.pipe(stdin);
  return stdout;
}

function toWeb(stream: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
}

function asOurs(error: unknown, what: string): Error {
  if (error instanceof InputError || error instanceof OutsideError) return error;
  return new InputError({ where: what, problem: 'not a tar archive, or a damaged one' }, { cause: error });
}
