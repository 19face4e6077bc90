import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBaseImage, defaultCacheFolder } from '../../src/demo/base-images.ts';
import { fetchForeignBusybox, openForeignPackages } from '../../src/demo/foreign-packages.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { findTool } from '../../src/host/tools.ts';
import { atTag, formatReference, parseRepository } from '../../src/world/registry/reference.ts';
import { findAct, skipWithoutAct } from '../support/act.ts';
import { pushPayload } from '../support/github-repository.ts';
import { testClient, useRegistry } from '../support/registry.ts';
import { keepFolders, temporaryFolder } from '../support/repository.ts';
import { serveHelper, type ToolMirror } from '../support/tool-mirror.ts';
import { createStory, type Story } from '../support/workflow-story.ts';

// workflows-examples/two-architectures: each architecture is built and booted by a job of its own, and a job between them
// joins the builds to one image. Here every job runs on this machine: the machine for aarch64 is emulated.

const act = findAct();
const version = '44.20260621.3.1';
const possible = process.arch === 'x64' && findTool('qemu-system-aarch64') !== undefined;

describe.skipIf(!possible)('a push to a fleet of two architectures', () => {
  const registry = useRegistry();
  let story: Story | undefined;
  let mirror: ToolMirror | undefined;

  skipWithoutAct(act);
  afterAll(async () => {
    await story?.end();
    mirror?.close();
  });

  beforeAll(async () => {
    if (act === undefined) return;
    const cache = join(defaultCacheFolder(), 'foreign-arm64');
    const packages = await openForeignPackages('arm64', cache);
    const folder = await temporaryFolder();
    keepFolders();
    mirror = await serveHelper(packages, join(folder, 'mirror'));
    const foreign = { ...packages, busybox: await fetchForeignBusybox(packages, cache) };
    await pushBase(`${registry.host}/fedora/fedora-coreos`, foreign);
  }, 300_000);

  it('builds and boots both, joins them to one image, and gives each its graph', {
    timeout: 900_000,
  }, async ({ skip }) => {
    if (mirror?.isPinned !== true) skip('Debian has another busybox-static than the pinned one');
    story = await createStory(act ?? '', 'two-architectures', {
      example: 'two-architectures',
      replace: {
        'quay.io/fedora/fedora-coreos': `${registry.host}/fedora/fedora-coreos`,
        'ghcr.io/acme': `${registry.host}/two`,
      },
      branches: ['testing', 'stable'],
      env: { COXSWAIN_TOOL_MIRROR: mirror?.url ?? '' },
    });
    const commit = await story.user.git.run(['rev-parse', 'refs/heads/testing']);
    const run = await story.run('release.yml', {
      event: 'push',
      payload: pushPayload(story.github, 'testing', commit),
      commit,
      days: 0,
    });
    expect(run.passed, run.log.slice(-3000)).toBe(true);
    for (const job of ['build', 'boot test'].flatMap((name) => [`${name} (x86_64)`, `${name} (aarch64)`])) {
      expect(run.jobs.filter((each) => each.includes(job) && each.endsWith(': success'))).toHaveLength(1);
    }
    expect(run.jobs).toContainEqual(expect.stringMatching(/join the architectures.*: success/));
    const image = parseRepository(`${registry.host}/two/os`);
    const index = await testClient().getManifest(atTag(image, 'testing'));
    const { manifests } = (index?.json ?? { manifests: [] }) as {
      manifests: { platform: { architecture: string }; digest: string }[];
    };
    expect(manifests.map(({ platform }) => platform.architecture).sort()).toEqual(['amd64', 'arm64']);
    // Each graph names its architecture's own manifest in that index.
    for (const [architecture, name] of [
      ['x86_64', 'amd64'],
      ['aarch64', 'arm64'],
    ]) {
      const graph = JSON.stringify(await story.published(`testing/${architecture}/v1/graph`));
      expect(graph).toContain(manifests.find(({ platform }) => platform.architecture === name)?.digest);
    }
  });
});

/** Pushes a base for both architectures, as an index. */
async function pushBase(
  place: string,
  foreign: NonNullable<Parameters<typeof buildBaseImage>[0]['foreign']>,
): Promise<void> {
  const repository = parseRepository(place);
  const options = { kind: 'tiny', version, stream: 'stable', repository, log: silentLog } as const;
  const images = [
    await buildBaseImage({ ...options, tag: 'amd64' }),
    await buildBaseImage({ ...options, tag: 'arm64', foreign }),
  ];
  const list = `localhost/coxswain-two-architectures-${process.pid}`;
  await exec('buildah', ['manifest', 'create', list]);
  try {
    for (const image of images) {
      await exec('buildah', [
        'manifest',
        'add',
        '--tls-verify=false',
        list,
        `docker://${formatReference(image)}`,
      ]);
    }
    await exec('buildah', [
      'manifest',
      'push',
      '--all',
      '--tls-verify=false',
      list,
      `docker://${place}:stable`,
    ]);
  } finally {
    await exec('buildah', ['rmi', list], { allow: [0, 1, 125] });
  }
}
