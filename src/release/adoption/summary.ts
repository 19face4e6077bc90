import {
  type Adoption,
  type AdoptionCurves,
  type CameBack,
  type DayAdoption,
  mostEntries,
  type NodesByRelease,
  otherRelease,
  type ReleaseAdoption,
  type RingAdoption,
  type StuckNodes,
} from '../../guidance/adoption.ts';
import { defined } from '../../host/defined.ts';
import { architectures } from '../../world/registry/architecture.ts';
import type { FleetCounter } from './fleet-counter.ts';
import { createObstacles, type Obstacle, patience } from './stuck-nodes.ts';

const daySeconds = 86_400;
const hourSeconds = 3600;
const curvePoints = 48;

/** What the counter knows, as numbers of nodes. @param observedAt UNIX seconds */
export function summarize(counter: FleetCounter, observedAt: number): Adoption {
  const { of, table, from, until } = counter;
  const times = 2 ** table.level;
  const versions = [otherRelease, ...of.releases.releases.map(({ version }) => version)];
  const rows = liveRows(counter);
  const days = countDays(counter, rows, versions);
  const seenDays = sum(days.map(({ nodes }) => nodes));
  const counted = sum(counter.requests.map((each) => each.count()));
  return {
    fleet: of.fleet,
    observedAt,
    window: { from, until },
    ...defined({ lastRequest: counter.lastRequest === 0 ? undefined : counter.lastRequest }),
    method: table.level === 0 ? 'exact' : 'sample',
    standardError: table.level === 0 ? 0 : round(Math.sqrt((1 - 1 / times) / Math.max(1, rows.length)), 5),
    nodes: rows.length * times,
    requests: {
      counted,
      perNodeAndDay: seenDays === 0 ? 0 : round(counted / seenDays, 1),
      withoutNode: counter.withoutNode,
    },
    releases: countReleases(counter, rows, versions),
    rings: countRings(counter, rows, versions),
    days,
    curves: countCurves(counter, rows, versions),
    stuck: findStuck(counter, rows, versions, observedAt),
    cameBack: findCameBack(counter, rows, versions),
    missing: [...counter.missing]
      .map(([path, { requests, nodes }]) => ({ path, nodes: nodes.count(), requests }))
      .sort((one, other) => other.nodes - one.nodes || compare(one.path, other.path))
      .slice(0, mostEntries),
  };
}

/** Nodes by ring and release now, without a report over days. */
export interface LiveCounts {
  readonly nodes: readonly { readonly ring: string; readonly release: string; readonly count: number }[];
  readonly cameBack: number;
  /** The share of the nodes that is kept: 1 if the numbers are exact. */
  readonly share: number;
}

/** @param since UNIX seconds: nodes that did not ask since then are left out */
export function countLive({ of, table }: FleetCounter, since: number): LiveCounts {
  const times = 2 ** table.level;
  const versions = [otherRelease, ...of.releases.releases.map(({ version }) => version)];
  const counts = of.rings.map(() => new Uint32Array(versions.length));
  let cameBack = 0;
  for (let row = 0; row < table.size; row += 1) {
    if ((table.last[row] as number) < since) continue;
    const release = table.release[row] as number;
    const list = counts[Math.floor((table.place[row] as number) / architectures.length)] as Uint32Array;
    list[release] = (list[release] as number) + 1;
    if (release > 0 && (table.top[row] as number) > release && (table.topLast[row] as number) >= since)
      cameBack += times;
  }
  const nodes = of.rings.flatMap(({ name }, ring) =>
    Object.entries(namedCounts(counts[ring] as Uint32Array, versions, times)).map(([release, count]) => ({
      ring: name,
      release,
      count,
    })),
  );
  return { nodes, cameBack, share: 1 / times };
}

/** Whether the node ran a newer release in the window than it runs now. */
export function hasComeBack({ table, from }: FleetCounter, row: number): boolean {
  const release = table.release[row] as number;
  // Nothing is known about the age of an image that the fleet does not know.
  return release > 0 && (table.top[row] as number) > release && (table.topLast[row] as number) >= from;
}

/** The rows of nodes that were seen in the window. */
function liveRows({ table, from }: FleetCounter): Uint32Array {
  const rows = new Uint32Array(table.size);
  let live = 0;
  for (let row = 0; row < table.size; row += 1) {
    if ((table.last[row] as number) < from) continue;
    rows[live] = row;
    live += 1;
  }
  return rows.subarray(0, live);
}

function countReleases(
  { table, from, until }: FleetCounter,
  rows: Uint32Array,
  versions: readonly string[],
): ReleaseAdoption[] {
  const times = 2 ** table.level;
  const length = Math.ceil((until - from) / daySeconds);
  const seen = versions.map(() => new Array<number>(length).fill(0));
  for (const row of rows) {
    const day = Math.floor((until - 1 - (table.last[row] as number)) / daySeconds);
    const list = seen[table.release[row] as number] as number[];
    list[day] = (list[day] as number) + times;
  }
  const all = versions.map((version, release): ReleaseAdoption => {
    const lastSeen = seen[release] as number[];
    return { version, nodes: sum(lastSeen), lastSeen };
  });
  // Other images come last.
  return [...all.slice(1), ...all.slice(0, 1)].filter(({ nodes }) => nodes > 0);
}

function countRings(counter: FleetCounter, rows: Uint32Array, versions: readonly string[]): RingAdoption[] {
  const { of, table } = counter;
  const times = 2 ** table.level;
  const counts = of.rings.map(() => new Uint32Array(versions.length));
  const back = new Uint32Array(of.rings.length);
  for (const row of rows) {
    const ring = Math.floor((table.place[row] as number) / architectures.length);
    const list = counts[ring] as Uint32Array;
    const release = table.release[row] as number;
    list[release] = (list[release] as number) + 1;
    if (hasComeBack(counter, row)) back[ring] = (back[ring] as number) + 1;
  }
  return of.rings
    .map(({ name, wariness }, ring): RingAdoption => {
      const list = counts[ring] as Uint32Array;
      return {
        ring: name,
        ...defined({ wariness }),
        nodes: sum([...list]) * times,
        releases: namedCounts(list, versions, times),
        cameBack: (back[ring] as number) * times,
      };
    })
    .filter(({ nodes }) => nodes > 0);
}

function countDays({ table }: FleetCounter, rows: Uint32Array, versions: readonly string[]): DayAdoption[] {
  const times = 2 ** table.level;
  const days: DayAdoption[] = [];
  for (let day = 0; day < table.days; day += 1) {
    const counts = new Uint32Array(versions.length);
    let nodes = 0;
    for (const row of rows) {
      const release = table.byDay[row * table.days + day] as number;
      if (release === 0) continue;
      counts[release - 1] = (counts[release - 1] as number) + 1;
      nodes += 1;
    }
    if (nodes === 0) continue;
    days.push({
      day: new Date((table.firstDay + day) * daySeconds * 1000).toISOString().slice(0, 10),
      nodes: nodes * times,
      releases: namedCounts(counts, versions, times),
    });
  }
  return days;
}

function countCurves(
  { table, from, until }: FleetCounter,
  rows: Uint32Array,
  versions: readonly string[],
): AdoptionCurves {
  const times = 2 ** table.level;
  const step = Math.max(1, Math.ceil((until - from) / curvePoints / hourSeconds)) * hourSeconds;
  const points = Math.floor((until - from) / step);
  const start = until - points * step;
  const releases: Record<string, number[]> = {};
  for (const [curve, release] of table.curves.entries()) {
    const arrived = new Array<number>(points + 1).fill(0);
    for (const row of rows) {
      const at = table.arrivals[row * table.curves.length + curve] as number;
      if (at === 0) continue;
      const point = Math.max(0, Math.ceil((at - start) / step));
      arrived[point] = (arrived[point] as number) + times;
    }
    for (let point = 1; point <= points; point += 1)
      arrived[point] = (arrived[point] as number) + (arrived[point - 1] as number);
    if ((arrived[points] as number) > 0) releases[versions[release] as string] = arrived;
  }
  return { start, step, releases };
}

function findStuck(
  counter: FleetCounter,
  rows: Uint32Array,
  versions: readonly string[],
  now: number,
): StuckNodes[] {
  const { of, table, others } = counter;
  const times = 2 ** table.level;
  const obstacles = createObstacles(of, now);
  const known = new Map<number, Obstacle | undefined>();
  const found = new Map<string, { -readonly [K in keyof StuckNodes]: StuckNodes[K] }>();
  for (const row of rows) {
    const release = table.release[row] as number;
    if (release === 0) {
      add({ kind: 'not in the graph' }, others[table.other[row] as number] as string);
      continue;
    }
    const place = table.place[row] as number;
    const key = place * versions.length + release;
    const version = versions[release] as string;
    if (!known.has(key)) {
      const basearch = architectures[place % architectures.length] as string;
      const wariness = of.rings[Math.floor(place / architectures.length)]?.wariness?.[1] ?? 1;
      known.set(key, obstacles(version, { basearch, wariness }));
    }
    const obstacle = known.get(key);
    if (obstacle === undefined) continue;
    const isOffered = obstacle.kind === 'barrier' || obstacle.kind === 'offered';
    const since = Math.max(obstacle.since, arrival(row, release));
    if (isOffered && (table.last[row] as number) - since <= patience) continue;
    add(obstacle, version);
  }
  return [...found]
    .sort(([one, { nodes }], [other, { nodes: more }]) => more - nodes || compare(one, other))
    .map(([, entry]) => entry)
    .slice(0, mostEntries);

  /** When the node came to its release, as well as it is known. */
  function arrival(row: number, release: number): number {
    const curve = table.curves.indexOf(release);
    const at = curve < 0 ? 0 : (table.arrivals[row * table.curves.length + curve] as number);
    return at === 0 ? (table.first[row] as number) : at;
  }

  function add(
    { kind, behind, reason }: Pick<Obstacle, 'kind' | 'behind' | 'reason'>,
    version: string,
  ): void {
    const key = `${kind}\n${version}\n${behind ?? ''}`;
    const entry = found.get(key) ?? { kind, version, ...defined({ behind, reason }), nodes: 0 };
    entry.nodes += times;
    found.set(key, entry);
  }
}

function findCameBack(counter: FleetCounter, rows: Uint32Array, versions: readonly string[]): CameBack[] {
  const { table } = counter;
  const times = 2 ** table.level;
  const pairs = new Map<number, number>();
  for (const row of rows) {
    if (!hasComeBack(counter, row)) continue;
    const pair = (table.top[row] as number) * versions.length + (table.release[row] as number);
    pairs.set(pair, (pairs.get(pair) ?? 0) + times);
  }
  return [...pairs]
    .map(
      ([pair, nodes]): CameBack => ({
        from: versions[Math.floor(pair / versions.length)] as string,
        to: versions[pair % versions.length] as string,
        nodes,
      }),
    )
    .sort((one, other) => other.nodes - one.nodes || compare(one.from + one.to, other.from + other.to))
    .slice(0, mostEntries);
}

/** The order must not depend on that of the logs. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function namedCounts(counts: Uint32Array, versions: readonly string[], times: number): NodesByRelease {
  const named: Record<string, number> = {};
  for (const [release, nodes] of counts.entries()) {
    if (nodes > 0) named[versions[release] as string] = nodes * times;
  }
  return named;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
