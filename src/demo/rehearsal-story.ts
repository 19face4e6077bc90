import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from './scene.ts';
import back from './shell/back.sh';
import leaveState from './shell/leave-state.sh';
import stateSurvived from './shell/state-survived.sh';
import { readBoot, readBuild } from './verb-answers.ts';

/** Tests of an update, for the user's repository (paths below tests/); they need an image with systemd and sshd. */
export const rehearsalTests: Readonly<Record<string, string>> = {
  'before-upgrade/10-leave-state.sh': leaveState,
  'after-upgrade/10-state-survived.sh': stateSurvived,
  'after-rollback/10-back.sh': back,
};

/** A line for the Containerfile: a file of the new image that deletes the state of machines. */
const breakage = "RUN echo 'R /var/lib/notes' >/usr/lib/tmpfiles.d/notes.conf\n";

/**
 * A change that boots well but loses the state of every machine that updates to it. The rehearsal finds this, so it
 * is not promoted. Call it when the fleet testing has a release and `rehearsalTests` are committed. Afterwards the
 * checkout is on the branch testing, and the change is merged but refused.
 */
export async function playBrokenUpgrade(scene: Scene): Promise<void> {
  const { stage, repository, options } = scene;
  stage.chapter('A change that boots well, but breaks machines that update to it');
  await scene.git('switch', '--quiet', '--create', 'tidy-up', 'testing');
  const containerfile = join(repository, 'Containerfile');
  await writeFile(containerfile, `${await readFile(containerfile, 'utf8')}${breakage}`);
  await scene.git('commit', '--quiet', '--all', '--message', 'Tidy up old notes');
  await scene.git('switch', '--quiet', 'testing');
  await scene.git('merge', '--quiet', '--no-ff', '-m', 'Merge tidy-up', 'tidy-up');
  await stage.step('build-image (breaks updates)', async () => {
    const answer = readBuild(await scene.coxswain(['build-image']));
    return { value: answer, what: `${answer.version} in the test registry` };
  });
  await stage.step('boot-test (breaks updates)', async () => {
    const output = join(options.output, 'boot-test', 'broken-upgrade');
    const answer = readBoot(await scene.coxswain(['boot-test', '--output', output], { expect: [1] }));
    if (answer.verdict !== 'upgrade-failed')
      throw new Error(`expected the rehearsal to fail, and it ended as ${answer.verdict}`);
    return { value: undefined, what: 'boots well, and the rehearsed update lost its state' };
  });
  await stage.step('promote-image (breaks updates)', async () => {
    await scene.coxswain(['promote-image', '--fleet', 'testing'], { expect: [1] });
    return { value: undefined, what: 'promotion refused' };
  });
}
