import { warinessOf } from '../../guidance/wariness.ts';
import { nearest } from '../../host/nearest.ts';
import { type CountedFleet, FleetCounter } from '../../release/adoption/fleet-counter.ts';
import { tenthOf } from '../../release/adoption/known-rings.ts';
import { createKeyMaker } from '../../release/adoption/node-key.ts';
import type { Sighting } from '../../release/adoption/node-table.ts';
import { architectures } from '../../world/registry/architecture.ts';
import { createByteMemo } from './byte-memo.ts';
import { emptyTarget, splitTarget, valueText } from './graph-target.ts';
import type { LogEntry } from './log-format.ts';
import { NodeRows } from './node-rows.ts';

/** What was left out of the counts of all fleets. */
export interface LeftOut {
  /** Before the window, and after now. */
  early: number;
  future: number;
  /** Of other fleets than those that are counted. */
  otherFleets: number;
}

export interface RequestCounter {
  count(entry: LogEntry): void;
  readonly counters: readonly FleetCounter[];
  readonly leftOut: Readonly<LeftOut>;
}

export interface RequestCounterOptions {
  readonly fleets: readonly CountedFleet[];
  /** Names of fleets that exist and are not counted. */
  readonly otherFleets?: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly salt: Uint8Array;
  readonly limit?: number;
}

/** Clocks of two machines differ by seconds; more than this is a wrong clock or a wrong log. */
export const clockTolerance = 300;

/** The place of a path: a graph that exists, or one that does not. */
type Place =
  | { readonly kind: 'graph'; readonly fleet: number; readonly place: number }
  /** serve-graph's: the wariness of the node takes the place of a ring. */
  | { readonly kind: 'served'; readonly fleet: number; readonly basearch: string }
  | { readonly kind: 'missing'; readonly fleet: number; readonly path: string }
  | { readonly kind: 'other fleet' };

/** Counts requests for graphs, as bytes of logs, for each fleet. */
export function createRequestCounter(options: RequestCounterOptions): RequestCounter {
  const { fleets, from, until, salt, limit } = options;
  const hash = createKeyMaker(salt);
  const counters = fleets.map(
    (fleet) => new FleetCounter(fleet, limit === undefined ? { from, until } : { from, until, limit }),
  );
  const rows = counters.map((counter) => new NodeRows(counter, hash));
  const places = createByteMemo<Place>();
  const images = counters.map(() => createByteMemo<Pick<Sighting, 'release' | 'other'>>());
  const leftOut: LeftOut = { early: 0, future: 0, otherFleets: 0 };
  const target = emptyTarget();
  const sighting: Sighting = { time: 0, release: 0, other: 0, place: 0 };
  const placeRanges = [0, 0, 0, 0];
  const imageRanges = [0, 0, 0, 0];

  return { count, counters, leftOut };

  function count({ bytes, from: start, to, time, status }: LogEntry): void {
    if (time < from) {
      leftOut.early += 1;
      return;
    }
    if (time >= until + clockTolerance) {
      leftOut.future += 1;
      return;
    }
    splitTarget(bytes, start, to, target);
    placeRanges[0] = start;
    placeRanges[1] = target.pathEnd;
    placeRanges[2] = target.basearch;
    placeRanges[3] = target.basearchEnd;
    const place = places.get(bytes, placeRanges, () =>
      findPlace(
        bytes.toString('utf8', start, target.pathEnd),
        valueText(bytes, target.basearch, target.basearchEnd),
      ),
    );
    if (place.kind === 'other fleet') {
      leftOut.otherFleets += 1;
      return;
    }
    const counter = counters[place.fleet] as FleetCounter;
    // S3 answers 403 for a file that does not exist, to those who may not list the bucket.
    const isMissing = place.kind === 'missing' || status === 404 || status === 403 || status === 410;
    if (isMissing) {
      const path = place.kind === 'missing' ? place.path : bytes.toString('utf8', start, target.pathEnd);
      countMissing(counter, path, bytes);
    }
    if (place.kind === 'missing') return;
    if (target.uuid < 0) {
      counter.withoutNode += 1;
      return;
    }
    const nodeRows = rows[place.fleet] as NodeRows;
    const row = nodeRows.rowAt(bytes, target.uuid, target.uuidEnd);
    sighting.time = time < until ? time : until - 1;
    counter.countRequest(nodeRows.identity.high, nodeRows.identity.low, sighting.time);
    if (row < 0) return;
    imageRanges[0] = target.checksum;
    imageRanges[1] = target.checksumEnd;
    imageRanges[2] = target.version;
    imageRanges[3] = target.versionEnd;
    const image = images[place.fleet]?.get(bytes, imageRanges, () => {
      const found = { release: 0, other: 0 };
      const payload = valueText(bytes, target.checksum, target.checksumEnd);
      counter.identify(payload, valueText(bytes, target.version, target.versionEnd), found);
      return found;
    });
    sighting.release = image?.release ?? 0;
    sighting.other = image?.other ?? 0;
    sighting.place = place.kind === 'graph' ? place.place : servedPlace(counter, place.basearch, row, bytes);
    counter.countRow(row, sighting);
  }

  function countMissing(counter: FleetCounter, path: string, bytes: Buffer): void {
    if (target.uuid < 0) {
      counter.countMissing(path, undefined);
      return;
    }
    const key = { high: 0, low: 0 };
    hash(bytes.subarray(target.uuid, target.uuidEnd), key);
    counter.countMissing(path, key);
  }

  function servedPlace(counter: FleetCounter, basearch: string, row: number, bytes: Buffer): number {
    const { rings } = counter.of;
    const { table } = counter;
    if (target.wariness < 0) {
      // A node's own wariness never changes, and takes long to compute.
      const known = table.place[row] as number;
      const isKnown = table.last[row] !== 0 && known >= counter.placeOf(tenthOf(rings, 0), architectures[0]);
      if (isKnown) return known;
    }
    const given =
      target.wariness < 0 ? Number.NaN : Number(valueText(bytes, target.wariness, target.warinessEnd));
    const wariness = Number.isNaN(given) ? warinessOf(valueText(bytes, target.uuid, target.uuidEnd)) : given;
    return counter.placeOf(tenthOf(rings, wariness), basearch);
  }

  /** Reads `[…/]<fleet>/<basearch>[/<ring>]/v1/graph` and serve-graph's `[/<fleet>]/v1/graph`. */
  function findPlace(path: string, basearch: string): Place {
    const parts = decoded(path).split('/').slice(0, -2);
    const isArch = (part: string | undefined) => architectures.some((each) => each === part);
    const [third = '', second = '', first = ''] = [parts.at(-3), parts.at(-2), parts.at(-1)];
    if (isArch(first)) return staticPlace(path, second, first, '');
    if (isArch(second)) return staticPlace(path, third, second, first);
    const name = first === '' && fleets.length === 1 ? (fleets[0]?.fleet ?? '') : first;
    const fleet = fleets.findIndex((each) => each.fleet === name);
    if (fleet >= 0 && isArch(basearch)) return { kind: 'served', fleet, basearch };
    return missingPlace(path, name);
  }

  function staticPlace(path: string, name: string, basearch: string, folder: string): Place {
    const fleet = fleets.findIndex((each) => each.fleet === name);
    const counter = counters[fleet];
    const ring = counter?.of.rings.findIndex(({ folders }) => folders.includes(folder)) ?? -1;
    if (counter === undefined || ring < 0) return missingPlace(path, name);
    return { kind: 'graph', fleet, place: counter.placeOf(ring, basearch) };
  }

  /** A graph of a fleet that nobody knows is reported with the fleet that was probably meant. */
  function missingPlace(path: string, name: string): Place {
    if (options.otherFleets?.includes(name) === true) return { kind: 'other fleet' };
    const names = fleets.map(({ fleet }) => fleet);
    const meant = names.includes(name) ? name : nearest(name, names);
    return { kind: 'missing', fleet: Math.max(0, names.indexOf(meant ?? '')), path };
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
