import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../../host/errors.ts';
import { StaleBranchError } from './forge.ts';

const attempts = 40;

/**
 * Runs a read-apply-write step until its compare-and-swap succeeds. One writer wins each round, so there need be only
 * as many rounds as writers. The pauses are random, and grow with the time that a step takes, so losers do not slow
 * the others down.
 * @param step reads again each time
 * @param moves the branch that may move. Default: any
 * @throws StaleBranchError if another branch moved
 * @throws OutsideError when it failed 40 times
 */
export async function untilNotStale<T>(step: () => Promise<T>, moves?: string): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const started = performance.now();
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof StaleBranchError) || (moves !== undefined && error.branch !== moves))
        throw error;
      if (attempt === attempts) {
        throw new OutsideError(
          `changing ${error.branch}`,
          `somebody else changed it first, ${attempts} times in a row`,
          undefined,
          { cause: error },
        );
      }
      const took = performance.now() - started;
      await sleep(Math.random() * took * Math.min(8, 2 ** attempt));
    }
  }
}
