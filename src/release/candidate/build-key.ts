import { createHash } from 'node:crypto';
import type { Rechunk } from '../../project/configuration/rechunk.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { Digest } from '../../world/registry/reference.ts';
import type { ContextEntry } from './build-context.ts';

/** Annotation of every image that we build: the whole build key. The version has eight digits of it. */
export const buildKeyAnnotation = 'coxswain.build-key';

/**
 * The commit that an image was built from (OCI image specification, annotations.md). If it were inherited, it would
 * be the base's.
 */
export const revisionAnnotation = 'org.opencontainers.image.revision';

/** Everything that decides an image. */
export interface BuildInputs {
  /** The Containerfile, byte for byte. */
  readonly containerfile: Uint8Array;
  readonly baseDigest: Digest;
  readonly context: readonly ContextEntry[];
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly stream: string;
  readonly architectures: readonly Architecture[];
  /** How the own layer is split, if it is. */
  readonly rechunk?: Rechunk;
  /** The refresh marker file, if there is one. */
  readonly refresh?: Uint8Array;
  /** The roll-back marker file, if there is one. */
  readonly rollBack?: Uint8Array;
}

/**
 * The build key: sha256, as 64 hex digits, of a text with one line for each input, each ending in a newline:
 * ```
 * coxswain build key 1
 * containerfile <sha256 of its bytes>
 * base <digest>
 * stream <JSON string>
 * architecture <name>                           sorted
 * argument <JSON string> <JSON string>          sorted by name
 * rechunk <tool> <most layers> <JSON string>    only if the own layer is split; the image of the tool, or ""
 * refresh <sha256 of the marker's bytes>        only if there is one
 * roll-back <sha256 of the marker's bytes>      only if there is one
 * file <git mode> <git blob hash> <JSON string> sorted by path
 * ```
 * Sorted means by UTF-16 code units. The number in the first line changes with the form; it is part of the key,
 * so that keys of different forms are never equal. The commit, its time and its branch are not in it: the same tree
 * has the same key on every branch.
 */
export function buildKey(inputs: BuildInputs): string {
  const lines = [
    'coxswain build key 1',
    `containerfile ${sha256(inputs.containerfile)}`,
    `base ${inputs.baseDigest}`,
    `stream ${JSON.stringify(inputs.stream)}`,
    ...[...inputs.architectures].sort(compare).map((architecture) => `architecture ${architecture}`),
    ...Object.entries(inputs.buildArguments)
      .sort(([one], [other]) => compare(one, other))
      .map(([name, value]) => `argument ${JSON.stringify(name)} ${JSON.stringify(value)}`),
    ...(inputs.rechunk === undefined ? [] : [rechunkLine(inputs.rechunk)]),
    ...(inputs.refresh === undefined ? [] : [`refresh ${sha256(inputs.refresh)}`]),
    ...(inputs.rollBack === undefined ? [] : [`roll-back ${sha256(inputs.rollBack)}`]),
    ...[...inputs.context]
      .sort((one, other) => compare(one.path, other.path))
      .map(({ mode, hash, path }) => `file ${mode} ${hash} ${JSON.stringify(path)}`),
  ];
  return sha256(lines.map((line) => `${line}\n`).join(''));
}

function rechunkLine({ tool, maxLayers, image }: Rechunk): string {
  return `rechunk ${tool} ${maxLayers} ${JSON.stringify(image ?? '')}`;
}

/** localeCompare is not used, because the order has to be the same on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
