import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../host/files.ts';
import { skopeoTags } from './digests.ts';
import { mergePullRequest, playOpening, publishBase } from './opening.ts';
import type { Scene } from './scene.ts';
import { readBoot, readBuild, readPullRequest } from './verb-answers.ts';

const testName = '30-certified-base.sh';

/** A user's test that the second version of the base fails. */
const certifiedTest = (version: string) => `#!/bin/sh
# Our storage driver is certified for these versions of the base only.
. /usr/lib/os-release
case "$VERSION" in
  *${version}*) echo "base $VERSION is certified" ;;
  *) echo "base $VERSION is not certified"; exit 1 ;;
esac
`;

/** The user's test fails in the VM, so nothing may change for any node. */
export async function playFailure(scene: Scene, version: string): Promise<void> {
  const { stage, options } = scene;
  await playOpening(scene, { [testName]: certifiedTest(version) });
  const before = await whatNodesSee(scene);

  stage.chapter("The base moves, and a user's test fails on it");
  await stage.step('base moves', async () => ({
    value: await publishBase(scene, 'to'),
    what: 'a new version of the base',
  }));
  const pull = await stage.step('watch-base', async () => {
    const { pullRequest } = readPullRequest(await scene.coxswain(['watch-base']));
    const opened = await scene.pullRequest(pullRequest);
    return { value: opened, what: `pull request #${opened.number}: ${opened.title}` };
  });
  await scene.git('switch', '--quiet', pull.head);
  const built = await stage.step('build-image', async () => {
    const answer = readBuild(await scene.coxswain(['build-image']));
    return { value: answer, what: `${answer.version} in the test registry` };
  });
  await stage.step('boot-test', async () => {
    const args = ['boot-test', '--output', join(options.output, 'boot-test', 'update')];
    const answer = readBoot(await scene.coxswain(args, { expect: [1] }));
    const failed = answer.tests?.filter((test) => test.result !== 'passed').map((test) => test.name) ?? [];
    if (failed.join() !== testName)
      throw new Error(`expected ${testName} to fail, and only it: ${failed.join(', ')}`);
    return { value: undefined, what: `${testName} failed in the VM` };
  });

  stage.chapter(`What pull request #${pull.number} says`);
  const told = (await scene.pullRequest(pull.number)).comments.map((comment) => comment.body).join('\n');
  stage.note(told);
  if (!told.includes(testName) || !told.includes('is not certified')) {
    throw new Error('the pull request does not show the failing test and its output');
  }

  stage.chapter('Somebody merges it anyway');
  await stage.step('merge', async () => {
    await mergePullRequest(scene, pull);
    return { value: undefined, what: `#${pull.number} merged into testing` };
  });
  await stage.step('promote-image', async () => {
    await scene.coxswain(['promote-image', '--fleet', 'testing'], { expect: [1] });
    await scene.coxswain(['start-rollout', '--fleet', 'testing'], { expect: [1] });
    await scene.coxswain(['publish-updates', '--output', scene.site]);
    return { value: undefined, what: 'promotion refused, no rollout' };
  });

  stage.chapter('What nodes see, before and after');
  const after = await whatNodesSee(scene);
  for (const [name, digest] of Object.entries(before)) stage.note(`${name.padEnd(54)} ${digest}`);
  const unchanged = JSON.stringify(before) === JSON.stringify(after);
  if (!unchanged) throw new Error(`something changed: ${JSON.stringify(after, null, 2)}`);
  stage.note('Nothing has changed.');
  const summary = { version: built.version, failed: [testName], promoted: false, unchanged, seen: after };
  await writeFileAtomically(join(options.output, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

/** Digest of every production tag (by skopeo) and hash of every published file. */
async function whatNodesSee(scene: Scene): Promise<Record<string, string>> {
  const files = (await readdir(scene.site, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hashes = await Promise.all(
    files.map(async (file) => {
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      return [file.slice(scene.site.length + 1), `sha256:${hash}`] as const;
    }),
  );
  const tags = Object.entries(await skopeoTags(scene.image)).map(
    ([tag, digest]) => [`production tag ${tag}`, digest] as const,
  );
  return Object.fromEntries([...tags, ...hashes]);
}
