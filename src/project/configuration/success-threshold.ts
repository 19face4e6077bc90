import type { SuccessThreshold } from '../../guidance/ring-success.ts';
import { parseDuration } from '../../host/time.ts';
import type { Place } from './read-fields.ts';
import { readAdoption } from './required-adoption.ts';
import type { WrittenConfig } from './schema.ts';

/** `success-threshold` of a fleet. */
export interface RingSuccess extends SuccessThreshold {
  /** Names of rings; absent: every ring that coxswain.yaml names, except those of wariness 1. */
  readonly rings?: readonly string[];
}

/** Reads `success-threshold`. @throws InputError that names the field */
export function readRingSuccess(
  written: NonNullable<NonNullable<WrittenConfig['fleets'][string]>['success-threshold']>,
  place: Place,
): RingSuccess {
  const { share } = readAdoption(written.adoption, { ...place, field: `${place.field}.adoption` });
  const after = parseDuration(written.after, { ...place, field: `${place.field}.after` });
  const { nodes, rings } = written;
  return { share, nodes, after, ...(rings === undefined ? {} : { rings }) };
}
