import { z } from 'zod';
import { openObject, readDocument, someText } from './document.ts';
import { type Rollout, rollout, type UpdateEntry, updateEntry } from './metadata.ts';

/** Who did something, why and when. */
export interface Statement {
  readonly reason: string;
  readonly by: string;
  /** UNIX seconds. */
  readonly at: number;
}

/** A rollout that was taken out of the update metadata for a while. */
export interface PausedRollout extends Statement {
  readonly version: string;
  /** What the update metadata said when the rollout stopped. */
  readonly entry: UpdateEntry;
  /** When the rollout stopped, UNIX seconds; `at` is when the pause was last written. */
  readonly since: number;
  /** The share of nodes (0 to 1) that the release had been offered to by then. */
  readonly progress: number;
  /** UNIX seconds at which it goes on automatically. */
  readonly until?: number;
  /** It is stopped because the fleet is held, and goes on when the hold ends. */
  readonly held?: boolean;
}

/** A ring that did well, or that a person let pass: the rings after it may open. `reason` is the evidence. */
export interface PassedRing extends Statement {
  readonly ring: string;
}

/**
 * A rollout that opens ring by ring. The update metadata offers the release to the rings that are open, and has no
 * duration: time alone opens nothing, wherever the files are served.
 */
export interface StagedRollout {
  readonly version: string;
  /** The rollout as it was asked for: no ring opens before this says so. It moves by the time that rings wait. */
  readonly rollout: Rollout;
  readonly passed: readonly PassedRing[];
  /** When the share in the update metadata changed last, UNIX seconds. */
  readonly at: number;
}

/** Nothing is promoted into the fleet. */
export interface Hold extends Statement {
  /** UNIX seconds at which the hold ends automatically. */
  readonly until?: number;
}

/** A hold that somebody set elsewhere. It lasts until it is removed there. */
export interface ExternalHold extends Hold {
  /** `label on pull request #7`, `.coxswain/hold/stable.yaml on branch stable` */
  readonly source: string;
}

/** A release of the source fleet that need not soak: it fixes something urgent. */
export interface UrgentRelease extends Statement {
  readonly version: string;
  /** Source commit of that release. */
  readonly commit: string;
}

/** A release that is no longer offered to any node. */
export interface WithdrawnRelease extends Statement {
  readonly version: string;
  /** What the update metadata said about it. */
  readonly entry?: UpdateEntry;
}

/** A condition of halt-when was trouble while a release rolled out. It halts that rollout once, until it was clear. */
export interface Halt {
  /** Name of the condition in coxswain.yaml. */
  readonly condition: string;
  readonly version: string;
  /** Which trouble, if a condition knows several: the group of an alert. */
  readonly key?: string;
  /** The evidence. */
  readonly reason: string;
  /** UNIX seconds. */
  readonly at: number;
  /** Since when the condition has been clear, UNIX seconds; absent: it is the same old trouble. */
  readonly clear?: number;
}

/** What the user's command was last told about an incident. */
export interface Told {
  /** What it is about: `release/stable`. */
  readonly key: string;
  readonly title: string;
  /** Hash of title and text. */
  readonly text: string;
  /** UNIX seconds. */
  readonly at: number;
}

/** Published guidance was replaced by less, on purpose. Older guidance elsewhere is ignored. */
export type Replacement = Statement;

/** operations.json: what operators did to a fleet and update metadata has no field for. */
export interface Operations {
  readonly paused?: readonly PausedRollout[];
  readonly staged?: readonly StagedRollout[];
  readonly hold?: Hold;
  readonly stops?: readonly ExternalHold[];
  readonly urgent?: readonly UrgentRelease[];
  readonly withdrawn?: readonly WithdrawnRelease[];
  readonly halts?: readonly Halt[];
  readonly told?: readonly Told[];
  /** Oldest first. */
  readonly replaced?: readonly Replacement[];
}

const moment = z
  .int({ error: 'UNIX seconds, a whole number' })
  .nonnegative({ error: 'UNIX seconds, 0 or more' })
  .max(100_000_000_000, { error: 'UNIX seconds (not milliseconds)' });

const statement = {
  reason: someText('a text that says why'),
  by: someText('who did it'),
  at: moment,
};

const version = someText('a version, such as "44.20260707.3.1-3f9a1c02"');

const operations = openObject(
  'an object {paused, staged, hold, stops, urgent, withdrawn, halts, told, replaced}',
  {
    paused: z
      .array(
        openObject('a paused rollout', {
          version,
          entry: updateEntry,
          since: moment,
          progress: z
            .number({ error: 'a fraction from 0 to 1' })
            .min(0, { error: 'a fraction from 0 to 1' })
            .max(1, { error: 'a fraction from 0 to 1' }),
          ...statement,
          until: moment.optional(),
          held: z.boolean({ error: 'true or false' }).optional(),
        }),
        { error: 'the list of paused rollouts' },
      )
      .optional(),
    staged: z
      .array(
        openObject('a rollout that opens ring by ring: {version, rollout, passed, at}', {
          version,
          rollout,
          passed: z.array(
            openObject('a ring that did well: {ring, reason, by, at}', {
              ring: someText('the name of a ring'),
              ...statement,
            }),
            { error: 'the list of rings that did well' },
          ),
          at: moment,
        }),
        { error: 'the list of rollouts that open ring by ring' },
      )
      .optional(),
    hold: openObject('an object {reason, by, at, until}', {
      ...statement,
      until: moment.optional(),
    }).optional(),
    stops: z
      .array(
        openObject('a hold set elsewhere', {
          ...statement,
          until: moment.optional(),
          source: someText('the label or file that holds the fleet'),
        }),
        { error: 'the list of holds set elsewhere' },
      )
      .optional(),
    urgent: z
      .array(
        openObject('an urgent release', { version, commit: someText('a full commit name'), ...statement }),
        { error: 'the list of urgent releases' },
      )
      .optional(),
    withdrawn: z
      .array(openObject('a withdrawn release', { version, entry: updateEntry.optional(), ...statement }), {
        error: 'the list of withdrawn releases',
      })
      .optional(),
    halts: z
      .array(
        openObject('a halt', {
          condition: someText('the name of a condition'),
          version,
          key: someText('a text').optional(),
          reason: statement.reason,
          at: moment,
          clear: moment.optional(),
        }),
        { error: 'the list of halts' },
      )
      .optional(),
    told: z
      .array(
        openObject('an object {key, title, text, at}', {
          key: someText('a text'),
          title: someText('a text'),
          text: someText('a hash'),
          at: moment,
        }),
        { error: 'the list of incidents that were reported' },
      )
      .optional(),
    replaced: z
      .array(openObject('an object {reason, by, at}', statement), {
        error: 'the list of deliberate replacements',
      })
      .optional(),
  },
);

/** Nothing is paused, held or withdrawn. */
export const noOperations: Operations = {};

/**
 * Reads operations.json; unknown fields survive.
 * @throws InputError with line, column and field
 */
export function parseOperations(text: string, where: string): Operations {
  return readDocument(operations, text, { where }) as Operations;
}

/** undefined if there is nothing to record: then there is no file. */
export function formatOperations(said: Operations): string | undefined {
  const worth = Object.entries(said).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return worth.length === 0 ? undefined : `${JSON.stringify(Object.fromEntries(worth), null, 2)}\n`;
}

/** The hold that is in force, if any. @param now UNIX seconds */
export function holdAt(said: Operations, now: number): Hold | undefined {
  const all: readonly Hold[] = [...(said.hold === undefined ? [] : [said.hold]), ...(said.stops ?? [])];
  return all.find((hold) => (hold.until ?? Number.POSITIVE_INFINITY) > now);
}

/** UNIX seconds at which the next hold ends automatically; undefined if none will. */
export function nextHoldEnd(said: Operations, now: number): number | undefined {
  const ends = [said.hold?.until, ...(said.stops ?? []).map(({ until }) => until)]
    .filter((until) => until !== undefined)
    .filter((until) => until > now);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** The schema, for callers that list every problem of a file. */
export const operationsSchema: z.ZodType = operations;
