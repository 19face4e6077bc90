import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openState } from '../../src/release/state/state.ts';
import type { BranchStore } from '../../src/world/forge/forge.ts';
import { useMemory } from '../support/in-memory.ts';
import { recordRelease } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { type FaultProxy, startFaultProxy } from './proxy.ts';
import { brokenInvariants, look } from './reader.ts';
import { createStage, now, type Stage } from './stage.ts';

// start-rollout is what writes the state branch: it is disturbed at each of its steps there.

useMemory();
const registry = useRegistry();
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(() => registry.host);
});
afterAll(() => proxy.stop());

/** Something else happens before or after the at-th step at a branch store (the first is 1). */
function disturbed(
  branches: BranchStore,
  at: number,
  when: 'before' | 'after',
  event: () => Promise<void>,
): { readonly branches: BranchStore; readonly steps: () => number } {
  let steps = 0;
  const around =
    <A extends unknown[], R>(step: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      steps += 1;
      const now = steps === at;
      if (now && when === 'before') await event();
      const result = await step(...args);
      if (now && when === 'after') await event();
      return result;
    };
  return {
    steps: () => steps,
    branches: {
      ...branches,
      resolve: around(branches.resolve),
      readFolder: around(branches.readFolder),
      readFile: around(branches.readFile),
      commit: around(branches.commit),
    },
  };
}

const crash = async () => {
  throw new Error('power cut');
};

describe('start-rollout, disturbed at each of its steps at the state branch', () => {
  it('loses nothing in a crash, and nothing of a faster writer', async () => {
    const stage = await createStage(registry, proxy, 'start-rollout');
    stage.reset();
    const { branches } = stage.project.forge;
    const counting = disturbed(branches, 0, 'before', crash);
    await stage.run({ branches: counting.branches });
    const end = await look(stage.place);
    const steps = counting.steps();
    let points = 0;
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= steps; at += 1) {
        const where = `${when} step ${at} of ${steps}`;
        stage.reset();
        points += 2;
        const dying = disturbed(branches, at, when, crash);
        await expect(stage.run({ branches: dying.branches }), where).rejects.toThrow('power cut');
        expect(await brokenInvariants(stage.place, stage.before), where).toEqual([]);
        await stage.run();
        expect((await look(stage.place)).state, where).toEqual(end.state);

        stage.reset();
        await stage.run({ branches: disturbed(branches, at, when, () => rival(stage)).branches });
        expect(await brokenInvariants(stage.place, stage.before), where).toEqual([]);
        const { state } = await look(stage.place);
        const ofRival = Object.keys(state).filter((path) => path.startsWith('fleets/stable/'));
        expect(ofRival, where).toHaveLength(3);
        for (const [path, text] of Object.entries(end.state)) expect(state[path], where).toBe(text);
      }
    }
    console.log(`start-rollout: ${points} injection points at ${steps} steps of git; nothing lost`);
  }, 600_000);
});

/** Releases something to another fleet, on the same branch. */
async function rival({ project }: Stage): Promise<void> {
  const { forge, config } = project;
  await recordRelease({ ...project, state: openState(forge.branches, config) }, 'stable', {
    version: '44.20260601.3.0-0a0b0c0d',
    time: now - 50_000,
  });
}
