/** Remembers a value for each of a few byte strings, so that most lines need no text. */
export interface ByteMemo<T> {
  /** @param make is called for bytes that are not known or no longer known */
  get(bytes: Buffer, ranges: readonly number[], make: () => T): T;
}

interface Entry<T> {
  readonly bytes: Buffer;
  readonly value: T;
}

// Far more than the releases and rings of a site. More of them make it slower, not larger.
const mostEntries = 4096;

// The begin and the end of a part are hashed: releases and rings differ there. All bytes are compared anyway.
const hashedBytes = 24;

/** Each two numbers of `ranges` are the begin and the end of a part; a begin of -1 is a part that is missing. */
export function createByteMemo<T>(): ByteMemo<T> {
  const entries = new Map<number, Entry<T>>();
  return {
    get(bytes, ranges, make) {
      let hash = 0x811c9dc5;
      for (let range = 0; range < ranges.length; range += 2) {
        const from = ranges[range] as number;
        const to = from < 0 ? from : (ranges[range + 1] as number);
        hash = Math.imul(hash ^ (to - from), 0x01000193);
        for (let at = from; at < to; at += 1) {
          if (at - from === hashedBytes && to - at > hashedBytes) at = to - hashedBytes;
          hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
        }
      }
      const known = entries.get(hash);
      if (known !== undefined && isSame(known.bytes, bytes, ranges)) return known.value;
      const value = make();
      if (entries.size >= mostEntries) entries.clear();
      entries.set(hash, { bytes: copyOf(bytes, ranges), value });
      return value;
    },
  };
}

const separator = 0x0a;

function isSame(known: Buffer, bytes: Buffer, ranges: readonly number[]): boolean {
  let position = 0;
  for (let range = 0; range < ranges.length; range += 2) {
    const from = ranges[range] as number;
    const to = from < 0 ? from : (ranges[range + 1] as number);
    for (let at = from; at < to; at += 1) {
      if (known[position] !== bytes[at]) return false;
      position += 1;
    }
    if (known[position] !== separator) return false;
    position += 1;
  }
  return position === known.length;
}

function copyOf(bytes: Buffer, ranges: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  for (let range = 0; range < ranges.length; range += 2) {
    const from = ranges[range] as number;
    if (from >= 0) parts.push(bytes.subarray(from, ranges[range + 1]));
    parts.push(Buffer.of(separator));
  }
  return Buffer.concat(parts);
}
