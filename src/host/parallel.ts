/**
 * Calls a function for many items, with a limit on how many calls run at the same time. After the first failure no more
 * are started; the failure is thrown when the running calls have ended.
 */
export async function inParallel<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failures.length === 0; next = waiting.shift()) {
      try {
        await work(next);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}

/**
 * Waits for all that was started together. If several fail, the first in the list is thrown, and not the fastest: so the
 * same mistake gets the same error.
 */
export async function allInOrder<T extends readonly unknown[]>(
  started: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(started);
  const results: unknown[] = [];
  for (const each of started) results.push(await each);
  return results as unknown as T;
}
