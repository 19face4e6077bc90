import { open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { InputError } from '../../host/errors.ts';
import { readFileIfThere } from '../../host/files.ts';
import type { ImageReader } from './image.ts';
import { type Descriptor, isIndex, mediaTypes, parseManifest } from './manifest.ts';
import {
  atTag,
  type Digest,
  digestOf,
  formatReference,
  type Repository,
  type TagReference,
} from './reference.ts';
import type { ByteRange } from './request.ts';
import { verified } from './verified.ts';

// Images in a folder: OCI image specification, image-layout.md.

/** The annotation that holds an image's name in a layout. */
const nameAnnotation = 'org.opencontainers.image.ref.name';

/**
 * A name of an image in a layout; its text is what buildah and skopeo call it: `oci:/folder:tag`.
 * @throws InputError for a folder whose name buildah or skopeo would misread
 */
export function inLayout(folder: string, tag: string): TagReference {
  const path = resolve(folder);
  if (path.includes(':')) {
    throw new InputError({
      problem: 'the path of a folder for images may not contain a colon',
      found: path,
    });
  }
  return atTag({ registry: 'oci:', path: path.slice(1) }, tag);
}

/** Digest of the image with that name in a layout; undefined if there is none. */
export async function resolveInLayout(reference: TagReference): Promise<Digest | undefined> {
  const folder = folderOf(reference.repository);
  const text = await readFileIfThere(join(folder, 'index.json'));
  if (text === undefined) return undefined;
  const { json } = parseManifest(Buffer.from(text), join(folder, 'index.json'), mediaTypes.ociIndex);
  if (!isIndex(json)) return undefined;
  return json.manifests.find(({ annotations }) => annotations?.[nameAnnotation] === reference.tag)?.digest;
}

/** Reads the images of a layout as `readImage` wants them; every byte is checked against its digest. */
export const layoutReader: ImageReader = {
  getManifest: async (reference) => {
    const where = formatReference(reference);
    const digest = reference.kind === 'digest' ? reference.digest : await resolveInLayout(reference);
    if (digest === undefined) {
      throw new InputError({
        where,
        problem: 'this folder does not have this image',
        remedy: 'Run coxswain build-image --local first, on the same commit.',
      });
    }
    return parseManifest(await readBlob(folderOf(reference.repository), digest), where);
  },
  getBlob: (repository, digest) => readBlob(folderOf(repository), digest),
};

/** Opens a blob of a layout; the stream errors at its end if digest or size are wrong. A range is not checked. */
export async function openInLayout(
  repository: Repository,
  descriptor: Descriptor,
  range?: ByteRange,
): Promise<ReadableStream<Uint8Array>> {
  const file = join(folderOf(repository), 'blobs', descriptor.digest.replace(':', '/'));
  const handle = await open(file);
  const part = range === undefined ? {} : { start: range.offset, end: range.offset + range.length - 1 };
  const stream = Readable.toWeb(handle.createReadStream(part)) as ReadableStream<Uint8Array>;
  return range === undefined ? verified(stream, descriptor, file) : stream;
}

function folderOf({ path }: Repository): string {
  return `/${path}`;
}

async function readBlob(folder: string, digest: Digest): Promise<Buffer> {
  const file = join(folder, 'blobs', digest.replace(':', '/'));
  const bytes = await readFile(file);
  if (digestOf(bytes) === digest) return bytes;
  throw new InputError({
    where: file,
    problem: 'the file does not match its name',
    found: digestOf(bytes),
  });
}
