/**
 * Does something again and again until a signal asks to stop. What is being done then is finished first.
 * @param seconds between the end of one time and the start of the next
 * @returns the signal
 */
export async function repeat(seconds: number, work: () => Promise<void>): Promise<NodeJS.Signals> {
  let stoppedBy: NodeJS.Signals | undefined;
  let wake = () => {};
  const stop = (signal: NodeJS.Signals) => {
    stoppedBy ??= signal;
    wake();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  // A second signal ends the process at once.
  for (const signal of signals) process.once(signal, stop);
  try {
    for (;;) {
      await work();
      if (stoppedBy !== undefined) return stoppedBy;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, seconds * 1000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (stoppedBy !== undefined) return stoppedBy;
    }
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
