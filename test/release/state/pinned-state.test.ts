import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { pinState } from '../../../src/release/state/pinned-state.ts';
import { openState } from '../../../src/release/state/state.ts';
import type { BranchStore } from '../../../src/world/forge/forge.ts';
import { openGitForge } from '../../../src/world/forge/git/git-forge.ts';
import { createRepository } from '../../support/repository.ts';

const config = parseConfig(
  'image: registry.example.com/acme/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { testing: }\n',
  'coxswain.yaml',
);

async function open() {
  const git = await createRepository({ bare: true });
  const forge = await openGitForge(git.directory);
  const asked: string[] = [];
  const branches: BranchStore = {
    ...forge.branches,
    resolve: (name) => {
      asked.push(name);
      return forge.branches.resolve(name);
    },
  };
  const state = openState(branches, config);
  const hold = (reason: string) =>
    state.changeFleet('testing', reason, (current) => ({
      ...current,
      operations: { ...current.operations, hold: { reason, by: 'Ada', at: 1 } },
    }));
  return { project: { config, forge: { ...forge, branches }, state }, hold, asked };
}

describe('pinState', () => {
  it('reads the state of one commit, and asks nobody where the branch is', async () => {
    const { project, hold, asked } = await open();
    const { commit } = await hold('first');
    const pinned = pinState(project, commit);
    await hold('second');
    asked.length = 0;
    expect((await pinned.state.readFleet('testing')).operations.hold?.reason).toBe('first');
    expect(await pinned.forge.branches.resolve(config.stateBranch)).toBe(commit);
    expect(asked).toEqual([]);
    expect((await project.state.readFleet('testing')).operations.hold?.reason).toBe('second');
  });

  it('asks for every other branch', async () => {
    const { project, asked } = await open();
    expect(await pinState(project, undefined).forge.branches.resolve('testing')).toBeUndefined();
    expect(asked).toEqual(['testing']);
  });

  it('changes nothing: a writer has to see where the branch is', async () => {
    const { project, hold } = await open();
    const { commit } = await hold('first');
    const { state } = pinState(project, commit);
    await expect(state.changeFleet('testing', 'x', (current) => current)).rejects.toThrow(
      'cannot be changed',
    );
  });
});
