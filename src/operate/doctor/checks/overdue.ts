import { formatDuration, formatTime } from '../../../host/time.ts';
import { stampPath } from '../../../release/published/stamp.ts';
import type { CheckOf } from '../site-check.ts';

/**
 * A site says when its next change is due. An old site has no contradictions, so only the clock shows that it is old.
 */
export const overdueCheck: CheckOf<'fleet'> = {
  name: 'overdue',
  of: 'fleet',
  run: ({ fleet, stamp }, { now, grace }) => {
    if (stamp?.nextChange === undefined || now <= stamp.nextChange + grace) return [];
    return [
      {
        where: stampPath(fleet),
        message: `published at ${formatTime(stamp.published)}; the next change was due at ${formatTime(stamp.nextChange)}, ${formatDuration(now - stamp.nextChange)} ago`,
        remedy: 'Run coxswain publish-updates on a schedule, and check that its files are deployed.',
      },
    ];
  },
};
