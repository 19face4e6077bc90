/** The parts of a unified kernel image that a boot needs (UAPI.5, "Unified Kernel Image"). */
export interface UnifiedKernel {
  /** Section .linux: the kernel as boot loaders read it. */
  readonly kernel: Buffer;
  /** Section .initrd. */
  readonly initrd: Buffer | undefined;
  /** Section .cmdline, without a final line break. */
  readonly commandLine: string;
  /** Section .uname: the kernel's version. */
  readonly version: string | undefined;
}

const sectionHeaderBytes = 40;

/**
 * Reads a unified kernel image: a PE file (Microsoft's "PE Format", section table) whose sections are the parts.
 * @returns undefined for any other file
 */
export function readUnifiedKernel(file: Buffer): UnifiedKernel | undefined {
  const sections = readSections(file);
  const kernel = sections?.get('.linux');
  if (sections === undefined || kernel === undefined || kernel.length === 0) return undefined;
  const text = (name: string) =>
    sections
      .get(name)
      ?.toString('utf8')
      .replace(/\0[\s\S]*$/, '')
      .trim();
  const version = text('.uname');
  return {
    kernel,
    initrd: sections.get('.initrd'),
    commandLine: text('.cmdline') ?? '',
    version: version === undefined || !/^[\w.+~-]{1,200}$/.test(version) ? undefined : version,
  };
}

function readSections(file: Buffer): Map<string, Buffer> | undefined {
  if (file.length < 64 || file.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const start = file.readUInt32LE(0x3c);
  if (start + 24 > file.length || file.readUInt32LE(start) !== 0x00004550) return undefined;
  const count = file.readUInt16LE(start + 6);
  const table = start + 24 + file.readUInt16LE(start + 20);
  const sections = new Map<string, Buffer>();
  for (let index = 0; index < count; index += 1) {
    const header = table + index * sectionHeaderBytes;
    if (header + sectionHeaderBytes > file.length) return undefined;
    const name = file.toString('latin1', header, header + 8).replace(/\0.*$/s, '');
    const [virtualSize, rawSize, offset] = [8, 16, 20].map((field) => file.readUInt32LE(header + field)) as [
      number,
      number,
      number,
    ];
    // The raw size is rounded up; the virtual size is the real one.
    const size = virtualSize === 0 ? rawSize : Math.min(virtualSize, rawSize);
    if (offset + size > file.length) return undefined;
    // The first section of a name counts: a file with profiles has several.
    if (!sections.has(name)) sections.set(name, file.subarray(offset, offset + size));
  }
  return sections;
}
