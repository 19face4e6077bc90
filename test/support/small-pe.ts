/** The smallest program in the format PE32+ (Microsoft's "PE Format") that sbsign signs. */
export function smallPe(): Buffer {
  const file = Buffer.alloc(1024);
  file.write('MZ');
  file.writeUInt32LE(64, 0x3c);
  file.writeUInt32LE(0x00004550, 64);
  const coff = 68;
  file.writeUInt16LE(0x8664, coff);
  file.writeUInt16LE(1, coff + 2);
  file.writeUInt16LE(240, coff + 16);
  file.writeUInt16LE(0x0022, coff + 18);
  const optional = coff + 20;
  file.writeUInt16LE(0x020b, optional);
  file.writeUInt32LE(512, optional + 4);
  file.writeUInt32LE(0x1000, optional + 16);
  file.writeUInt32LE(0x1000, optional + 20);
  file.writeUInt32LE(0x1000, optional + 32);
  file.writeUInt32LE(512, optional + 36);
  file.writeUInt32LE(0x2000, optional + 56);
  file.writeUInt32LE(512, optional + 60);
  file.writeUInt16LE(10, optional + 68);
  file.writeUInt32LE(16, optional + 108);
  const section = optional + 240;
  file.write('.text', section);
  file.writeUInt32LE(512, section + 8);
  file.writeUInt32LE(0x1000, section + 12);
  file.writeUInt32LE(512, section + 16);
  file.writeUInt32LE(512, section + 20);
  file.writeUInt32LE(0x60000020, section + 36);
  file.fill(0xc3, 512);
  return file;
}
