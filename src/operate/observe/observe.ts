import { type Adoption, mostDays } from '../../guidance/adoption.ts';
import { InputError } from '../../host/errors.ts';
import type { CountedFleet } from '../../release/adoption/fleet-counter.ts';
import { summarize } from '../../release/adoption/summary.ts';
import type { LogSource } from './open-log.ts';
import { type ReadLog, type ReadOptions, readLog } from './read-log.ts';
import { createRequestCounter, type LeftOut } from './request-counter.ts';

/** What the logs say. */
export interface Observation {
  readonly fleets: readonly Adoption[];
  readonly logs: readonly ReadLog[];
  readonly leftOut: LeftOut;
}

export interface ObserveOptions extends Omit<ReadOptions, 'onGraph'> {
  readonly fleets: readonly CountedFleet[];
  readonly otherFleets?: readonly string[];
  /** UNIX seconds. */
  readonly now: number;
  /** Seconds. */
  readonly window: number;
  readonly salt: Uint8Array;
  readonly limit?: number;
}

const daySeconds = 86_400;

/** Reads logs one after the other, and counts the nodes of fleets. @throws InputError if no line could be read */
export async function observe(logs: readonly LogSource[], options: ObserveOptions): Promise<Observation> {
  const { now, window } = options;
  const counter = createRequestCounter({ ...options, from: now - window, until: now });
  const read: ReadLog[] = [];
  for (const log of logs) read.push(await readLog(log, { ...options, onGraph: counter.count }));
  refuseUnreadable(read);
  return {
    fleets: counter.counters.map((each) => summarize(each, now)),
    logs: read,
    leftOut: { ...counter.leftOut },
  };
}

/** @param seconds of the window @throws InputError if it is not whole days, or too long */
export function checkWindow(seconds: number, field: string): number {
  if (seconds >= daySeconds && seconds <= mostDays * daySeconds && seconds % daySeconds === 0) return seconds;
  throw new InputError({
    field,
    problem: 'not a window in whole days',
    found: `${seconds} s`,
    expected: `1d to ${mostDays}d`,
  });
}

function refuseUnreadable(logs: readonly ReadLog[]): void {
  if (logs.some(({ format }) => format !== undefined)) return;
  const [first] = logs;
  const why =
    first?.cut ??
    (first?.lines === 0 ? 'it is empty' : `none of its ${first?.lines} lines is in a known format`);
  throw new InputError({
    where: logs.length === 1 ? (first?.name ?? '') : `${logs.length} logs, the first ${first?.name}`,
    problem: `nothing could be read: ${why}`,
    expected: 'an access log: common or combined format, JSON lines, CloudFront or S3',
    remedy: 'For JSON with other names of fields, say --field uri=NAME --field time=NAME.',
  });
}
