/** One request of a log, as bytes: a reader fills it in, and it is valid until the next line. */
export interface LogEntry {
  /** Holds the target of the request: path and query. */
  bytes: Buffer;
  from: number;
  to: number;
  /** UNIX seconds. */
  time: number;
  /** Of the answer; 0 if the log does not say. */
  status: number;
}

/** What a reader made of a line. */
export const lineKinds = {
  /** A request for a graph: the entry is filled in. */
  graph: 0,
  /** Anything else that belongs into such a log. */
  other: 1,
  unreadable: 2,
} as const;

export type LineKind = (typeof lineKinds)[keyof typeof lineKinds];

/** Reads the lines of one file. It may remember what a header of the file says. */
export interface LineReader {
  /** @param start @param end the line in `bytes`, without its line break */
  read(bytes: Buffer, start: number, end: number, entry: LogEntry): LineKind;
}

/** A kind of access log. */
export interface LogFormat {
  readonly name: string;
  createReader(): LineReader;
}

const graphPath = Buffer.from('v1/graph');

/** Whether the text before a position is the path of a graph. */
export function endsInGraph(bytes: Buffer, start: number, end: number): boolean {
  const from = end - graphPath.length;
  if (from < start) return false;
  for (let index = 0; index < graphPath.length; index += 1) {
    if (bytes[from + index] !== graphPath[index]) return false;
  }
  return true;
}

const scratchSize = 32_768;

/** Puts a target that is a text into an entry. */
export function createTargetWriter(): (target: string, entry: LogEntry) => LineKind {
  const scratch = Buffer.allocUnsafe(scratchSize);
  return (target, entry) => {
    const length = scratch.write(target, 'utf8');
    const mark = scratch.indexOf(0x3f);
    if (!endsInGraph(scratch, 0, mark >= 0 && mark < length ? mark : length)) return lineKinds.other;
    entry.bytes = scratch;
    entry.from = 0;
    entry.to = length;
    return lineKinds.graph;
  };
}
