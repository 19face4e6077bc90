import { parseWhen } from '../../guidance/template/template-times.ts';
import { defined } from '../../host/defined.ts';
import { InputError, UsageError } from '../../host/errors.ts';
import type { Action } from './edit-fleet.ts';
import { readStatement } from './operator.ts';

/** What a person gives for an action: flags of edit-updates, or fields of a form. Durations in seconds. */
export interface GivenAction {
  readonly version: string | undefined;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly duration: number | undefined;
  readonly reason: string | undefined;
  readonly for: number | undefined;
  readonly force: boolean;
  readonly 'keep-rollouts': boolean;
}

export type GivenName = keyof GivenAction;

/** What each action needs, and what it takes besides: one list, also for help, completion and forms. */
export const actionInputs: Readonly<
  Record<Action['kind'], { readonly needs: readonly GivenName[]; readonly may: readonly GivenName[] }>
> = {
  rollout: { needs: ['duration'], may: ['version', 'start', 'reason', 'force'] },
  reschedule: { needs: ['end'], may: ['version', 'start', 'reason'] },
  pause: { needs: ['reason'], may: ['version', 'for'] },
  resume: { needs: [], may: ['version', 'reason'] },
  barrier: { needs: ['version', 'reason'], may: [] },
  deadend: { needs: ['version', 'reason'], may: [] },
  withdraw: { needs: ['version', 'reason'], may: ['force'] },
  hold: { needs: ['reason'], may: ['for', 'keep-rollouts'] },
  'release-hold': { needs: [], may: ['reason'] },
};

/** Every action. */
export const kinds = Object.keys(actionInputs) as readonly Action['kind'][];

/** After these actions a new node may get another release, so the floating tags have to follow. */
export const changesOffer: readonly Action['kind'][] = ['rollout', 'deadend', 'withdraw', 'release-hold'];

const names: readonly GivenName[] = [
  'version',
  'start',
  'end',
  'duration',
  'reason',
  'for',
  'force',
  'keep-rollouts',
];

/**
 * Reads an action from what a person gave.
 * @param now UNIX seconds; times such as `+2h` count from it
 * @throws UsageError for something that the action needs and does not get, or gets and does not take
 * @throws InputError for a value that cannot be read
 */
export function readAction(kind: Action['kind'], given: GivenAction, now: number): Action {
  const { needs, may } = actionInputs[kind];
  for (const name of names) {
    const isGiven = given[name] !== undefined && given[name] !== false;
    if (!isGiven && needs.includes(name)) throw new UsageError(`--action ${kind} needs --${name}`);
    if (isGiven && !needs.includes(name) && !may.includes(name)) {
      throw new UsageError(`--action ${kind} takes no --${name}`);
    }
  }
  const reason = readStatement(given.reason ?? '', '--reason');
  if (needs.includes('reason') && reason === '') throw new UsageError(`--action ${kind} needs a --reason`);
  const version = defined({ version: given.version });
  const why = defined({ reason: given.reason === undefined ? undefined : reason });
  const lasting = defined({ duration: given.for === undefined ? undefined : positive(given.for, 'for') });
  const required = given.version ?? '';
  switch (kind) {
    case 'rollout':
      return {
        kind,
        ...version,
        ...why,
        start: parseWhen(given.start ?? 'now', now, { field: '--start' }),
        duration: wholeMinutes(given.duration ?? 0),
        force: given.force,
      };
    case 'reschedule':
      return {
        kind,
        ...version,
        ...why,
        ...defined({
          start: given.start === undefined ? undefined : parseWhen(given.start, now, { field: '--start' }),
        }),
        end: parseWhen(given.end ?? '', now, { field: '--end' }),
      };
    case 'pause':
      return { kind, ...version, reason, ...lasting };
    case 'resume':
      return { kind, ...version, ...why };
    case 'barrier':
    case 'deadend':
      return { kind, version: required, reason };
    case 'withdraw':
      return { kind, version: required, reason, force: given.force };
    case 'hold':
      return { kind, reason, ...lasting, keepRollouts: given['keep-rollouts'] };
    case 'release-hold':
      return { kind, ...why };
  }
}

function positive(seconds: number, name: string): number {
  if (seconds > 0) return seconds;
  throw new InputError({
    field: `--${name}`,
    problem: 'the time must be longer than 0',
    expected: 'such as 6h',
  });
}

function wholeMinutes(seconds: number): number {
  if (seconds > 0 && seconds % 60 === 0) return seconds;
  throw new InputError({
    field: '--duration',
    problem: 'update metadata counts whole minutes, at least one',
    found: `${seconds} s`,
    expected: 'such as 48h',
  });
}
