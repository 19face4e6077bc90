import { mostDays } from '../../guidance/adoption.ts';
import { InputError } from '../../host/errors.ts';
import type { Place } from './read-fields.ts';

/** How many nodes of the source fleet have to run a release before it is promoted. */
export interface RequiredAdoption {
  /** 0 to 1. */
  readonly share: number;
  /** Of the nodes that were seen in these last days. */
  readonly days: number;
}

const defaultAdoptionDays = 7;

/** `90 %`, `90 % in 14d` */
export function readAdoption(text: string, place: Place): RequiredAdoption {
  const [, percent = '', days = String(defaultAdoptionDays)] =
    /^([\d.]+) ?%(?: in (\d+)d)?$/.exec(text) ?? [];
  const required = { share: Number(percent) / 100, days: Number(days) };
  const isPossible = required.share > 0 && required.share <= 1;
  if (isPossible && required.days >= 1 && required.days <= mostDays) return required;
  throw new InputError({
    ...place,
    problem: isPossible ? 'adoption is not counted over so many days' : 'not a share of the nodes',
    found: text,
    expected: `more than 0 % and at most 100 %, in 1d to ${mostDays}d`,
  });
}
