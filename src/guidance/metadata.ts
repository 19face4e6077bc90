import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { InputError } from '../host/errors.ts';
import { formatTime } from '../host/time.ts';
import { checkValue, documentHead, openObject, readDocument, someText } from './document.ts';

/** How a release reaches nodes over time. */
export interface Rollout {
  /** UNIX seconds; upstream's default is 0, which is long ago. */
  readonly start_epoch?: number;
  /** A fraction from 0 to 1, despite its name; default 0. */
  readonly start_percentage?: number;
  /** Without it a rollout stays at its start_percentage for ever. */
  readonly duration_minutes?: number;
}

/** The guidance for one release; at least one of the three. */
export interface UpdateEntry {
  readonly version: string;
  readonly metadata: {
    readonly rollout?: Rollout;
    /** Nodes on older releases must pass through this one. */
    readonly barrier?: { readonly reason: string };
    /** Nodes on this release get no more updates. */
    readonly deadend?: { readonly reason: string };
  };
}

/** updates.json. Fields that are not named here survive reading and writing. */
export interface UpdateMetadata {
  readonly stream: string;
  readonly metadata: { readonly 'last-modified': string };
  readonly releases: readonly UpdateEntry[];
}

// The year 5138 in seconds, 1973 in milliseconds.
const largestEpoch = 100_000_000_000;

const startEpoch = z.int({ error: 'UNIX seconds, a whole number' }).superRefine((value, context) => {
  if (Math.abs(value) <= largestEpoch) return;
  context.addIssue({
    code: 'custom',
    message: 'UNIX seconds',
    params: {
      problem: 'this looks like milliseconds',
      remedy: `Divide by 1000: ${Math.floor(value / 1000)}`,
    },
  });
});

const startPercentage = z.number({ error: 'a fraction from 0 to 1' }).superRefine((value, context) => {
  if (value >= 0 && value <= 1) return;
  context.addIssue({
    code: 'custom',
    message: 'a fraction from 0 to 1',
    params: {
      problem: 'out of range',
      remedy: 'Despite its name it is a fraction: 0.05 means 5 %.',
    },
  });
});

const durationMinutes = z
  .int({ error: 'minutes, a whole number' })
  .nonnegative({ error: 'minutes, 0 or more' });

const reason = openObject('an object {"reason": "…"}', {
  reason: z.string({ error: 'a text, preferably the URL of an explanation' }),
});

/** A rollout in updates.json; unknown fields pass. */
export const rollout = openObject('an object {start_epoch, start_percentage, duration_minutes}', {
  start_epoch: startEpoch.optional(),
  start_percentage: startPercentage.optional(),
  duration_minutes: durationMinutes.optional(),
});

/** One entry of updates.json; unknown fields pass. */
export const updateEntry = openObject('an entry: {version, metadata}', {
  version: someText('a version, such as "44.20260707.3.1"'),
  metadata: openObject('an object with rollout, barrier or deadend', {
    rollout: rollout.optional(),
    barrier: reason.optional(),
    deadend: reason.optional(),
  }),
});

// Upstream allows several entries for one version: the graph builder applies all of them in order.
const entries = z.array(updateEntry, { error: 'the list of entries' });

/** updates.json; unknown fields pass. */
export const updateMetadata = openObject('update metadata: {stream, metadata, releases}', {
  ...documentHead,
  releases: entries,
});

const graphUpdates = openObject('update metadata: {stream, metadata, releases}', {
  stream: documentHead.stream.optional(),
  releases: entries,
});

/** Fields of an entry in which upstream's serde reads null as "absent". */
export const nullableEntryFields: ReadonlySet<string> = new Set([
  'rollout',
  'barrier',
  'deadend',
  'start_epoch',
  'start_percentage',
  'duration_minutes',
]);

/**
 * Reads update metadata (upstream's updates.json); fields that are not known survive.
 * @param where the file's name, for messages
 * @throws InputError with line, column and field: broken JSON, a wrong type, a percentage outside 0 to 1,
 *   an epoch in milliseconds
 */
export function parseUpdateMetadata(text: string, where: string): UpdateMetadata {
  return readDocument(updateMetadata, text, { where, nullable: nullableEntryFields }) as UpdateMetadata;
}

/** Reads only what the graph depends on: `releases`; as strict as parseUpdateMetadata about that part. */
export function parseGraphUpdates(
  text: string,
  where: string,
): { readonly stream?: string; readonly releases: readonly UpdateEntry[] } {
  return readDocument(graphUpdates, text, { where, nullable: nullableEntryFields }) as ReturnType<
    typeof parseGraphUpdates
  >;
}

/**
 * The text as upstream's rollout.py writes it: indent of two spaces, final newline, and `1.0` where JSON.stringify says
 * `1`, so that a file of Fedora's comes back byte for byte.
 */
export function formatUpdateMetadata(metadata: UpdateMetadata): string {
  const text = JSON.stringify(metadata, null, 2);
  // Only a key can be first in a line and be followed by a colon: line breaks inside strings are escaped.
  return `${text.replace(/^( *"start_percentage": -?\d+)(,?)$/gm, '$1.0$2')}\n`;
}

/** Metadata without entries. @param now UNIX seconds */
export function emptyUpdateMetadata(stream: string, now: number): UpdateMetadata {
  return { stream, metadata: { 'last-modified': formatTime(now) }, releases: [] };
}

/**
 * Cleans up, then appends an entry, as `rollout.py add` does. For an entry that exists already, returns the same
 * object.
 * @param now UNIX seconds
 * @throws InputError when the entry is wrong, or the version has an entry already (upstream refuses that, too)
 */
export function addUpdate(metadata: UpdateMetadata, entry: UpdateEntry, now: number): UpdateMetadata {
  checkValue(updateEntry, entry);
  const known = metadata.releases.find(({ version }) => version === entry.version);
  if (known !== undefined) {
    if (isDeepStrictEqual(known, entry)) return metadata;
    throw new InputError({
      field: `updates for ${entry.version}`,
      problem: 'this version has an entry in the update metadata already',
      found: known,
      remedy: 'Change that entry instead of adding a second one.',
    });
  }
  return {
    ...metadata,
    metadata: { ...metadata.metadata, 'last-modified': formatTime(now) },
    releases: [...tidyEntries(metadata.releases, now), entry],
  };
}

/**
 * Removes what no longer matters, exactly as clean() in upstream's rollout.py: a rollout that has run out becomes
 * `{"start_percentage": 1}`; of the completed ones only the last in the list keeps its rollout; entries that say
 * nothing are removed. Returns the same object if there was nothing to do.
 *
 * This changes no node's offer, with two exceptions that upstream has too: an architecture that the last completed
 * release has no image for loses its target, and nodes before a barrier that is itself still rolling out lose a
 * completed release before that barrier.
 * @param now UNIX seconds
 */
export function tidy(metadata: UpdateMetadata, now: number): UpdateMetadata {
  const releases = tidyEntries(metadata.releases, now);
  if (isDeepStrictEqual(releases, metadata.releases)) return metadata;
  return { ...metadata, metadata: { ...metadata.metadata, 'last-modified': formatTime(now) }, releases };
}

function tidyEntries(before: readonly UpdateEntry[], now: number): readonly UpdateEntry[] {
  const finished = before.map((entry) =>
    hasRunOut(entry.metadata.rollout, now)
      ? { ...entry, metadata: { ...entry.metadata, rollout: { start_percentage: 1 } } }
      : entry,
  );
  const lastCompleted = finished.findLastIndex(isCompleted);
  return finished
    .map((entry, index) => (index < lastCompleted && isCompleted(entry) ? withoutRollout(entry) : entry))
    .filter(({ metadata: { rollout, barrier, deadend } }) => [rollout, barrier, deadend].some(isThere));
}

function hasRunOut(rollout: Rollout | undefined, now: number): boolean {
  // Upstream's truth test: an explicit duration of 0 never runs out here, although the graph treats it as a minute.
  if (!rollout?.duration_minutes) return false;
  return (rollout.start_epoch ?? 0) + 60 * rollout.duration_minutes < now;
}

/** Upstream compares whole objects: `{"start_epoch": …, "start_percentage": 1.0}` does not count as completed. */
function isCompleted(entry: UpdateEntry): boolean {
  return isDeepStrictEqual(entry.metadata.rollout, { start_percentage: 1 });
}

function withoutRollout(entry: UpdateEntry): UpdateEntry {
  const { rollout: _, ...rest } = entry.metadata;
  return { ...entry, metadata: rest };
}

function isThere(value: unknown): boolean {
  return value !== undefined;
}
