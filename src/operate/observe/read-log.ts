import { messageOf } from '../../host/errors.ts';
import { cloudfrontLog } from './cloudfront-log.ts';
import { defaultJsonFields, type JsonFields, jsonLog } from './json-log.ts';
import { createLineSplitter } from './lines.ts';
import { type LineReader, type LogEntry, type LogFormat, lineKinds } from './log-format.ts';
import type { LogSource } from './open-log.ts';
import { textLog } from './text-log.ts';

/** What was found in one log. */
export interface ReadLog {
  readonly name: string;
  /** Undefined if no line could be read. */
  readonly format: string | undefined;
  readonly lines: number;
  /** Lines with a request for a graph. */
  readonly graphs: number;
  readonly unreadable: number;
  /** Number of the first line that could not be read, from 1. */
  readonly firstUnreadable?: number;
  /** Why the rest of the log could not be read. */
  readonly cut?: string;
}

export const formatNames = ['auto', 'common', 'json', 'cloudfront'] as const;

export type FormatName = (typeof formatNames)[number];

export interface ReadOptions {
  readonly format: FormatName;
  readonly fields?: JsonFields;
  readonly onGraph: (entry: LogEntry) => void;
}

// Many logs begin with a cut line, or with some of another program.
const linesToTry = 50;

/** Reads a log to its end, or to where it is broken. What cannot be read is counted. */
export async function readLog(source: LogSource, options: ReadOptions): Promise<ReadLog> {
  const formats = formatsOf(options);
  const entry: LogEntry = { bytes: Buffer.alloc(0), from: 0, to: 0, time: 0, status: 0 };
  const trial: Buffer[] = [];
  let chosen: { readonly format: LogFormat; readonly reader: LineReader } | undefined;
  let lines = 0;
  let graphs = 0;
  let unreadable = 0;
  let firstUnreadable: number | undefined;
  let cut: string | undefined;

  const splitter = createLineSplitter(
    (bytes, start, end) => {
      if (chosen !== undefined) return readLine(chosen.reader, bytes, start, end);
      trial.push(Buffer.from(bytes.subarray(start, end)));
      if (trial.length >= linesToTry) choose();
      return undefined;
    },
    () => {
      lines += 1;
      missed();
    },
  );
  try {
    for await (const chunk of source.read()) splitter.push(chunk);
  } catch (error) {
    cut = messageOf(error);
  }
  splitter.end();
  if (chosen === undefined) choose();
  return {
    name: source.name,
    format: lines > unreadable ? chosen?.format.name : undefined,
    lines,
    graphs,
    unreadable,
    ...(firstUnreadable === undefined ? {} : { firstUnreadable }),
    ...(cut === undefined ? {} : { cut }),
  };

  function readLine(reader: LineReader, bytes: Buffer, start: number, end: number): undefined {
    lines += 1;
    const kind = reader.read(bytes, start, end, entry);
    if (kind === lineKinds.graph) {
      graphs += 1;
      options.onGraph(entry);
    } else if (kind === lineKinds.unreadable) missed();
  }

  function missed(): void {
    unreadable += 1;
    firstUnreadable ??= lines;
  }

  /** Takes the format that reads the most of the first lines, and reads those. */
  function choose(): void {
    const format = bestFormat(formats, trial);
    chosen = { format, reader: format.createReader() };
    for (const line of trial) readLine(chosen.reader, line, 0, line.length);
    trial.length = 0;
  }
}

function formatsOf({ format, fields = defaultJsonFields }: ReadOptions): LogFormat[] {
  const all: Readonly<Record<Exclude<FormatName, 'auto'>, LogFormat>> = {
    common: textLog,
    json: jsonLog(fields),
    cloudfront: cloudfrontLog,
  };
  return format === 'auto' ? Object.values(all) : [all[format]];
}

function bestFormat(formats: readonly LogFormat[], lines: readonly Buffer[]): LogFormat {
  const entry: LogEntry = { bytes: Buffer.alloc(0), from: 0, to: 0, time: 0, status: 0 };
  const scored = formats.map((format) => {
    const reader = format.createReader();
    const read = lines.filter((line) => reader.read(line, 0, line.length, entry) !== lineKinds.unreadable);
    return { format, read: read.length };
  });
  return scored.reduce((best, each) => (each.read > best.read ? each : best)).format;
}
