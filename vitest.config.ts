import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// When the lock file changes, vitest removes its cache of modules, does not make the folder again, and fails (4.1). So each
// lock file has a folder of its own.
const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex').slice(0, 12);

export default defineConfig({
  // As in the bundle (rolldown.config.ts): scripts and units are their text.
  plugins: [
    {
      name: 'shell-as-text',
      enforce: 'pre',
      load: (id) =>
        /\.(sh|jq|service|socket|timer|conf)$/.test(id)
          ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}`
          : undefined,
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores: the local-stack tests boot machines, more workers only make each slower.
    maxWorkers: 2,
    // The files of a worker share its modules: to load them again for each of 240 files takes minutes.
    // test/support/isolate.ts gives each file a fresh environment.
    isolate: false,
    experimental: { fsModuleCache: true, fsModuleCachePath: `node_modules/.cache/vitest-${lock}` },
    // It ends what hangs. No test depends on the speed of the machine.
    testTimeout: 120_000,
    hookTimeout: 900_000,
    // CI tries a failed test once more, and names each that passed only then (test/support/count-reporter.ts).
    retry: process.env.CI === 'true' ? 1 : 0,
    globalSetup: ['test/support/build-cli.ts'],
    setupFiles: ['test/support/isolate.ts'],
  },
});
