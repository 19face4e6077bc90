import { defineConfig } from 'vitest/config';

export default defineConfig({
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
