import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onInterrupt } from '../host/cleanup.ts';
import { exec } from '../host/exec.ts';
import { withTemporaryFolder } from '../host/files.ts';
import { type RunningRegistry, startRegistry } from './registry-process.ts';

/** Everything that the demo needs besides the user's repository; it is removed at the end of the demo in every case. */
export interface Workplace {
  readonly folder: string;
  readonly registry: RunningRegistry;
  /** For every command of the demo: a separate image storage, and no personal git settings. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a registry and gives buildah a storage of its own; stops and removes both afterwards. */
export async function withWorkplace<T>(work: (place: Workplace) => Promise<T>): Promise<T> {
  return withTemporaryFolder('demo', async (folder) => {
    const storage = join(folder, 'containers');
    const storageConfiguration = join(folder, 'storage.conf');
    await mkdir(storage);
    await writeFile(
      storageConfiguration,
      `[storage]\ndriver = "overlay"\ngraphroot = ${JSON.stringify(join(storage, 'graph'))}\nrunroot = ${JSON.stringify(join(storage, 'run'))}\n`,
    );
    const env = {
      // The demo does not use GitHub, even if it runs there.
      COXSWAIN_FORGE: 'git',
      CONTAINERS_STORAGE_CONF: storageConfiguration,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Demo',
      GIT_AUTHOR_EMAIL: 'demo@example.invalid',
      GIT_COMMITTER_NAME: 'Demo',
      GIT_COMMITTER_EMAIL: 'demo@example.invalid',
    };
    // The base images are built in this process, and must go to the same storage.
    Object.assign(process.env, env);
    const forget = onInterrupt(() => unmountBelow(storage));
    const registry = await startRegistry({
      directory: join(folder, 'registry'),
      logFile: join(folder, 'registry.log'),
    });
    try {
      return await work({ folder, registry, env });
    } finally {
      await registry.stop();
      await unmountBelow(storage);
      forget();
      await rm(storage, { recursive: true, force: true });
    }
  });
}

/** Overlay mounts of the storage keep its folder from being removed. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) await exec('umount', ['--lazy', path]);
}
