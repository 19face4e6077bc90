/** One condition of a promotion. */
export interface Gate {
  readonly name: string;
  /** `waiting` opens by itself with time; `red` needs somebody; `unknown` does not hold anything up. */
  readonly state: 'green' | 'waiting' | 'red' | 'unknown';
  /** UNIX seconds at which a waiting gate opens, where that is known. */
  readonly until?: number;
  /** Says the same at any time, as long as nothing happens: it is part of a pull request's body. */
  readonly note: string;
}

/** Why something is promoted although a gate would wait. */
export interface Exception {
  readonly reason: string;
  readonly by: string;
}

/** True when nothing holds a promotion up. */
export function isReady(gates: readonly Gate[]): boolean {
  return gates.every((gate) => gate.state === 'green' || gate.state === 'unknown');
}

/** The gate that a promotion waits for: one that needs somebody first, then the last to open; undefined when ready. */
export function nextGate(gates: readonly Gate[]): Gate | undefined {
  const red = gates.find((gate) => gate.state === 'red');
  if (red !== undefined) return red;
  const open = (gate: Gate) => gate.until ?? Number.POSITIVE_INFINITY;
  return gates.filter((gate) => gate.state === 'waiting').sort((one, other) => open(other) - open(one))[0];
}
