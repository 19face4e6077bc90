import type { Place } from './edges.ts';
import { createMoveCounts } from './move-counts.ts';
import type { MissingReason } from './result.ts';
import type { Scenario } from './scenario.ts';

/** Counts what the nodes do, in memory that does not grow with their moves. */
export class Tally {
  readonly #scenario: Scenario;
  readonly moves;
  /** Nodes for each place, at this point of the simulation. */
  readonly counts: number[];
  /** For each barrier, seconds until the last node passed it. */
  readonly lastPassed = new Map<number, number>();
  readonly missing = new Map<string, { reason: MissingReason; version: string; nodes: number }>();
  readonly #arrivals: Int32Array;
  arrived = 0;
  /** Seconds until the last move of any node. */
  lastMove = 0;
  /** Some node would have moved if the simulation had gone on. */
  stillWaiting = false;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    // One place more than the graph has: for nodes on releases without an image for this architecture.
    this.moves = createMoveCounts(scenario.places.length + 1);
    this.counts = scenario.atStart.map(([, count]) => count);
    this.#arrivals = new Int32Array(scenario.fleet.nodes);
  }

  /** @param seconds since the start */
  move(from: number, to: number, seconds: number): void {
    const { places, barriers } = this.#scenario;
    this.moves.move(from, to, seconds);
    this.counts[from] = (this.counts[from] as number) - 1;
    this.counts[to] = (this.counts[to] as number) + 1;
    for (const barrier of barriers) {
      const { age } = places[barrier] as Place;
      if ((places[from] as Place).age < age && (places[to] as Place).age >= age) {
        this.lastPassed.set(barrier, Math.max(this.lastPassed.get(barrier) ?? 0, seconds));
      }
    }
    this.lastMove = Math.max(this.lastMove, seconds);
  }

  /** A node reached the target, or a newer release, this many seconds after the start. */
  arrive(seconds: number): void {
    this.#arrivals[this.arrived] = seconds;
    this.arrived += 1;
  }

  /** A node never reaches the target: it stays on this version. */
  miss(reason: MissingReason, version: string): void {
    const key = `${reason} ${version}`;
    const known = this.missing.get(key);
    if (known === undefined) this.missing.set(key, { reason, version, nodes: 1 });
    else known.nodes += 1;
  }

  /** Seconds until each arrival, sorted. */
  arrivals(): Int32Array {
    return this.#arrivals.subarray(0, this.arrived).sort();
  }
}
