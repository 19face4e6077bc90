import { InputError } from '../../host/errors.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { Heard, LastPublished } from '../../release/published/last-published.ts';
import { lintState, type StateFiles } from '../../release/state/lint-state.ts';

/** A fleet about to be published, and what was published for it last. */
export interface FleetToCompare {
  readonly fleet: string;
  /** Its files on the state branch: path → text. */
  readonly texts: StateFiles;
  /** How many releases it has. */
  readonly releases: number;
  /** When an operator last replaced what was published, UNIX seconds. Older guidance is not compared with. */
  readonly replacedAt: number | undefined;
  /** What the folder, the artifact and the site say. */
  readonly heard: readonly Heard[];
}

/** Two clocks may differ by this many seconds. */
const clockTolerance = 600;

/**
 * Refuses to publish less than was published last, and everything that lint-updates calls an error.
 * @param options.now UNIX seconds
 * @param options.firstRelease a place that gives no answer does not matter
 * @throws InputError that names every problem
 */
export function refuseLess(
  fleetToCompare: FleetToCompare,
  options: { readonly config: Config; readonly now: number; readonly firstRelease: boolean },
): void {
  const { fleet, texts } = fleetToCompare;
  for (const last of publishedTo(fleetToCompare)) {
    const lost = errorsOf(texts, last.texts, { ...options, fleet });
    if (lost.length > 0) {
      throw refusal(fleet, `this publishes less than ${last.where} has`, lost, lessRemedy);
    }
  }
  const own = errorsOf(texts, new Map(), { ...options, fleet });
  if (own.length > 0) {
    throw refusal(fleet, `branch ${options.config.stateBranch} has errors`, own, fixRemedy);
  }
  requireAnswer(fleetToCompare, options.firstRelease);
}

const fixRemedy = 'Correct the files by a commit on the state branch; coxswain lint-updates judges it.';
const lessRemedy =
  'If the state branch lost something, restore it: git reflog, or coxswain restore-state. If this is what you want, publish with --replace-published REASON.';

/**
 * The time to publish at. A clock that is a little slow continues from the time of the last publication.
 * @throws InputError if this clock is much earlier: offers would be withdrawn
 */
export function publicationTime(fleets: readonly FleetToCompare[], now: number): number {
  let time = now;
  for (const fleet of fleets) {
    for (const { where, stamp } of publishedTo(fleet)) {
      if (stamp === undefined || stamp.published <= time) continue;
      if (stamp.published - now > clockTolerance) {
        throw new InputError({
          where: `fleet ${fleet.fleet}`,
          problem: `the clock of this machine (${formatTime(now)}) is ${formatDuration(stamp.published - now)} behind the last publication (${formatTime(stamp.published)} at ${where}), so that offers would be withdrawn`,
          remedy:
            'Set the clock. If the last publication had the wrong time, publish with --replace-published REASON.',
        });
      }
      time = stamp.published;
    }
  }
  return time;
}

/** What was published, without guidance that an operator has replaced since. */
export function publishedTo({ heard, replacedAt }: FleetToCompare): LastPublished[] {
  return heard
    .flatMap((each) => (each.answer === 'published' ? [each.last] : []))
    .filter(
      ({ stamp }) => replacedAt === undefined || (stamp !== undefined && stamp.published >= replacedAt),
    );
}

/** If no place knows the releases, all must have answered: one that gives no answer may know more. */
function requireAnswer({ fleet, heard, releases }: FleetToCompare, firstRelease: boolean): void {
  if (firstRelease || releases === 0) return;
  if (heard.some((each) => each.answer === 'published' && each.last.versions.length > 0)) return;
  const silent = heard.find((each) => each.answer === 'none');
  if (silent === undefined) return;
  throw new InputError({
    where: `fleet ${fleet}`,
    problem: `no place that could be read has releases of this fleet, and ${silent.where} gives no answer, but may have some (${silent.why.replace(/\.$/, '')})`,
    remedy:
      'Run the same command again when it answers. If nothing is published there, or it cannot be read from here, add --first-release.',
  });
}

function errorsOf(
  texts: StateFiles,
  before: StateFiles,
  options: { readonly config: Config; readonly fleet: string; readonly now: number },
): string[] {
  const { config, fleet, now } = options;
  return lintState(texts, before, { config, fleets: [fleet], now, timeZone: 'UTC' })
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === 'error')
    .map(({ where, message, rule }) => `${where}: ${message} [${rule}]`);
}

function refusal(fleet: string, problem: string, list: readonly string[], remedy: string): InputError {
  const shown = list.slice(0, 10);
  const more = list.length > shown.length ? [`and ${list.length - shown.length} more`] : [];
  return new InputError({
    where: `fleet ${fleet}`,
    problem: `${problem}, so nothing was published:${[...shown, ...more].map((line) => `\n  ${line}`).join('')}`,
    remedy,
  });
}
