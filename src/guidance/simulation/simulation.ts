import { asciiCurve } from './ascii-curve.ts';
import { defaultFleetModel, type FleetModel } from './fleet-model.ts';
import type { SimulationResult } from './result.ts';
import { simulateRollout } from './simulate.ts';
import type { SimulationInput } from './simulation-input.ts';
import { describeSimulation } from './simulation-report.ts';
import { svgChart } from './svg-chart.ts';

export { defaultFleetModel, type FleetModel } from './fleet-model.ts';
export type { SimulationResult } from './result.ts';
export type { SimulationInput } from './simulation-input.ts';

export interface Simulation {
  readonly result: SimulationResult;
  /** Everything for people, the curve included. */
  readonly text: string;
  /** The adoption curve alone, for a terminal. */
  readonly curve: string;
  /** A picture. */
  readonly svg: string;
}

/**
 * Simulates a rollout and draws it.
 * @param input.fleet what differs from `defaultFleetModel`
 */
export function simulate(
  input: Omit<SimulationInput, 'fleet' | 'seed'> & {
    readonly fleet?: Partial<FleetModel>;
    readonly seed?: number;
  },
): Simulation {
  const result = simulateRollout({
    seed: 1,
    ...input,
    fleet: { ...defaultFleetModel, ...input.fleet },
  });
  return { result, text: describeSimulation(result), curve: asciiCurve(result), svg: svgChart(result) };
}
