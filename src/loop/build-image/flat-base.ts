import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../host/exec.ts';
import { hashOfFile } from '../../host/hash-file.ts';
import type { Log } from '../../host/log.ts';
import { requireTools } from '../../host/tools.ts';
import { makeRootOfLayers } from '../../world/layers/root-of-layers.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import type { Image } from '../../world/registry/image.ts';
import { mediaTypes, parseJson } from '../../world/registry/manifest.ts';
import { type Digest, digestOf, formatRepository, type Repository } from '../../world/registry/reference.ts';

/**
 * buildah builds on a base of up to this many layers as it is. containers/storage before 1.45 (buildah before 1.29, so
 * Debian 12) mounts 128 at most: with 129 it says "max depth exceeded". It is the same on every machine, whatever its
 * buildah can do, because the same inputs must give the same image.
 */
export const mostLayersOfBase = 120;

/** Without the times of unpacking, and without tar's process id in names. */
export const samePax = 'exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';

/** A base as one layer with the same files, for buildah to build on. It is never pushed. */
export interface FlatBase {
  /** The digest of its config, by which local storage knows it. */
  readonly id: string;
  /** Digest of its one layer. */
  readonly diffId: Digest;
  /** What `buildah pull` takes, with `folder` as its working folder. */
  readonly place: string;
  readonly folder: string;
  /** Its name in local storage after the pull. */
  readonly name: string;
}

export function isDeep(base: Image): boolean {
  return base.manifest.json.layers.length > mostLayersOfBase;
}

/**
 * Makes a folder with the base as one layer.
 * @param options.folder an existing folder for the work; the caller removes it
 */
export async function flatten(options: {
  readonly client: RegistryClient;
  readonly base: Image;
  readonly from: Repository;
  readonly folder: string;
  readonly log: Log;
}): Promise<FlatBase> {
  const { client, base, from, folder, log } = options;
  requireTools(['tar']);
  // buildah makes a local name of it, and refuses capitals.
  const name = `flat-${randomBytes(6).toString('hex')}`;
  const blobs = join(folder, name, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const layer = await log.task('making one layer of the base, to build on', async (report) => {
    const tar = join(folder, 'flat.tar');
    const unpacked = join(folder, 'flat-root');
    await mkdir(unpacked);
    const { layers } = base.manifest.json;
    const onLayer = (done: number) => report(`${done} of ${layers.length} layers`);
    const root = await makeRootOfLayers(packed(client, base, from), unpacked, { onLayer });
    // The same files make the same archive, so builds at the same time share one image in buildah's storage.
    const form = ['--format=posix', `--pax-option=${samePax}`, '--numeric-owner', '--sort=name'];
    const args = ['--create', ...form, '--xattrs', '--xattrs-include=*', `--file=${tar}`];
    args.push('--directory', root, '.');
    await exec('tar', args, { doing: 'making one layer of the base', env: { LC_ALL: 'C', TAR_OPTIONS: '' } });
    await rm(unpacked, { recursive: true });
    const digest = await hashOfFile(createReadStream(tar));
    await rename(tar, join(blobs, digest.hash.slice('sha256:'.length)));
    return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digest.hash, size: digest.size };
  });
  const add = async (json: unknown, mediaType: string) => {
    const bytes = Buffer.from(JSON.stringify(json));
    const digest = digestOf(bytes);
    await writeFile(join(blobs, digest.slice('sha256:'.length)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const config = await add(
    {
      ...(await configOf(client, base, from)),
      rootfs: rootfs([layer.digest]),
      history: [{ created_by: 'base' }],
    },
    mediaTypes.ociConfig,
  );
  const { annotations } = base.manifest.json;
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config,
    layers: [layer],
    annotations,
  };
  const described = await add(manifest, mediaTypes.ociManifest);
  const named = { ...described, annotations: { 'org.opencontainers.image.ref.name': 'base' } };
  await writeFile(join(folder, name, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(folder, name, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  return {
    id: config.digest.slice('sha256:'.length),
    diffId: layer.digest,
    place: `oci:${name}:base`,
    folder,
    name: `localhost/${name}:latest`,
  };
}

function packed(client: RegistryClient, base: Image, from: Repository) {
  const { layers } = base.manifest.json;
  return layers.map((layer, index) => ({
    what: `layer ${index + 1} of ${layers.length} of ${formatRepository(from)}@${base.manifest.descriptor.digest}`,
    open: () => client.openBlob(from, layer),
    diffId: base.config.diffIds[index] ?? 'none',
  }));
}

/** An image's config as it is. */
export async function configOf(
  client: Pick<RegistryClient, 'getBlob'>,
  image: Image,
  from: Repository,
): Promise<Readonly<Record<string, unknown>>> {
  const { digest } = image.config;
  // readImage has checked that it is a config.
  return parseJson(await client.getBlob(from, digest), `${formatRepository(from)}@${digest}`) as Record<
    string,
    unknown
  >;
}

export function rootfs(diffIds: readonly (Digest | string)[]) {
  return { type: 'layers', diff_ids: diffIds };
}
