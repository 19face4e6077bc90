import type { LineKind } from './log-format.ts';

/** Gives the lines of a stream of chunks, without copying them unless a line is in two chunks. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** The last line may have no line break. */
  end(): void;
}

/** A longer line is not one of an access log: servers limit the length of a request. */
export const longestLine = 65_536;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * @param onLine a line in bytes, without its line break
 * @param onTooLong a line that is longer than longestLine; its bytes are dropped
 */
export function createLineSplitter(
  onLine: (bytes: Buffer, start: number, end: number) => LineKind | undefined,
  onTooLong: () => void,
): LineSplitter {
  const rest = Buffer.allocUnsafe(longestLine);
  let kept = 0;
  let isTooLong = false;

  function line(bytes: Buffer, start: number, end: number): void {
    const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    if (last - start > longestLine) onTooLong();
    else if (last > start) onLine(bytes, start, last);
  }

  function keep(chunk: Buffer, from: number, to: number): void {
    if (isTooLong || kept + to - from > longestLine) {
      isTooLong = true;
      return;
    }
    chunk.copy(rest, kept, from, to);
    kept += to - from;
  }

  function finish(): void {
    if (isTooLong) onTooLong();
    else line(rest, 0, kept);
    kept = 0;
    isTooLong = false;
  }

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
        if (kept > 0 || isTooLong) {
          keep(chunk, start, end);
          finish();
        } else line(chunk, start, end);
        start = end + 1;
      }
      keep(chunk, start, chunk.length);
    },
    end() {
      if (kept > 0 || isTooLong) finish();
    },
  };
}
