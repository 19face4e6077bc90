const headerBytes = 110;
const longestName = 4096;

/** Reads the names in a cpio archive part by part; the content of files is skipped. */
export interface CpioScanner {
  /** @throws Error for bytes that are not such an archive */
  feed(bytes: Buffer): void;
  /** True after the last entry, if only zeros followed it. */
  readonly ended: boolean;
  readonly entries: number;
}

/**
 * Scans archives of the format "newc", one after the other, as the kernel unpacks them (kernel documentation,
 * "initramfs buffer format"); there may be zeros between them.
 */
export function createCpioScanner(onName: (name: string) => void): CpioScanner {
  let waiting: Buffer = Buffer.alloc(0);
  let toSkip = 0;
  let position = 0;
  let inArchive = false;
  let entries = 0;

  /** Takes one entry from the start of the buffer; false if a part of its header or its name is missing. */
  const takeEntry = (): boolean => {
    if (waiting.length < 6) return false;
    const magic = waiting.toString('latin1', 0, 6);
    if (magic !== '070701' && magic !== '070702') throw new Error('no cpio archive');
    if (waiting.length < headerBytes) return false;
    const field = (index: number) =>
      Number.parseInt(waiting.toString('latin1', 6 + index * 8, 14 + index * 8), 16);
    const [size, nameSize] = [field(6), field(11)];
    if (!(size >= 0) || !(nameSize > 0 && nameSize <= longestName)) throw new Error('a damaged cpio archive');
    if (waiting.length < headerBytes + nameSize) return false;
    const name = waiting.toString('utf8', headerBytes, headerBytes + nameSize - 1);
    const nameEnd = aligned(position + headerBytes + nameSize);
    toSkip = aligned(nameEnd + size) - position;
    inArchive = name !== 'TRAILER!!!';
    if (inArchive) {
      entries += 1;
      onName(name);
    }
    return true;
  };

  const skip = () => {
    const count = Math.min(toSkip, waiting.length);
    waiting = waiting.subarray(count);
    toSkip -= count;
    position += count;
  };

  return {
    feed: (bytes) => {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      for (;;) {
        skip();
        if (toSkip > 0 || waiting.length === 0) return;
        if (!inArchive && waiting[0] === 0) {
          const zeros = waiting.findIndex((byte) => byte !== 0);
          toSkip = zeros === -1 ? waiting.length : zeros;
        } else if (!takeEntry()) return;
      }
    },
    get ended() {
      return !inArchive && waiting.length === 0;
    },
    get entries() {
      return entries;
    },
  };
}

function aligned(position: number): number {
  return Math.ceil(position / 4) * 4;
}
