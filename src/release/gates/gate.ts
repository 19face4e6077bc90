/** What one gate says about a promotion. */
export interface GateVerdict {
  /** `waiting` opens with time; `red` needs a person; `unknown` does not hold the promotion back. */
  readonly state: 'green' | 'waiting' | 'red' | 'unknown';
  /** UNIX seconds at which a waiting gate opens, if that is known. */
  readonly until?: number;
  /** Part of a pull request's body, so it must not change unless something happens. */
  readonly note: string;
}

/** A gate's verdict, with the gate's name. */
export interface GateResult extends GateVerdict {
  readonly name: string;
}

/** Why something is promoted although a gate would hold it. */
export interface Exception {
  readonly reason: string;
  readonly by: string;
}

/** True if no gate holds the promotion back. */
export function isReady(gates: readonly GateVerdict[]): boolean {
  return gates.every((gate) => gate.state === 'green' || gate.state === 'unknown');
}

/**
 * The gate that a promotion waits for: first one that needs a person, then the one that opens last.
 * @returns undefined if the promotion is ready
 */
export function nextGate(gates: readonly GateResult[]): GateResult | undefined {
  const red = gates.find((gate) => gate.state === 'red');
  if (red !== undefined) return red;
  const opens = (gate: GateVerdict) => gate.until ?? Number.POSITIVE_INFINITY;
  return gates.filter((gate) => gate.state === 'waiting').sort((one, other) => opens(other) - opens(one))[0];
}
