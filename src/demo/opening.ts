import { appendFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defined } from '../host/defined.ts';
import type { PullRequest } from '../world/forge/forge.ts';
import { type BaseKind, buildBaseImage } from './base-images.ts';
import { moveExistingBase } from './existing-base.ts';
import type { Scene } from './scene.ts';
import systemdRuns from './shell/systemd-runs.sh';
import { fleetKeyFile, makeFleetKeys } from './trust-scene.ts';
import { readBuild, readPromoted, readPullRequest } from './verb-answers.ts';

export const versions = { from: '44.20260621.3.1', to: '44.20260707.3.1' } as const;
const day = 86_400;

/** Pushes one version of the base and moves the stream tag to it. Returns the version. */
export async function publishBase(scene: Scene, which: 'from' | 'to'): Promise<string> {
  const { base, options, place } = scene;
  if (options.base !== undefined)
    return moveExistingBase({ source: options.base, repository: base, which, log: options.log });
  await buildBaseImage({
    kind: options.kind,
    version: versions[which],
    stream: 'stable',
    repository: base,
    tag: 'stable',
    log: options.log,
  });
  scene.stage.note(`${place.registry.host}/${base.path}:stable is now ${versions[which]}`);
  return versions[which];
}

/** A first version of the base, a user's repository made by `init`, and a first release on both fleets three days ago. */
export async function playOpening(
  scene: Scene,
  extraTests: Readonly<Record<string, string>> = {},
): Promise<{ readonly base: string; readonly version: string; readonly now: number }> {
  const { stage } = scene;
  const now = Math.floor(Date.now() / 1000);
  scene.setTime(now - 3 * day);
  stage.chapter('Three days ago: a base image, and a repository that derives from it');
  const base = await stage.step('base', async () => {
    const version = await publishBase(scene, 'from');
    return { value: version, what: `base image ${version} pushed as :stable` };
  });
  await stage.step('init', async () => {
    await scene.git('init', '--quiet', '--initial-branch', 'testing', '.');
    await scene.coxswain([
      'init',
      '--image',
      scene.image,
      '--test-image',
      scene.testImage,
      '--base',
      `${baseName(scene)}:stable`,
    ]);
    const bootTest = bootTestSettings(scene);
    if (bootTest !== undefined) {
      await appendFile(join(scene.repository, 'coxswain.yaml'), `\nboot-test: { ${bootTest} }\n`);
    }
    await makeFleetKeys(scene);
    const tests = {
      ...defined({ '20-systemd.sh': hasSystemd(scene.options.kind) ? systemdRuns : undefined }),
      ...extraTests,
    };
    for (const [name, text] of Object.entries(tests)) {
      const file = join(scene.repository, 'tests', name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      await chmod(file, 0o755);
    }
    await scene.git('add', '--all');
    await scene.git('commit', '--quiet', '--message', 'Derive our image from Fedora CoreOS');
    return { value: undefined, what: "the user's repository, by coxswain init" };
  });
  await stage.step('pin', async () => {
    const { pullRequest } = readPullRequest(await scene.coxswain(['watch-base']));
    await mergePullRequest(scene, await scene.pullRequest(pullRequest));
    await scene.git('branch', 'stable');
    return { value: undefined, what: `pull request #${pullRequest} pinned the base by digest` };
  });

  stage.chapter('Three days ago: the first release, on both fleets');
  const built = await stage.step('first release', async () => {
    const answer = readBuild(await scene.coxswain(['build-image']));
    await scene.coxswain(['boot-test', '--output', join(scene.options.output, 'boot-test', 'first')]);
    for (const fleet of ['testing', 'stable']) {
      await scene.git('switch', '--quiet', fleet);
      await releaseTo(scene, fleet);
    }
    await scene.git('switch', '--quiet', 'testing');
    stage.note('Today both rollouts are complete:');
    scene.setTime(now);
    await scene.coxswain(['publish-updates', '--output', scene.site]);
    return { value: answer, what: `${answer.version} built, tested, released to testing and stable` };
  });
  return { base, version: built.version, now };
}

/** Without --systemd the base is made of busybox. */
export function hasSystemd(kind: BaseKind): boolean {
  return kind === 'systemd' || kind === 'ostree';
}

/** What the stand-in for Fedora CoreOS needs in coxswain.yaml. The small one has no systemd, on purpose. */
function bootTestSettings({ options }: Scene): string | undefined {
  if (options.kind === 'ostree') return 'mode: ostree';
  return !hasSystemd(options.kind) && options.base === undefined ? 'init: any' : undefined;
}

/**
 * The three verbs that a push to a fleet's branch runs.
 * @returns how many requests of the promotion were for signatures, in words
 */
export async function releaseTo(scene: Scene, fleet: string): Promise<string> {
  const env = { COXSWAIN_SIGNING_KEY_FILE: fleetKeyFile(scene, fleet) };
  const promoted = readPromoted(await scene.coxswain(['promote-image', '--fleet', fleet], { env }));
  await scene.coxswain(['start-rollout', '--fleet', fleet]);
  await scene.coxswain(['publish-updates', '--output', scene.site]);
  return `${promoted.requests} requests, ${promoted.signingRequests} of them for signatures`;
}

/** Does what a click on "merge" does on GitHub, with git in the checkout. */
export async function mergePullRequest(scene: Scene, pull: PullRequest): Promise<void> {
  await scene.git('switch', '--quiet', pull.base);
  await scene.git(
    'merge',
    '--quiet',
    '--no-ff',
    '-m',
    `Merge pull request #${pull.number}: ${pull.title}`,
    pull.head,
  );
}

export function baseName(scene: Scene): string {
  return `${scene.base.registry}/${scene.base.path}`;
}
