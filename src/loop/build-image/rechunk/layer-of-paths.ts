import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../../host/exec.ts';
import { hashOfFile } from '../../../host/hash-file.ts';
import type { Descriptor } from '../../../world/registry/manifest.ts';
import type { Digest } from '../../../world/registry/reference.ts';
import { samePax } from '../flat-base.ts';

/** A layer in a folder of blobs. */
export interface MadeLayer {
  readonly descriptor: Descriptor;
  /** Digest without compression. */
  readonly diffId: Digest;
  /** What it holds, for the history of the image. */
  readonly content: string;
}

/**
 * Packs paths of a folder as a layer. The same files give the same bytes: GNU gzip, unlike zlib, writes the same in
 * every version.
 * @param options.blobs folder that gets it, under its digest
 * @param options.work a folder that does not exist yet, for the work
 */
export async function layerOfPaths(
  root: string,
  paths: readonly Buffer[],
  options: { readonly blobs: string; readonly work: string; readonly content: string },
): Promise<MadeLayer> {
  const { blobs, work, content } = options;
  await mkdir(work);
  const [list, tar] = [join(work, 'paths'), join(work, 'layer.tar')];
  await writeFile(list, Buffer.concat(paths.flatMap((path) => [path, Buffer.alloc(1)])));
  const form = ['--format=posix', `--pax-option=${samePax}`, '--numeric-owner', '--mtime=@0'];
  const attributes = ['--xattrs', '--xattrs-include=*', '--xattrs-exclude=security.selinux'];
  const which = ['--no-recursion', '--null', '--verbatim-files-from', `--files-from=${list}`];
  const args = ['--create', ...form, ...attributes, `--file=${tar}`, '--directory', root, ...which];
  const env = { LC_ALL: 'C', TAR_OPTIONS: '', GZIP: '' };
  await exec('tar', args, { doing: 'packing a layer', env });
  const diffId = (await hashOfFile(createReadStream(tar))).hash;
  await exec('gzip', ['--no-name', '-6', tar], { doing: 'packing a layer', env });
  const { hash: digest, size } = await hashOfFile(createReadStream(`${tar}.gz`));
  await rename(`${tar}.gz`, join(blobs, digest.slice('sha256:'.length)));
  await rm(work, { recursive: true });
  return {
    descriptor: { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size },
    diffId,
    content,
  };
}
