import type { RingGate } from '../../guidance/planned-steps.ts';
import type { SuccessThreshold } from '../../guidance/ring-success.ts';
import type { Config } from './config-types.ts';
import { isNamed } from './rings.ts';

/** The rings of a fleet that have to do well before the next ones open. */
export interface RingGates {
  readonly threshold: SuccessThreshold;
  /** The earliest first. */
  readonly gates: readonly RingGate[];
  /** The wariness of every ring. */
  readonly steps: readonly number[];
}

/** undefined for a fleet whose rollouts open by time alone. */
export function ringGatesOf(
  { rings, fleets }: Pick<Config, 'rings' | 'fleets'>,
  fleet: string,
): RingGates | undefined {
  const threshold = fleets[fleet]?.successThreshold;
  if (threshold === undefined) return undefined;
  const gates = rings
    .filter((ring) => isNamed(ring) && ring.wariness < 1)
    .filter(({ name }) => threshold.rings?.includes(name) ?? true)
    .map(({ name, wariness }) => ({ ring: name, wariness }));
  return { threshold, gates, steps: [...new Set(rings.map(({ wariness }) => wariness))] };
}
