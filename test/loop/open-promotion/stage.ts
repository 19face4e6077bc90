import { vi } from 'vitest';
import type { PromotionAnswer } from '../../../src/loop/open-promotion/promotion-answer.ts';
import type { RolloutAnswer } from '../../../src/loop/start-rollout/start-rollout.ts';
import { readCandidate } from '../../../src/release/candidate/candidate.ts';
import openPromotion from '../../../src/verbs/open-promotion.ts';
import startRollout from '../../../src/verbs/start-rollout.ts';
import { atTag } from '../../../src/world/registry/reference.ts';
import { contextAt, createProject, promote, publishBase, type TestProject } from '../../support/project.ts';
import { at, commitFiles } from '../../support/repository.ts';

// Each test starts hundreds of git processes: seconds on an idle machine, much more on a busy one.
vi.setConfig({ testTimeout: 120_000 });

export const hour = 3600;
/** 2026-07-25T17:20:00Z, a saturday. */
export const now = 1_785_000_000;

/** A user's repository, its images in a real registry, and the verbs of a promotion. */
export interface Stage extends TestProject {
  /** Commits to a fleet's branch, at hours after `now`. */
  change(branch: string, files: Readonly<Record<string, string | null>>, hours: number): Promise<string>;
  /** Builds, tests, promotes and releases what a fleet's branch has; returns its version. */
  release(fleet: string, hours: number): Promise<string>;
  /** Runs open-promotion; returns the first answer, or the fleet's. */
  open(hours: number, options?: { fleet?: string; urgent?: string }): Promise<Promotion>;
  gate(answer: Promotion, name: string): string | undefined;
  merge(source: string, target: string, how?: 'merge' | 'squash' | 'rebase'): Promise<void>;
  version(fleet: string): Promise<string | undefined>;
}

export type Promotion = Omit<PromotionAnswer, 'gates'> & {
  readonly gates: readonly { readonly name: string; readonly state: string; readonly note: string }[];
};

/** @param fleets for coxswain.yaml, indented by two spaces */
export async function openStage(host: string, fleets?: string): Promise<Stage> {
  const project = await createProject(host, {
    time: now - 1000 * hour,
    ...(fleets === undefined ? {} : { fleets }),
  });
  await publishBase(project, '44.20260621.3.1');
  const { git, config, client } = project;
  const moment = (hours: number) => now + Math.round(hours * hour);
  // No branch is checked out, so verbs may move them.
  await git.run(['switch', '--quiet', '--detach']);
  const onBranch = async <T>(branch: string, work: () => Promise<T>): Promise<T> => {
    await git.run(['switch', '--quiet', branch]);
    try {
      return await work();
    } finally {
      await git.run(['switch', '--quiet', '--detach']);
    }
  };
  return {
    ...project,
    change: (branch, files, hours) =>
      onBranch(branch, () => commitFiles(git, files, { time: moment(hours) })),
    release: async (fleet, hours) => {
      const branch = config.fleets[fleet]?.branch ?? fleet;
      const candidate = await readCandidate({ git, config, client, commit: branch });
      const there = await client.resolve(atTag(config.image, candidate.version));
      if (there === undefined) await promote(project, branch);
      const inputs = {
        directory: git.directory,
        fleet,
        commit: undefined,
        'freeze-exception': undefined,
        'accept-upstream': [],
        'first-release': false,
      };
      const { data } = await startRollout.run(inputs, contextAt(moment(hours)));
      return (data as RolloutAnswer).version;
    },
    open: async (hours, { fleet, urgent } = {}) => {
      const inputs = {
        directory: git.directory,
        fleet,
        urgent,
        by: urgent === undefined ? undefined : 'Ada',
        'first-release': false,
      };
      const { data } = await openPromotion.run(inputs, contextAt(moment(hours)));
      return data as Promotion;
    },
    gate: (answer, name) => answer.gates.find((gate) => gate.name === name)?.state,
    merge: (source, target, how = 'merge') =>
      onBranch(target, async () => {
        const head = `coxswain-promote-${source}-to-${target}`;
        const env = at(now);
        if (how === 'merge') await git.run(['merge', '--quiet', '--no-ff', '-m', 'Merge', head], { env });
        if (how === 'rebase') await git.run(['merge', '--quiet', '--ff-only', head], { env });
        if (how === 'squash') {
          await git.run(['merge', '--quiet', '--squash', head], { env });
          await git.run(['commit', '--quiet', '-m', 'Squashed'], { env });
        }
      }),
    version: async (fleet) => (await project.state.readFleet(fleet)).releases.releases.at(-1)?.version,
  };
}
