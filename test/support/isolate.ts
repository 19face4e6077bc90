// Runs before each test file.
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, vi } from 'vitest';
import { processorSeconds } from './processor-time.ts';
import { removeFolders, removeKeptFolders } from './temporary-folders.ts';

// The files of a worker share its process (vitest.config.ts): no file sees what another one left in the environment.
vi.unstubAllEnvs();
const shared = globalThis as { environmentAtStart?: NodeJS.ProcessEnv; requestAtStart?: typeof http.request };
shared.environmentAtStart ??= { ...process.env };
shared.requestAtStart ??= http.request;
for (const name of Object.keys(process.env))
  if (!(name in shared.environmentAtStart)) delete process.env[name];
Object.assign(process.env, shared.environmentAtStart);

// Tests must not depend on, or touch, the git and registry settings of the person who runs them.
process.env.GIT_CONFIG_GLOBAL = fileURLToPath(new URL('./gitconfig', import.meta.url));
process.env.GIT_CONFIG_NOSYSTEM = '1';
process.env.GIT_AUTHOR_NAME = 'Test';
process.env.GIT_AUTHOR_EMAIL = 'test@example.invalid';
process.env.GIT_COMMITTER_NAME = 'Test';
process.env.GIT_COMMITTER_EMAIL = 'test@example.invalid';
process.env.NO_COLOR = '1';
delete process.env.FORCE_COLOR;
// If the tests themselves run on GitHub, the verbs in them must not notice.
for (const name of Object.keys(process.env))
  if (/^(?:GITHUB|GH|ACTIONS|RUNNER)_/.test(name)) delete process.env[name];
delete process.env.REGISTRY_AUTH_FILE;
delete process.env.DOCKER_CONFIG;
// The registry takes 4 MB of memory for each blob that it reads. To collect them less often halves its share of the processor.
process.env.GOGC = '800';

// On a busy machine the seconds on the clock say little about what a file costs. Hooks run in reverse order, so this one is last.
const before = processorSeconds();
// biome-ignore lint/correctness/noEmptyPattern: vitest takes fixtures from the first argument's pattern, and no others.
afterAll(({}, file) => {
  const after = processorSeconds();
  if (before !== undefined && after !== undefined) file.meta.processorSeconds = after - before;
});

// Here, because this file alone runs for each test file: a hook in a shared module counts for the first one only.
afterEach(removeFolders);
afterAll(removeKeptFolders);
// The next files of this worker would fail instead, and name something else.
afterAll(() => {
  if (http.request !== shared.requestAtStart)
    throw new Error('this file did not give back the HTTP of Node.js');
});
