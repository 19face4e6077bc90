import { z } from 'zod';
import { clfTimeLength, createClfTimeReader } from './clf-time.ts';
import { createTargetWriter, type LineReader, type LogFormat, lineKinds } from './log-format.ts';

/** What a line has to say; each by the path of a field, such as `request.uri`. */
export const jsonFields = ['time', 'uri', 'query', 'status'] as const;

export type JsonFields = Readonly<Record<(typeof jsonFields)[number], readonly string[]>>;

/** Names that nginx, Caddy, Traefik, HAProxy, Envoy and serve-graph are usually configured with; the first found counts. */
export const defaultJsonFields: JsonFields = {
  time: [
    'time',
    'ts',
    'timestamp',
    '@timestamp',
    'time_iso8601',
    'time_local',
    'msec',
    'StartUTC',
    'start_time',
    'date',
  ],
  uri: ['uri', 'request_uri', 'request.uri', 'RequestPath', 'path', 'url', 'http.request.uri', 'request'],
  query: ['query', 'args', 'query_string', 'request.query'],
  status: ['status', 'DownstreamStatus', 'status_code', 'response.status', 'response_code', 'statusCode'],
};

const anObject = z.record(z.string(), z.unknown());
const longestNumber = /^\d{9,19}(\.\d+)?$/;

/** One JSON object on each line. */
export function jsonLog(fields: JsonFields = defaultJsonFields): LogFormat {
  return { name: 'JSON lines', createReader: () => createReader(fields) };
}

function createReader(fields: JsonFields): LineReader {
  const paths = Object.fromEntries(
    jsonFields.map((name) => [name, fields[name].map((path) => path.split('.'))]),
  ) as Record<keyof JsonFields, string[][]>;
  const write = createTargetWriter();
  const readTime = createTimeReader();
  return {
    read(bytes, start, end, entry) {
      const last = lastVisible(bytes, start, end);
      if (bytes[start] !== 0x7b || bytes[last] !== 0x7d) return lineKinds.unreadable;
      const line = parseObject(bytes.toString('utf8', start, last + 1));
      if (line === undefined) return lineKinds.unreadable;
      const uri = fieldOf(line, paths.uri);
      if (typeof uri !== 'string') return lineKinds.unreadable;
      const query = fieldOf(line, paths.query);
      const kind = write(targetOf(uri, query), entry);
      if (kind !== lineKinds.graph) return kind;
      const time = readTime(fieldOf(line, paths.time));
      if (time === undefined) return lineKinds.unreadable;
      entry.time = time;
      const status = Number(fieldOf(line, paths.status) ?? 0);
      entry.status = Number.isInteger(status) ? status : 0;
      return kind;
    },
  };
}

function lastVisible(bytes: Buffer, start: number, end: number): number {
  let last = end - 1;
  while (last > start && (bytes[last] as number) <= 0x20) last -= 1;
  return last;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return anObject.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function fieldOf(line: Readonly<Record<string, unknown>>, paths: readonly string[][]): unknown {
  for (const path of paths) {
    // A name with dots may be one key.
    let value: unknown = line[path.join('.')];
    if (value === undefined && path.length > 1) {
      value = line;
      for (const key of path) {
        value =
          typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
      }
    }
    if (typeof value === 'string' || typeof value === 'number') return value;
  }
  return undefined;
}

/** Path and query. A field may hold the whole request line or an address. */
function targetOf(uri: string, query: unknown): string {
  const target = /^[A-Z]+ (\S+)( HTTP\/\S+)?$/.exec(uri)?.[1] ?? uri;
  const path = /^https?:\/\/[^/?]*(.*)$/.exec(target)?.[1] ?? target;
  if (path.includes('?') || typeof query !== 'string' || query === '' || query === '-') return path;
  return `${path}?${query.replace(/^\?/, '')}`;
}

/** UNIX seconds from a number (seconds, milli-, micro- or nanoseconds), ISO 8601, or the common log format. */
function createTimeReader(): (value: unknown) => number | undefined {
  const readClf = createClfTimeReader();
  return (value) => {
    if (typeof value === 'number') return fromNumber(value);
    if (typeof value !== 'string') return undefined;
    if (longestNumber.test(value)) return fromNumber(Number(value));
    if (value.length >= clfTimeLength && value[2] === '/') {
      const time = readClf(Buffer.from(value.replace(/^\[/, ''), 'latin1'), 0);
      return time < 0 ? undefined : time;
    }
    // Without a zone, Date would take that of this machine.
    const iso = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value);
    const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`;
    const parsed = iso ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
    return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
  };
}

function fromNumber(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined;
  let seconds = value;
  while (seconds > 100_000_000_000) seconds /= 1000;
  return Math.floor(seconds);
}
