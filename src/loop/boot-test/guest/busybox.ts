import { open } from 'node:fs/promises';
import { InputError } from '../../../host/errors.ts';
import { isMissing } from '../../../host/files.ts';
import { findTool, requireTools } from '../../../host/tools.ts';
import { type Architecture, hostArchitecture } from '../../../world/registry/architecture.ts';
import { findPinnedTool, pinOf } from '../../../world/tools/tool-cache.ts';

// e_machine of the ELF specification.
const machines: Readonly<Record<number, Architecture>> = {
  62: 'x86_64',
  183: 'aarch64',
  22: 's390x',
  21: 'ppc64le',
};

/** What the header of a program file says about it. */
export interface ProgramKind {
  readonly architecture: Architecture | undefined;
  /** It needs no loader or libraries of the system that it runs on. */
  readonly static: boolean;
}

/** Reads an ELF header (64 bits) and its program headers; undefined for anything else. */
export function readProgramKind(bytes: Buffer): ProgramKind | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2) return undefined;
  const little = bytes[5] === 1;
  const short = (offset: number) => (little ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset));
  const word = (offset: number) => (little ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset));
  const headers = little ? bytes.readBigUInt64LE(32) : bytes.readBigUInt64BE(32);
  const [size, count] = [short(54), short(56)];
  const requestsLoader = 3; // PT_INTERP
  let isStatic = true;
  for (let index = 0; index < count; index += 1) {
    const offset = Number(headers) + index * size;
    if (offset + 4 > bytes.length) return undefined;
    if (word(offset) === requestsLoader) isStatic = false;
  }
  return { architecture: machines[short(18)], static: isStatic };
}

/**
 * A static busybox: it runs in the guest, so that nothing there depends on the image's programs. It is the host's, or
 * for a guest of another architecture the one that set-up-host downloaded.
 * @param architecture of the guest (default: that of the host)
 * @param helper another one
 * @throws InputError when it is missing, needs libraries, or is for another architecture
 */
export async function findStaticBusybox(architecture?: Architecture, helper?: string): Promise<string> {
  const foreign = architecture !== undefined && architecture !== hostArchitecture();
  const downloaded =
    helper === undefined && foreign && (await findPinnedTool(pinOf('busybox-static', architecture)));
  if (helper === undefined && !downloaded) requireTools(['busybox']);
  const path = helper ?? (downloaded || (findTool('busybox') as string));
  const file = await open(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    throw new InputError({
      where: path,
      problem: 'this program does not exist',
      expected: 'a static busybox',
    });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const kind = readProgramKind(buffer.subarray(0, bytesRead));
    if (kind === undefined || !kind.static) {
      throw new InputError({
        where: path,
        problem: 'this busybox needs libraries of the system it runs on',
        remedy: 'Install the static one: apt-get install busybox-static',
      });
    }
    if (architecture !== undefined && kind.architecture !== architecture) {
      throw new InputError({
        where: path,
        problem: 'the helper program of a boot test must be of the architecture of the image',
        found: kind.architecture ?? 'another architecture',
        expected: architecture,
        remedy: `Run the boot test on a machine of that architecture (a runner for ${architecture}), or download a static busybox for ${architecture}: coxswain set-up-host --architecture ${architecture}. One of your own works too (--helper).`,
      });
    }
  } finally {
    await file.close();
  }
  return path;
}
