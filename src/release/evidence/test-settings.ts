import { createHash } from 'node:crypto';
import type { Config } from '../../project/configuration/config.ts';

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
