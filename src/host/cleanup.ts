/**
 * Steps that undo things when this process ends early (Ctrl-C, SIGTERM), newest first. Code that ends normally cleans
 * up after itself and calls the returned function.
 */
const pending: Array<() => Promise<void> | void> = [];
let installed = false;
let taken = false;

/** Registers an undo step; returns the function that takes it off the list again. */
export function onInterrupt(undo: () => Promise<void> | void): () => void {
  install();
  pending.push(undo);
  return () => {
    const index = pending.indexOf(undo);
    if (index >= 0) pending.splice(index, 1);
  };
}

/** From now on a signal undoes nothing and ends nothing here: the caller handles signals, and ends this process. */
export function takeSignals(): void {
  taken = true;
}

/**
 * The first signal that asks a server to stop. It then ends in order, and its own code cleans up; a second signal ends the
 * process at once.
 */
export function untilSignal(): Promise<NodeJS.Signals> {
  takeSignals();
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

function install(): void {
  if (installed) return;
  installed = true;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      if (taken) return;
      void undoAll().finally(() => process.exit(code));
    });
  }
}

async function undoAll(): Promise<void> {
  for (const undo of pending.splice(0).reverse()) {
    try {
      await undo();
    } catch {
      // the next step must still run, and nobody would read the error
    }
  }
}
