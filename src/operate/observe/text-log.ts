import { clfTimeLength, createClfTimeReader } from './clf-time.ts';
import { endsInGraph, type LineReader, type LogFormat, lineKinds } from './log-format.ts';

const bracket = 0x5b;
const closingBracket = 0x5d;
const quote = 0x22;
const space = 0x20;
const questionMark = 0x3f;
const backslash = 0x5c;

/**
 * The common log format, and what has the same parts in the same order: a time in brackets, later the request in
 * quotation marks, then the status. So it reads the combined format, with a virtual host before it or fields after
 * it, and the server access logs of S3, which have fields between time and request.
 */
export const textLog: LogFormat = { name: 'common log format', createReader };

function createReader(): LineReader {
  const readTime = createClfTimeReader();
  return {
    read(bytes, start, end, entry) {
      const bracketAt = findTime(bytes, start, end);
      if (bracketAt < 0) return lineKinds.unreadable;
      const time = readTime(bytes, bracketAt + 1);
      if (time < 0) return lineKinds.unreadable;
      const open = bytes.indexOf(quote, bracketAt + clfTimeLength + 2);
      if (open < 0 || open >= end) return lineKinds.unreadable;
      const close = closingQuote(bytes, open + 1, end);
      if (close < 0) return lineKinds.unreadable;
      const status = readStatus(bytes, close + 1, end);
      if (status < 0) return lineKinds.unreadable;
      // METHOD TARGET HTTP/1.1; a request that was none is "-", or what came instead.
      let from = open + 1;
      while (from < close && bytes[from] !== space) from += 1;
      from += 1;
      let mark = from;
      while (mark < close && bytes[mark] !== questionMark && bytes[mark] !== space) mark += 1;
      if (mark > close || !endsInGraph(bytes, from, mark)) return lineKinds.other;
      let to = close;
      for (let at = close - 1; at >= mark; at -= 1) {
        if (bytes[at] === space) {
          to = at;
          break;
        }
      }
      entry.bytes = bytes;
      entry.from = from;
      entry.to = to;
      entry.time = time;
      entry.status = status;
      return lineKinds.graph;
    },
  };
}

/** The bracket before the time: an address of IPv6 may be in brackets too. */
function findTime(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at + clfTimeLength + 1 < end; at += 1) {
    if (bytes[at] === bracket && bytes[at + clfTimeLength + 1] === closingBracket) return at;
  }
  return -1;
}

function closingQuote(bytes: Buffer, from: number, end: number): number {
  let at = bytes.indexOf(quote, from);
  while (at >= 0 && at < end) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
    at = bytes.indexOf(quote, at + 1);
  }
  return -1;
}

/** The status after the request: three digits, or `-` in logs of S3. */
function readStatus(bytes: Buffer, at: number, end: number): number {
  if (at + 1 >= end || bytes[at] !== space) return -1;
  if (bytes[at + 1] === 0x2d) return 0;
  if (at + 3 >= end) return -1;
  const digit = (index: number) => (bytes[at + index] as number) - 0x30;
  const status = digit(1) * 100 + digit(2) * 10 + digit(3);
  return status >= 100 && status <= 999 && (at + 4 === end || bytes[at + 4] === space) ? status : -1;
}
