/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** Runs `work` again and again for about this time, after a warm-up. @returns runs a second */
export function rate(seconds: number, work: () => unknown): number {
  const warm = performance.now() + 200;
  while (performance.now() < warm) work();
  const started = performance.now();
  let runs = 0;
  do {
    work();
    runs += 1;
  } while (performance.now() - started < seconds * 1000);
  return (runs * 1000) / (performance.now() - started);
}

/** The best of some runs, in seconds: other programs only ever make it longer. */
export async function best(runs: number, work: () => unknown): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await work();
    shortest = Math.min(shortest, (performance.now() - started) / 1000);
  }
  return shortest;
}
