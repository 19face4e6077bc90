import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../host/log.ts';
import { NoAnswerError, TransientError } from './registry-failures.ts';

/** Milliseconds before each further attempt. */
export const defaultRetryDelays: readonly number[] = [500, 1_500, 4_500];

const longestRetryAfterSeconds = 60;

/** Runs an operation again while it fails with a TransientError and attempts are left. */
export type Retry = <T>(operation: () => Promise<T>) => Promise<T>;

/**
 * A server's Retry-After replaces our own delay, up to a minute; we do not wait longer.
 * @param delays milliseconds before each further attempt; also how many there are
 */
export function createRetry(delays: readonly number[], log: Log): Retry {
  return async (operation) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await operation();
      } catch (error) {
        const delay = delays[attempt];
        if (!(error instanceof TransientError) || delay === undefined) throw error;
        if (error instanceof NoAnswerError && attempt > 0) throw error;
        const asked = error.retryAfterSeconds;
        if (asked !== undefined && asked > longestRetryAfterSeconds) throw error;
        // Jitter, so that several jobs that failed together do not come back together.
        const wait = asked === undefined ? delay * (0.75 + Math.random() / 2) : asked * 1000;
        log.info(
          `${error.message.replace(/ Running the same.*$/, '')} Trying again in ${(wait / 1000).toFixed(1)} s.`,
        );
        await sleep(wait);
      }
    }
  };
}
