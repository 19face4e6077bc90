import { mostCurves, mostDays } from '../../guidance/adoption.ts';
import type { UpdateMetadata } from '../../guidance/metadata.ts';
import { noOperations, type Operations } from '../../guidance/operations.ts';
import type { ReleaseIndex } from '../../guidance/releases.ts';
import { architectures } from '../../world/registry/architecture.ts';
import { createDistinctSample, type DistinctSample } from './distinct-sample.ts';
import type { KnownRing } from './known-rings.ts';
import type { NodeKey } from './node-key.ts';
import { NodeTable, type Sighting } from './node-table.ts';

/** What has to be known of a fleet to count its nodes. */
export interface CountedFleet {
  readonly fleet: string;
  readonly releases: ReleaseIndex;
  readonly updates: UpdateMetadata;
  readonly operations?: Operations;
  readonly rings: readonly KnownRing[];
}

/** A graph of the fleet that does not exist. */
export interface MissingRequests {
  requests: number;
  readonly nodes: DistinctSample;
}

export interface CounterOptions {
  /** Requests count from here (included) to there (not included), UNIX seconds. */
  readonly from: number;
  readonly until: number;
  /** More nodes than this are sampled. */
  readonly limit?: number;
  /** Leave out what only a report over days needs. */
  readonly isLive?: true;
  /** Go on with this table, of the same fleet with fewer releases. */
  readonly table?: NodeTable;
}

/** Up to here, every node is kept. */
export const exactNodes = 1_000_000;

const daySeconds = 86_400;
// Names that come from outside are kept only up to here.
const mostOthers = 1000;
const mostMissing = 200;
const longestName = 120;
const requestSample = 4096;
const missingSample = 1024;

/** Counts the nodes of one fleet from their requests, in bounded memory. */
export class FleetCounter {
  readonly of: CountedFleet;
  readonly operations: Operations;
  readonly from: number;
  readonly until: number;
  readonly table: NodeTable;
  /** Names of images that the fleet does not know. The first stands for all that are too many to name. */
  readonly others: string[] = ['other'];
  /** For each day of the window, the different requests of nodes. */
  readonly requests: readonly DistinctSample[];
  readonly missing = new Map<string, MissingRequests>();
  /** Requests for missing graphs of which too many are known already. */
  missingMore = 0;
  withoutNode = 0;
  lastRequest = 0;
  readonly #payloads: ReadonlyMap<string, number>;
  readonly #versions: ReadonlyMap<string, number>;
  readonly #otherNumbers = new Map<string, number>();

  constructor(of: CountedFleet, options: CounterOptions) {
    const { from, until, limit = exactNodes, isLive } = options;
    this.of = of;
    this.operations = of.operations ?? noOperations;
    this.from = from;
    this.until = until;
    const { releases } = of.releases;
    const newest = Array.from({ length: Math.min(mostCurves, releases.length) }, (_, index) => {
      return releases.length - Math.min(mostCurves, releases.length) + index + 1;
    });
    const days = Math.min(mostDays, Math.ceil((until - from) / daySeconds));
    this.table =
      options.table ??
      new NodeTable({
        limit,
        from,
        days: isLive === true ? 0 : days,
        curves: isLive === true ? [] : newest,
      });
    this.requests = Array.from({ length: isLive === true ? 0 : days + 1 }, () =>
      createDistinctSample(requestSample),
    );
    this.#versions = new Map(releases.map(({ version }, index) => [version, index + 1]));
    this.#payloads = new Map(
      releases.flatMap((release, index) =>
        [
          ...(release['oci-images'] ?? []).map((image) => image['digest-ref']),
          release['oci-index'] ?? '',
          ...(release.commits ?? []).map(({ checksum }) => checksum),
        ]
          .filter((payload) => payload !== '')
          .map((payload): [string, number] => [payload, index + 1]),
      ),
    );
  }

  /**
   * Finds the release that a node runs, as Zincati looks itself up: by exactly its payload. Fills in `release` and `other`.
   * @param payload os_checksum; empty if the request has none
   * @param version os_version
   */
  identify(payload: string, version: string, into: Pick<Sighting, 'release' | 'other'>): void {
    const known = payload === '' ? this.#versions.get(version) : this.#payloads.get(payload);
    into.release = known ?? 0;
    into.other = known === undefined ? this.#numberOfOther(payload, version) : 0;
  }

  /** Number of a ring and an architecture. @param basearch one that is not known counts as the first */
  placeOf(ring: number, basearch: string): number {
    const index = (architectures as readonly string[]).indexOf(basearch);
    return ring * architectures.length + Math.max(0, index);
  }

  /** @returns the row of the node, -1 if it is not in the sample */
  count(key: NodeKey, sighting: Sighting): number {
    const row = this.table.rowOf(key);
    if (row >= 0) this.countRow(row, sighting);
    return row;
  }

  /** The same for a node whose row is known, in the table's present generation. */
  countRow(row: number, sighting: Sighting): void {
    this.table.see(row, sighting);
  }

  /**
   * Counts a request of any node, also of one that is not in the sample.
   * @param high @param low 64 bits that differ from node to node
   */
  countRequest(high: number, low: number, time: number): void {
    if (time > this.lastRequest) this.lastRequest = time;
    const day = this.requests[Math.floor(time / daySeconds) - this.table.firstDay];
    if (day === undefined) return;
    // One node asks at most once in a second: what seems more is the same line in two logs.
    const mixed = mix(high ^ mix(time));
    day.add(mix(mixed ^ low), mixed);
  }

  /** @param path without the query @param key of the node, if it says who it is */
  countMissing(path: string, key: NodeKey | undefined): void {
    const name = cleanName(path);
    let missing = this.missing.get(name);
    if (missing === undefined) {
      if (this.missing.size >= mostMissing) {
        this.missingMore += 1;
        return;
      }
      missing = { requests: 0, nodes: createDistinctSample(missingSample) };
      this.missing.set(name, missing);
    }
    missing.requests += 1;
    if (key !== undefined) missing.nodes.add(key.high, key.low);
  }

  #numberOfOther(payload: string, version: string): number {
    const isOwnVersion = this.#versions.has(version);
    const name = cleanName(
      isOwnVersion ? `${version} (another image: ${payload})` : version || payload || '?',
    );
    const known = this.#otherNumbers.get(name);
    if (known !== undefined) return known;
    if (this.others.length > mostOthers) return 0;
    this.others.push(name);
    this.#otherNumbers.set(name, this.others.length - 1);
    return this.others.length - 1;
  }
}

/** Text from outside as a short name on one line, without characters that a terminal could obey. */
export function cleanName(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu, '\ufffd');
  return plain.length > longestName ? `${plain.slice(0, longestName - 1)}…` : plain;
}

/** Spreads 32 bits evenly (the finalizer of MurmurHash3). */
function mix(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
