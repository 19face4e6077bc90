/** Makes a PE file with these sections, which is all that a unified kernel image is to a reader of its parts. */
export function makeUnifiedKernel(parts: Readonly<Record<string, string | Buffer>>): Buffer {
  const names = Object.keys(parts);
  const start = 64;
  const table = start + 24;
  const head = Buffer.alloc(table + names.length * 40);
  head.write('MZ');
  head.writeUInt32LE(start, 0x3c);
  head.writeUInt32LE(0x00004550, start);
  head.writeUInt16LE(names.length, start + 6);
  let offset = head.length;
  const contents = names.map((name, index) => {
    const content = Buffer.from(parts[name] as string);
    const header = table + index * 40;
    head.write(name, header);
    // The raw size is rounded up, as in real files.
    const padded = Math.ceil(content.length / 512) * 512;
    head.writeUInt32LE(content.length, header + 8);
    head.writeUInt32LE(padded, header + 16);
    head.writeUInt32LE(offset, header + 20);
    offset += padded;
    return Buffer.concat([content, Buffer.alloc(padded - content.length)]);
  });
  return Buffer.concat([head, ...contents]);
}
