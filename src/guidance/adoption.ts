import { z } from 'zod';
import { openObject, readDocument, someText } from './document.ts';

// adoption.json of a fleet: who runs what, counted from access logs by `coxswain observe`. It holds counts only: no
// node can be recognised in it. What is computed from it is in adoption-share.ts.

/** Nodes by release: version → nodes. Releases without nodes are left out. */
export type NodesByRelease = Readonly<Record<string, number>>;

/** The nodes that were last seen on one release. */
export interface ReleaseAdoption {
  readonly version: string;
  readonly nodes: number;
  /**
   * The same nodes by the time of their last request: the first number is those of the last 24 hours of the window,
   * the second those of the 24 hours before, and so on. There is one number for each day of the window.
   */
  readonly lastSeen: readonly number[];
}

/** The nodes that last asked for one ring's graph. */
export interface RingAdoption {
  /** A ring of coxswain.yaml, `no ring`, `slices`, or `wariness 0.3` for a tenth of the nodes of serve-graph. */
  readonly ring: string;
  /** The wariness of these nodes: from (not included, if there is a range) and to. Absent if it is not known. */
  readonly wariness?: readonly [from: number, to: number];
  readonly nodes: number;
  readonly releases: NodesByRelease;
  /** Nodes that ran a newer release and now run an older one. */
  readonly cameBack: number;
}

/** The nodes that were seen on one day (UTC). */
export interface DayAdoption {
  /** `2026-11-30` */
  readonly day: string;
  readonly nodes: number;
  /** By the newest release that each node ran on this day. */
  readonly releases: NodesByRelease;
}

/**
 * Why nodes do not move on: they run a dead-end; they wait for a paused rollout; they are offered a barrier, or another
 * release, for more than a day, and still ask from the old one; or their image is not in the graph.
 */
export const stuckKinds = ['dead-end', 'paused', 'barrier', 'offered', 'not in the graph'] as const;

export type StuckKind = (typeof stuckKinds)[number];

export interface StuckNodes {
  readonly kind: StuckKind;
  /** The release that they run, as they say it. */
  readonly version: string;
  /** The release that they do not get to: the barrier, the paused release, the offered one. */
  readonly behind?: string;
  readonly nodes: number;
  /** What the operator wrote about the barrier, the dead-end or the pause. */
  readonly reason?: string;
}

/** Nodes that ran a newer release of the fleet, and were last seen on an older one. */
export interface CameBack {
  /** The newer release. */
  readonly from: string;
  /** The older release, which they run now. */
  readonly to: string;
  readonly nodes: number;
}

/** A graph that nodes ask for and that does not exist. */
export interface MissingGraph {
  /** Without the query. It is text from outside. */
  readonly path: string;
  readonly nodes: number;
  readonly requests: number;
}

/** How many nodes ran a release, or a newer one, over time. */
export interface AdoptionCurves {
  /** UNIX seconds of the first point. */
  readonly start: number;
  /** Seconds between two points. */
  readonly step: number;
  /** For the newest releases of the fleet: version → nodes at each point. Numbers never fall. */
  readonly releases: Readonly<Record<string, readonly number[]>>;
}

/** Who runs what in one fleet, as access logs say. Numbers are nodes unless they say otherwise. */
export interface Adoption {
  readonly fleet: string;
  /** When it was counted, UNIX seconds. */
  readonly observedAt: number;
  /** The requests that count: from (included) to until (not included), UNIX seconds. */
  readonly window: { readonly from: number; readonly until: number };
  /** The newest request that was counted, UNIX seconds; absent if there was none. */
  readonly lastRequest?: number;
  /**
   * `exact`, or `sample`: there were too many nodes, so the numbers are those of a random share of the nodes,
   * multiplied.
   */
  readonly method: 'exact' | 'sample';
  /** With `sample`: the standard error of `nodes`, as a share of it. 0 if it is exact. */
  readonly standardError: number;
  /** Different nodes in the window. */
  readonly nodes: number;
  readonly requests: {
    /** Requests for graphs of this fleet; the same request in two logs counts once. */
    readonly counted: number;
    /** Of each node, on a day on which it was seen. Zincati asks about 288 times. 0 if there are no nodes. */
    readonly perNodeAndDay: number;
    /** Requests without a node_uuid: they belong to no node, so no other number contains them. */
    readonly withoutNode: number;
  };
  /** In the order of the release index, the oldest first; after them `other`, if nodes run something else. */
  readonly releases: readonly ReleaseAdoption[];
  readonly rings: readonly RingAdoption[];
  /** The oldest first. */
  readonly days: readonly DayAdoption[];
  readonly curves: AdoptionCurves;
  readonly stuck: readonly StuckNodes[];
  readonly cameBack: readonly CameBack[];
  readonly missing: readonly MissingGraph[];
}

/** In place of a version: images that the fleet's release index does not have. */
export const otherRelease = 'other';

/** The longest window, in days: what is recorded stays small. */
export const mostDays = 31;
/** How many of the newest releases have a curve. */
export const mostCurves = 8;
/** The most entries of each of `stuck`, `cameBack` and `missing`: those with the most nodes. */
export const mostEntries = 50;

const someNodes = z.int({ error: 'a number of nodes' }).nonnegative({ error: 'a number of nodes' });
const moment = z
  .int({ error: 'UNIX seconds, a whole number' })
  .nonnegative({ error: 'UNIX seconds, 0 or more' })
  .max(100_000_000_000, { error: 'UNIX seconds (not milliseconds)' });
const share = z
  .number({ error: 'a fraction from 0 to 1' })
  .min(0, { error: 'a fraction from 0 to 1' })
  .max(1, { error: 'a fraction from 0 to 1' });
const version = someText('a version, such as "44.20260707.3.1-3f9a1c02"');
const nodesByRelease = z.record(z.string(), someNodes, { error: 'an object {version: nodes}' });

const adoption = openObject('who runs what: {fleet, observedAt, window, nodes, releases, …}', {
  fleet: someText('the name of the fleet'),
  observedAt: moment,
  window: openObject('an object {from, until}', { from: moment, until: moment }),
  lastRequest: moment.optional(),
  method: z.enum(['exact', 'sample'], { error: 'exact or sample' }),
  standardError: share,
  nodes: someNodes,
  requests: openObject('an object {counted, perNodeAndDay, withoutNode}', {
    counted: someNodes,
    perNodeAndDay: z.number({ error: 'a number' }).nonnegative({ error: '0 or more' }),
    withoutNode: someNodes,
  }),
  releases: z.array(
    openObject('an object {version, nodes, lastSeen}', {
      version,
      nodes: someNodes,
      lastSeen: z.array(someNodes, { error: 'numbers of nodes, one for each day' }).max(mostDays, {
        error: `at most ${mostDays} days`,
      }),
    }),
    { error: 'the list of releases' },
  ),
  rings: z.array(
    openObject('an object {ring, wariness, nodes, releases, cameBack}', {
      ring: someText('the name of a ring'),
      wariness: z.tuple([share, share], { error: 'a pair of fractions' }).optional(),
      nodes: someNodes,
      releases: nodesByRelease,
      cameBack: someNodes,
    }),
    { error: 'the list of rings' },
  ),
  days: z
    .array(
      openObject('an object {day, nodes, releases}', {
        day: z.string({ error: 'a day, such as 2026-11-30' }).regex(/^\d{4}-\d{2}-\d{2}$/, {
          error: 'a day, such as 2026-11-30',
        }),
        nodes: someNodes,
        releases: nodesByRelease,
      }),
      { error: 'the list of days' },
    )
    // A window that begins in the middle of a day touches one day more.
    .max(mostDays + 1, { error: `at most ${mostDays + 1} days` }),
  curves: openObject('an object {start, step, releases}', {
    start: moment,
    step: z.int({ error: 'seconds' }).positive({ error: 'seconds, 1 or more' }),
    releases: z.record(z.string(), z.array(someNodes, { error: 'numbers of nodes' }), {
      error: 'an object {version: [nodes, …]}',
    }),
  }),
  stuck: z.array(
    openObject('an object {kind, version, behind, nodes, reason}', {
      kind: z.enum(stuckKinds, { error: `one of ${stuckKinds.join(', ')}` }),
      version,
      behind: version.optional(),
      nodes: someNodes,
      reason: z.string({ error: 'a text' }).optional(),
    }),
    { error: 'the list of nodes that do not move on' },
  ),
  cameBack: z.array(
    openObject('an object {from, to, nodes}', { from: version, to: version, nodes: someNodes }),
    { error: 'the list of nodes that came back' },
  ),
  missing: z.array(
    openObject('an object {path, nodes, requests}', {
      path: z.string({ error: 'a path' }),
      nodes: someNodes,
      requests: someNodes,
    }),
    { error: 'the list of graphs that do not exist' },
  ),
});

/** The schema, for callers that list every problem of a file. */
export const adoptionSchema: z.ZodType = adoption;

/**
 * Reads adoption.json; unknown fields survive.
 * @throws InputError with line, column and field
 */
export function parseAdoption(text: string, where: string): Adoption {
  return readDocument(adoption, text, { where }) as Adoption;
}

/** The text as it is on the state branch: indent of two spaces, with lists of numbers on one line. */
export function formatAdoption(observed: Adoption): string {
  const text = JSON.stringify(observed, null, 2);
  // No text has a line end in JSON, so this finds lists only.
  return `${text.replace(/\[\n[\s\d.,]*\]/g, (list) => list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'))}\n`;
}
