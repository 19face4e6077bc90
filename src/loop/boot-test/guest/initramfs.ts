import { messageOf } from '../../../host/errors.ts';
import { decompressTo, detectCompression } from './compression.ts';
import { createCpioScanner } from './cpio-scanner.ts';

/** The parts of an initramfs that a boot depends on. */
export interface Initramfs {
  readonly entries: number;
  /** /init, which the kernel starts. */
  readonly hasInit: boolean;
  /** Ignition, which configures a machine at its first boot. */
  readonly hasIgnition: boolean;
  /** ostree-prepare-root, which mounts the deployment on a node. */
  readonly hasPrepareRoot: boolean;
  /** The versions of the kernels whose modules it has. */
  readonly modulesOf: ReadonlySet<string>;
}

/** More than any has. */
const mostVersions = 16;
const largestContent = 4 * 1024 * 1024 * 1024;

/**
 * Looks into an initramfs as the kernel reads one: archives one after the other, of which the last may be compressed.
 * @throws Error that says what is wrong with it
 */
export async function readInitramfs(bytes: Buffer): Promise<Initramfs> {
  const found = { hasInit: false, hasIgnition: false, hasPrepareRoot: false };
  const modulesOf = new Set<string>();
  const note = (name: string) => {
    const path = name.replace(/^(\.?\/)+/, '');
    if (path === 'init') found.hasInit = true;
    if (path === 'usr/bin/ignition') found.hasIgnition = true;
    if (path.endsWith('/ostree-prepare-root')) found.hasPrepareRoot = true;
    const version = /^(?:usr\/)?lib\/modules\/([^/]+)\/.*\.ko(?:\.\w+)?$/.exec(path)?.[1];
    if (version !== undefined && modulesOf.size < mostVersions) modulesOf.add(version);
  };
  let entries = 0;
  let offset = 0;
  while (offset < bytes.length) {
    const rest = bytes.subarray(offset);
    const compression = detectCompression(rest);
    const scanner = createCpioScanner(note);
    if (compression === undefined) {
      const length = uncompressedLength(rest);
      scanner.feed(rest.subarray(0, length));
      offset += length;
    } else {
      // Warnings about bytes that follow are not errors: everything was decompressed, and it has to be an archive.
      await decompressTo(compression, rest, largestContent, (chunk) => scanner.feed(chunk));
      offset = bytes.length;
    }
    if (!scanner.ended) throw new Error('the archive is cut off');
    entries += scanner.entries;
  }
  return { entries, ...found, modulesOf };
}

/** The length of the archives without compression, with the zeros after them. */
function uncompressedLength(bytes: Buffer): number {
  let last = 0;
  // The end of an archive is an entry of this name; a compressed part can begin only after one.
  for (;;) {
    const trailer = bytes.indexOf('TRAILER!!!\0', last);
    if (trailer === -1) return bytes.length;
    last = trailer + 11;
    let next = last;
    while (next < bytes.length && bytes[next] === 0) next += 1;
    if (next === bytes.length || detectCompression(bytes.subarray(next)) !== undefined) return next;
  }
}

/**
 * What is wrong with an initramfs; undefined if a node can boot with it.
 * @param needs.version of the kernel that it is for
 */
export async function initramfsProblem(
  bytes: Buffer | undefined,
  needs: { readonly prepareRoot: boolean; readonly version?: string },
): Promise<string | undefined> {
  if (bytes === undefined) return 'there is none, and bootc needs one to boot the kernel';
  try {
    const { version } = needs;
    const { entries, hasInit, hasPrepareRoot, modulesOf } = await readInitramfs(bytes);
    if (entries === 0) return 'it is empty';
    if (!hasInit) return 'it has no /init for the kernel to start';
    if (needs.prepareRoot && !hasPrepareRoot)
      return 'it has no ostree-prepare-root, which mounts the root of a node';
    if (version !== undefined && modulesOf.size > 0 && !modulesOf.has(version)) {
      return `it was made for another kernel: it has modules of ${[...modulesOf].join(', ')}, and none of ${version}`;
    }
    return undefined;
  } catch (error) {
    return `it cannot be read: ${messageOf(error)}`;
  }
}
