import { InputError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import type { PackedLayer } from '../../world/layers/unpack-layer.ts';
import { isLoopback } from '../../world/loopback.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import { createRegistryClient } from '../../world/registry/client.ts';
import { readImage } from '../../world/registry/image.ts';
import { inLayout, layoutReader, openInLayout } from '../../world/registry/layout.ts';
import {
  type DigestReference,
  formatReference,
  formatRepository,
  parseReference,
  type Reference,
} from '../../world/registry/reference.ts';

/** The place of an image. */
export interface ImageSource {
  /** For people: `registry/path@sha256:…`, or the folder and name of a local image. */
  readonly name: string;
  /** As skopeo names it: `docker://…@sha256:…`, `oci:FOLDER:TAG`. */
  readonly place: string;
  /** What nodes call it; absent for an image in a folder. */
  readonly storedAs?: string;
  /** The registry has no certificate. This is allowed only for a registry on this machine. */
  readonly plainHttp: boolean;
}

/** An image in a registry, by its digest only: `name:tag@digest` is refused by older buildah. */
export function inRegistry(image: DigestReference): ImageSource {
  const storedAs = `${formatRepository(image.repository)}@${image.digest}`;
  return {
    name: formatReference(image),
    place: `docker://${storedAs}`,
    storedAs,
    plainHttp: isLoopback(new URL(`http://${image.repository.registry}`)),
  };
}

/**
 * The layers of an image, the lowest first, ready to be read.
 * @throws InputError if there is no such image, or a layer is not in the registry
 */
export async function packedLayers(
  { place, name }: ImageSource,
  { architecture = ownArchitecture(), log }: { readonly architecture?: Architecture; readonly log: Log },
): Promise<PackedLayer[]> {
  const { reference, reader } = openPlace(place, log);
  const { manifest, config } = await readImage(reader, reference, architecture);
  const { layers } = manifest.json;
  if (layers.length !== config.diffIds.length) {
    throw new InputError({
      where: name,
      problem: 'the manifest and the config of the image do not have the same number of layers',
      found: [layers.length, config.diffIds.length],
    });
  }
  return layers.map((layer, index) => ({
    what: `layer ${index + 1} of ${layers.length} of ${name}`,
    open: () => reader.openBlob(reference.repository, layer),
    diffId: config.diffIds[index] as string,
  }));
}

function openPlace(place: string, log: Log) {
  const [, folder, tag] = /^oci:(.+):([^:]+)$/.exec(place) ?? [];
  if (folder !== undefined && tag !== undefined) {
    const reference: Reference = inLayout(folder, tag);
    return { reference, reader: { ...layoutReader, openBlob: openInLayout } };
  }
  const reference = parseReference(place.replace(/^docker:\/\//, ''), { field: 'image' });
  return { reference, reader: createRegistryClient({ env: process.env, log }) };
}

function ownArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}
