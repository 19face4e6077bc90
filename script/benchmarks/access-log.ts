import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { start, versionOf } from './sample-site.ts';

/** A line, and where its own bytes begin. All lines have the same length. */
interface Template {
  readonly line: Buffer;
  readonly address: number;
  readonly time: number;
  readonly ring: number;
  readonly node: number;
}

const linesOfPiece = 16_384;
const days = 9.9;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Writes an access log in which each node asks ten times, on the last release or the one before. A line is a copy of a
 * template with some bytes of its own: to make each as a text takes longer than everything that is measured.
 * @param size.lines ten times the number of nodes, which has at most six digits, or is a million
 */
export async function writeAccessLog(
  file: string,
  { lines, nodes }: { readonly lines: number; readonly nodes: number },
): Promise<void> {
  const out = createWriteStream(file);
  const older = templateOf(198);
  const newer = templateOf(199);
  const width = older.line.length;
  let timeOfText = -1;
  let timeText = Buffer.alloc(0);
  for (let first = 0; first < lines; first += linesOfPiece) {
    const count = Math.min(linesOfPiece, lines - first);
    const piece = Buffer.allocUnsafe(count * width);
    for (let index = 0; index < count; index += 1) {
      const line = first + index;
      const node = line % nodes;
      const template = node % 10 < Math.floor(line / nodes) ? newer : older;
      const from = index * width;
      const time = start + Math.floor((days * 86_400 * line) / lines);
      if (time !== timeOfText) timeText = Buffer.from(clfTime(time), 'latin1');
      timeOfText = time;
      template.line.copy(piece, from);
      timeText.copy(piece, from + template.time);
      // Octets from 100 to 199 have a fixed length, and so do rings from 10 to 99.
      for (const [octet, unit] of [1, 100, 10_000].entries())
        putDigits(piece, from + template.address + 4 * octet, Math.floor(node / unit));
      putDigits(piece, from + template.ring, 10 + (node % 90));
      putIdentifier(piece, from + template.node, node);
    }
    if (!out.write(piece)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

function templateOf(release: number): Template {
  const digest = `registry.example.invalid%2Facme%2Fos%40sha256%3A${(release * 4).toString(16).padStart(64, '0')}`;
  const node = '0'.repeat(32);
  const query = `basearch=x86_64&group=default&node_uuid=${node}&oci=true&os_checksum=${digest}&os_version=${versionOf(release)}&platform=metal&rollout_wariness=0.5&stream=stable`;
  const line = Buffer.from(
    `10.100.100.100 - - [${clfTime(start)}] "GET /stable/x86_64/ring-10/v1/graph?${query} HTTP/1.1" 200 48211 "-" "-"\n`,
    'latin1',
  );
  return {
    line,
    address: '10.1'.length,
    time: line.indexOf('[') + 1,
    ring: line.indexOf('ring-') + 'ring-'.length,
    node: line.indexOf(node),
  };
}

function clfTime(time: number): string {
  const [date = '', clock = ''] = new Date(time * 1000).toISOString().split(/[T.]/);
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${clock} +0000`;
}

/** The last two decimal digits of a number. */
function putDigits(piece: Buffer, at: number, value: number): void {
  piece[at] = 0x30 + (Math.floor(value / 10) % 10);
  piece[at + 1] = 0x30 + (value % 10);
}

const hexadecimal = Buffer.from('0123456789abcdef', 'latin1');

/** 32 hexadecimal digits that are as good as random, and different for different nodes. */
function putIdentifier(piece: Buffer, at: number, node: number): void {
  for (let word = 0; word < 4; word += 1) {
    // Each step can be undone, so no two nodes have the same word.
    let bits = Math.imul(node + 1, 0x9e3779b1) ^ Math.imul(word + 1, 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    bits ^= bits >>> 16;
    for (let digit = 0; digit < 8; digit += 1)
      piece[at + word * 8 + digit] = hexadecimal[(bits >>> (digit * 4)) & 15] as number;
  }
}
