import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import config from '../../rolldown.config.ts';

/** Where tests find the program as built from the sources of this moment (dist/ may be older). */
export const cliFolder = fileURLToPath(new URL('../../node_modules/.cache/coxswain-cli', import.meta.url));

/** Runs once before all tests. */
export default async function setup(): Promise<void> {
  await build({
    ...config,
    logLevel: 'silent',
    output: { ...config.output, dir: cliFolder, cleanDir: true },
  });
}
