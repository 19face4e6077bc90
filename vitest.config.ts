import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As in the bundle (rolldown.config.ts): a shell script is its text.
  plugins: [
    {
      name: 'shell-as-text',
      enforce: 'pre',
      load: (id) =>
        id.endsWith('.sh') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined,
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores: the local-stack tests boot machines, more workers only make each slower.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 180_000,
    globalSetup: ['test/support/build-cli.ts'],
    setupFiles: ['test/support/isolate.ts'],
  },
});
