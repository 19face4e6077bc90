import { createHash } from 'node:crypto';
import { defined } from '../../host/defined.ts';
import type { BootTestConfig, Config } from '../../project/configuration/config.ts';

/**
 * The hash of the settings that decide whether an image passes: what may fail, and how its machine is started. They are
 * in coxswain.yaml, which is not a part of the image. So two commits with other settings build the same image, and a
 * pass by the settings of one must not count for the other. How large or fast the machine is does not matter.
 * @returns 64 hex digits
 */
export function testSettings({ bootTest }: Pick<Config, 'bootTest'>): string {
  const { init, allowedUnits, knownFailures, kernelArguments, leftovers, secureBoot, ignition } = bootTest;
  const settings = {
    init,
    allowedUnits: [...allowedUnits].sort(),
    knownFailures,
    kernelArguments,
    leftovers,
    secureBoot: [...secureBoot].sort(),
    ignition: ignition ?? null,
  };
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex');
}

/** By which settings an image has to pass. */
export interface TestDemands {
  /** `testSettings` of the configuration. */
  readonly settings: string;
  /** How the machine has to start. Absent: in any mode. */
  readonly mode?: BootTestConfig['mode'];
}

/**
 * What evidence has to be about, to count for a commit with this configuration. The mode is not a part of the hash,
 * because without one in the configuration a pass in any mode counts.
 * @param mode takes precedence over the configuration
 */
export function testDemands({ bootTest }: Pick<Config, 'bootTest'>, mode = bootTest.mode): TestDemands {
  return { settings: testSettings({ bootTest }), ...defined({ mode }) };
}
