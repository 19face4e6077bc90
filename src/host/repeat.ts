import { untilSignal } from './cleanup.ts';

/**
 * Does something again and again until a signal asks to stop. What is being done then is finished first; a second
 * signal ends the process at once.
 * @param seconds between the end of one time and the start of the next
 * @returns the signal
 */
export async function repeat(seconds: number, work: () => Promise<void>): Promise<NodeJS.Signals> {
  let stoppedBy: NodeJS.Signals | undefined;
  const signalled = untilSignal().then((signal) => {
    stoppedBy = signal;
  });
  for (;;) {
    await work();
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, seconds * 1000);
    });
    await Promise.race([signalled, passed]);
    clearTimeout(timer);
    if (stoppedBy !== undefined) return stoppedBy;
  }
}
