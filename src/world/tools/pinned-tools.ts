import type { Architecture } from '../registry/architecture.ts';

/** A program that is downloaded if a machine lacks it. Nothing else than these bytes is ever run. */
export interface PinnedTool {
  /** As semver: the tool cache orders versions by it. */
  readonly version: string;
  readonly files: Partial<Readonly<Record<Architecture, PinnedFile>>>;
  /** Path of the program in the package. */
  readonly path: string;
}

export interface PinnedFile {
  /** File name of the package, on every mirror. */
  readonly name: string;
  /** Folders, as addresses, that have the file. They are tried in this order. */
  readonly folders: readonly string[];
  /** SHA-256 of the package, in hex: what the signed package lists of the distribution say. */
  readonly sha256: string;
  /** SHA-256 of the program in it, in hex: it is checked before each use. */
  readonly program: string;
}

export type ToolName = keyof typeof pinnedTools;

// The mirrors drop a version some time after its successor; the snapshot archive keeps each.
const busyboxFolders = [
  'https://deb.debian.org/debian/pool/main/b/busybox/',
  'https://snapshot.debian.org/archive/debian/20261101T000000Z/pool/main/b/busybox/',
];

/** The tools by name. Debian's static busybox runs in guests of another architecture than the machine's. */
export const pinnedTools = {
  'busybox-static': {
    version: '1.35.0-4.deb12u1.b1',
    path: 'bin/busybox',
    files: {
      x86_64: {
        name: 'busybox-static_1.35.0-4+deb12u1+b1_amd64.deb',
        folders: busyboxFolders,
        sha256: '3d3fdbe91d4660c873e14b092c213fe81c1da6362daa236eb25d0171eb108744',
        program: '3d9f2889d6782537624a4e1a10e68a2ddd53e0ee8bac02676f27308f42ec6bf6',
      },
      aarch64: {
        name: 'busybox-static_1.35.0-4+deb12u1+b1_arm64.deb',
        folders: busyboxFolders,
        sha256: '732c9135564fc71337e0e05fb4da4d11e6c28c1834bce3e405e575afef2a52f5',
        program: '61781806ad3650b0b9d2b3fc6971e2bffdca967af1a95375abd0578bafff14fb',
      },
    },
  },
} as const satisfies Readonly<Record<string, PinnedTool>>;
