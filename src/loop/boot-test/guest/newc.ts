/** One entry of an archive that the kernel unpacks as its first root file system. */
export interface ArchiveEntry {
  /** Without a leading slash. Its folders must come before it. */
  readonly path: string;
  readonly content: Uint8Array | string | 'folder';
  /** Permission bits. */
  readonly mode: number;
}

export const folder = 'folder';

/**
 * Writes a cpio archive of format "newc" (kernel documentation, "initramfs buffer format"): the only one the kernel
 * reads. All entries belong to root; times are zero, so that the same entries give the same bytes.
 */
export function writeNewc(entries: readonly ArchiveEntry[]): Buffer {
  const chunks: Buffer[] = [];
  for (const [index, entry] of entries.entries()) {
    const isFolder = entry.content === folder;
    const data = isFolder ? Buffer.alloc(0) : Buffer.from(entry.content);
    const type = isFolder ? 0o040000 : 0o100000;
    chunks.push(header(entry.path, { inode: index + 1, mode: type | entry.mode, size: data.length }));
    chunks.push(padded(data));
  }
  chunks.push(header('TRAILER!!!', { inode: 0, mode: 0, size: 0 }));
  return Buffer.concat(chunks);
}

function header(path: string, fields: { inode: number; mode: number; size: number }): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  const values = [
    fields.inode,
    fields.mode,
    0, // user
    0, // group
    links,
    0, // time
    fields.size,
    0, // device, major and minor
    0,
    0, // device number of a device file, major and minor
    0,
    name.length,
    0, // checksum: unused in this format
  ];
  const text = `070701${values.map((value) => value.toString(16).padStart(8, '0')).join('')}`;
  return padded(Buffer.concat([Buffer.from(text), name]));
}

/** Names and contents start at multiples of four bytes. */
function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}
