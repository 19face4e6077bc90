import { join } from 'node:path';
import { writeFileAtomically } from '../host/files.ts';
import type { PullRequest } from '../world/forge/forge.ts';
import { mergePullRequest, releaseTo } from './opening.ts';
import type { Scene } from './scene.ts';
import { formatTable } from './table.ts';
import { playAcceptance, playRefusal } from './trust-scene.ts';
import { readPromotion } from './verb-answers.ts';

const hour = 3600;

/** When open-promotion runs again, after the start of the rollout in testing. */
const looks = [1, 25, 50] as const;

const marks: Readonly<Record<string, string>> = {
  green: '✔ green',
  waiting: '· waiting',
  red: '✘ red',
  unknown: '? unknown',
};

/**
 * The promotion from testing to stable: its gates turn green as time passes, and a person merges it.
 * @param begun UNIX seconds at which the rollout in testing began
 */
export async function playPromotion(scene: Scene, begun: number): Promise<void> {
  const { stage, options } = scene;
  stage.chapter('Promotion to stable');
  const states = new Map<string, string[]>();
  let promotion: PullRequest | undefined;
  for (const [index, hours] of looks.entries()) {
    scene.setTime(begun + hours * hour);
    promotion = await stage.step(`open-promotion (+${hours} h)`, async () => {
      const { pullRequest, ready, gates } = readPromotion(await scene.coxswain(['open-promotion']));
      for (const { name, state } of gates) {
        const row = states.get(name) ?? [];
        row[index] = marks[state] ?? state;
        states.set(name, row);
      }
      if (ready !== hours >= 48) {
        throw new Error(`the promotion is ${ready ? '' : 'not '}ready after ${hours} hours`);
      }
      const waiting = gates.filter(({ state }) => state !== 'green').map(({ name }) => name);
      return {
        value: await scene.pullRequest(pullRequest),
        what: ready
          ? `${hours} hours later: pull request #${pullRequest} is ready`
          : `${hours === 1 ? 'an hour' : `${hours} hours`} later: it waits for ${waiting.join(' and ')}`,
      };
    });
  }
  if (promotion === undefined) return;
  const ready = promotion;
  stage.chapter('The gates, as time passes');
  stage.note(
    formatTable(
      ['gate', ...looks.map((hours) => `+${hours} h`)],
      [...states].map(([name, row]) => [name, ...row]),
    ),
  );
  stage.chapter(`Pull request #${ready.number}, as a reviewer sees it (promotion.md)`);
  const text = `# ${ready.title}\n\n${ready.body}`;
  stage.note(text);
  await writeFileAtomically(join(options.output, 'promotion.md'), text);
  await stage.step('status', async () => {
    await scene.coxswain(['status']);
    return { value: undefined, what: 'every fleet on one screen' };
  });

  await playRefusal(scene);
  stage.chapter('Merged to stable');
  await stage.step('merge', async () => {
    await mergePullRequest(scene, ready);
    return { value: undefined, what: `#${ready.number} merged into stable` };
  });
  await stage.step('release to stable', async () => {
    const requests = await releaseTo(scene, 'stable');
    return { value: undefined, what: `the same digest, under the policy of stable; ${requests}` };
  });
  await playAcceptance(scene);
}
