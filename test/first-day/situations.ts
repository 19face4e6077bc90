import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Git } from '../../src/world/git/git.ts';
import type { World } from './world.ts';

/** Something that is missing or wrong when a verb runs, and stays so. */
export interface Situation {
  readonly name: string;
  /** Creates the situation, after a reset. */
  readonly arrange: (world: World) => Promise<void>;
  /** The verb runs in an empty folder, in place of a clone. */
  readonly emptyFolder?: boolean;
}

export const situations: readonly Situation[] = [
  { name: 'fresh clone', arrange: async () => {} },
  { name: 'empty folder', arrange: async () => {}, emptyFolder: true },
  {
    name: 'without state',
    arrange: async ({ origin }) => {
      await origin.run(['update-ref', '-d', 'refs/heads/coxswain']);
    },
  },
  { name: 'typo in state-branch', arrange: misspellStateBranch },
  { name: 'empty registry', arrange: async (world) => world.emptyRegistry() },
];

/** Commits `state-branch: coxswian` to every fleet's branch. */
async function misspellStateBranch(world: World): Promise<void> {
  const folder = await world.clone();
  const git = new Git(folder);
  for (const branch of ['stable', 'testing']) {
    await git.run(['switch', '--quiet', branch]);
    appendFileSync(join(folder, 'coxswain.yaml'), 'state-branch: coxswian\n');
    // What decides the image stays as it is: coxswain.yaml is part of the build context unless it is ignored.
    writeFileSync(join(folder, '.git/info/exclude'), '');
    await git.run(['commit', '--quiet', '--all', '--message', 'Name the state branch']);
    await git.run(['push', '--quiet', 'origin', branch]);
  }
}
