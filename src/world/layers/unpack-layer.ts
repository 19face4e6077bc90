import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { InputError, OutsideError } from '../../host/errors.ts';
import { findTool, requireTools } from '../../host/tools.ts';
import { decompressed } from '../registry/layer.ts';
import { isNamespaceRoot } from './namespace-root.ts';

/** How many more bytes may be unpacked; all layers of an image share it. */
export interface Allowance {
  bytes: number;
  /** For the message: where the limit is from. */
  readonly reason: string;
}

/** One layer, as it comes from a registry or a folder. */
export interface PackedLayer {
  /** For messages. */
  readonly what: string;
  readonly open: () => Promise<ReadableStream<Uint8Array>>;
  /** Digest of the layer without its compression, from the image's config. */
  readonly diffId: string;
}

/**
 * The options of GNU tar: names, owners, modes, links, devices and extended attributes as they are in the archive. It
 * never follows a link out of the folder: links that lead up or start with a slash are made at the end.
 */
const extract = [
  ...['--extract', '--file=-', '--numeric-owner', '--same-owner', '--preserve-permissions'],
  ...['--xattrs', '--xattrs-include=*'],
  // As containers/storage does: these belong to the machine that unpacks.
  ...['--xattrs-exclude=security.selinux', '--xattrs-exclude=trusted.overlay.*'],
  ...['--warning=no-timestamp', '--warning=no-unknown-keyword'],
];

/** Longer output of tar is cut. */
const keptOutput = 64 * 1024;

/**
 * Unpacks one layer into an empty folder, as a stream. Whiteouts are left there as files.
 * @throws InputError for a layer that is not what its image says, or not an archive
 */
export async function unpackLayer(
  { what, open, diffId }: PackedLayer,
  folder: string,
  allowance: Allowance,
): Promise<void> {
  requireTools(['tar']);
  const content = await decompressed(await open(), what);
  const tar = spawn(findTool('tar') ?? 'tar', [...extract, '--directory', folder], {
    argv0: 'tar',
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', TAR_OPTIONS: '' },
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    tar.once('close', resolve);
    tar.once('error', reject);
  });
  closed.catch(() => {});
  let said = '';
  tar.stderr.on('data', (chunk: Buffer) => {
    if (said.length < keptOutput) said += chunk.toString('latin1');
  });
  // tar stops reading at the end of the archive, or when it fails. The rest is read for the digest.
  tar.stdin.on('error', () => {});
  try {
    const found = await pass(content, tar.stdin, closed, { what, allowance });
    const code = await closed;
    refuse(said, code, what);
    if (found !== diffId) {
      throw new InputError({
        where: what,
        problem: 'the layer does not hold the files that the config of its image names',
        found,
        expected: diffId,
      });
    }
  } catch (error) {
    content.destroy();
    tar.kill('SIGKILL');
    await closed.catch(() => {});
    throw asInput(error, what);
  }
}

/** @returns the digest of all that passed */
async function pass(
  content: Readable,
  sink: NodeJS.WritableStream,
  closed: Promise<unknown>,
  { what, allowance }: { readonly what: string; readonly allowance: Allowance },
): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content as AsyncIterable<Buffer>) {
    hash.update(chunk);
    allowance.bytes -= chunk.length;
    if (allowance.bytes < 0) {
      throw new InputError({
        where: what,
        problem: 'the layers become too large when they are unpacked',
        expected: allowance.reason,
        remedy: 'If the image is really that large, set TMPDIR to a folder with more space.',
      });
    }
    if (sink.writable && !sink.write(chunk))
      await Promise.race([once(sink, 'drain').catch(() => {}), closed]);
  }
  sink.end();
  return `sha256:${hash.digest('hex')}`;
}

/** @throws InputError or OutsideError for what tar said, or its exit code */
function refuse(said: string, code: number | null, what: string): void {
  const lines = said.split('\n').filter((line) => line !== '');
  // tar removes the dots and continues. No tool makes such an archive, so the whole layer is refused.
  const climbing = lines.find((line) => /Removing leading `[^']*\.\.\//.test(line));
  if (climbing !== undefined) {
    throw new InputError({
      where: what,
      problem: 'a path of the layer leads out of the root',
      found: climbing,
    });
  }
  if (code === 0) return;
  const problems = lines.filter((line) => !/^tar: Exiting with failure status/.test(line));
  // In a user namespace nobody can make devices, and containers there run without them.
  const onlyDevices =
    problems.length > 0 && problems.every((line) => /Cannot mknod: Operation not perm/.test(line));
  if (code === 2 && onlyDevices && isNamespaceRoot()) return;
  const shown = problems.slice(0, 3).join('; ') || `tar: exit code ${code}`;
  if (code === null || /No space left on device|Disk quota exceeded/.test(said)) {
    throw new OutsideError(`unpacking ${what}`, shown);
  }
  throw new InputError({ where: what, problem: 'the layer cannot be unpacked', found: shown });
}

function asInput(error: unknown, what: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code !== 'string' || !/^Z_|^ERR_STREAM_PREMATURE/.test(code)) return error;
  return new InputError({ where: what, problem: 'the layer cannot be decompressed' }, { cause: error });
}
