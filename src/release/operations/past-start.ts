import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatDuration, formatTime } from '../../host/time.ts';

/** A rollout that began in the past would be part of the way at once. UNIX seconds. @throws InputError */
export function refusePastStart(start: number, now: number, remedy?: string): void {
  if (start >= now) return;
  throw new InputError({
    field: '--start',
    problem: `this start is ${formatDuration(now - start)} ago: part of the nodes would be offered it at once`,
    found: formatTime(start),
    expected: 'now, or a later time',
    ...defined({ remedy }),
  });
}
