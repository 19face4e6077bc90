import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../host/defined.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import type { Config } from '../../project/configuration/config.ts';
import { externalStages, stagesOnBase } from '../../project/containerfile/base.ts';
import { parseContainerfile } from '../../project/containerfile/parse.ts';
import { buildKeyAnnotation, revisionAnnotation } from '../../release/candidate/build-key.ts';
import type { Candidate } from '../../release/candidate/candidate.ts';
import { materialiseContext } from '../../release/candidate/materialise.ts';
import type { Project } from '../../release/project.ts';
import { isLoopback } from '../../world/loopback.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { Image } from '../../world/registry/image.ts';
import type { Descriptor } from '../../world/registry/manifest.ts';
import { formatRepository, type Repository } from '../../world/registry/reference.ts';
import { baseNameInStorage, withBaseInStorage } from './base-in-storage.ts';
import { type Buildah, createBuildah } from './buildah.ts';
import { flatten, isDeep } from './flat-base.ts';
import { type OnLayers, shippingOnLayers } from './push-on-layers.ts';
import { withChunkah } from './rechunk/chunkah.ts';

export interface BuildOptions extends Pick<Project, 'config' | 'git' | 'client' | 'log'> {
  readonly candidate: Candidate;
  /** Only this one of the configured architectures. Default: all of them. */
  readonly architecture?: Architecture;
  /** Environment for buildah: storage, credentials. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Is given each image that this run built, once the registry has it. */
  readonly onBuilt?: (image: {
    readonly architecture: Architecture;
    readonly descriptor: Descriptor;
  }) => Promise<void>;
}

/**
 * Builds the candidate for one architecture in buildah's own storage, and keeps it there until `work` has ended.
 * @param baseIn the repository that buildah gets the base from
 * @param work is given the image's name in that storage
 * @throws OutsideError when the build fails
 */
export async function withBuilt<T>(
  options: BuildOptions,
  { architecture, base, baseIn }: { architecture: Architecture; base: Image; baseIn: Repository },
  work: (buildah: Buildah, name: string) => Promise<T>,
): Promise<T> {
  const { git, config, candidate, log } = options;
  return withTemporaryFolder('build', async (folder) => {
    const contextFolder = join(folder, 'context');
    await mkdir(contextFolder);
    await materialiseContext(git, candidate.context, contextFolder, candidate.committedAt);
    const containerfile = join(folder, 'Containerfile');
    const { text, local } = containerfileToBuild(config, candidate, base);
    await writeFile(containerfile, text);
    const buildah = createBuildah({ folder, env: options.env ?? process.env, log });
    const name = `localhost/coxswain-build:${randomUUID()}`;
    const order = {
      name,
      containerfile,
      contextFolder,
      architecture,
      timestamp: candidate.committedAt,
      labels: {
        'com.coreos.stream': config.stream,
        'org.opencontainers.image.version': candidate.version,
      },
      annotations: annotationsOf(config, candidate, base),
      buildArguments: config.buildArguments,
      plainHttp: local.length > 0,
    };
    return withRechunk({ ...options, folder }, async (rechunk) => {
      const flat = isDeep(base)
        ? await flatten({ client: options.client, base, from: baseIn, folder, log })
        : undefined;
      const shipping =
        flat === undefined && rechunk === undefined
          ? buildah
          : shippingOnLayers(buildah, {
              ...{ client: options.client, base, baseIn, architecture, folder, log },
              ...defined({ flat, rechunk }),
            });
      return withBaseInStorage(buildah, { base, from: baseIn, architecture, flat }, async () => {
        try {
          // The build itself cannot reach the loopback.
          for (const each of local) await buildah.pull(each, { architecture, plainHttp: true });
          await buildah.build(order);
          return await work(shipping, name);
        } finally {
          await buildah.removeImage(name);
        }
      });
    });
  });
}

/** What splits layers is made ready before anything is built; undefined if nothing is to be split. */
function withRechunk<T>(
  { config: { rechunk }, env, log, folder }: BuildOptions & { readonly folder: string },
  work: (rechunk: OnLayers['rechunk'] | undefined) => Promise<T>,
): Promise<T> {
  if (rechunk === undefined) return work(undefined);
  return withChunkah(rechunk, { env: env ?? process.env, log, folder }, (splitter) =>
    work({ splitter, maxLayers: rechunk.maxLayers }),
  );
}

/**
 * buildah keeps the base's annotations. Those about the base's own build must be removed: rpm-ostree takes `created`
 * from the annotation first (ostree-ext, container/store.rs), and every release would look as old as its base.
 */
function annotationsOf(config: Config, candidate: Candidate, base: Image): Record<string, string> {
  const { reference } = candidate.base;
  const inherited = base.manifest.json.annotations ?? {};
  return {
    'org.opencontainers.image.created': new Date(candidate.committedAt * 1000)
      .toISOString()
      .replace('.000Z', 'Z'),
    'org.opencontainers.image.version': candidate.version,
    [buildKeyAnnotation]: candidate.key,
    [revisionAnnotation]: candidate.commit,
    // buildah would drop the tag, by which people and other tools know the base.
    'org.opencontainers.image.base.name': `${formatRepository(reference.repository)}:${reference.tag ?? config.base.tag}`,
    'org.opencontainers.image.base.digest': base.manifest.descriptor.digest,
    // Zincati before 0.0.31 reads the stream from this label only.
    ...defined({ 'fedora-coreos.stream': 'fedora-coreos.stream' in inherited ? config.stream : undefined }),
  };
}

/**
 * The Containerfile on the base in local storage, so that a tag that moves in the meantime changes nothing. buildah
 * pushes a layer unchanged only if it pulled the layer from the registry that it pushes to; otherwise it compresses the
 * layer again and uploads the result (measured with 1.28).
 * @returns `local`: the other images that it names, if all of them are in a loopback registry
 */
function containerfileToBuild(
  config: Config,
  candidate: Candidate,
  base: Image,
): { text: string; local: string[] } {
  const parsed = parseContainerfile(candidate.containerfile, config.containerfile);
  const baseStages = stagesOnBase(parsed, config.base);
  const text = baseStages.reduceRight(
    (whole, { range }) => whole.slice(0, range.start) + baseNameInStorage(base) + whole.slice(range.end),
    candidate.containerfile,
  );
  const others = externalStages(parsed).filter((stage) => !baseStages.includes(stage));
  // If there are no other images, nothing is pulled, and no registry may answer in place of local storage.
  const isLocal = others.every(({ resolved }) => isLoopback(new URL(`http://${resolved}`)));
  return { text, local: isLocal ? others.map(({ resolved }) => resolved) : [] };
}
