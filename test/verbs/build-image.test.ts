import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { silentLog } from '../../src/host/log.ts';
import { readCandidate } from '../../src/release/candidate/candidate.ts';
import buildImage from '../../src/verbs/build-image.ts';
import { atDigest, formatReference } from '../../src/world/registry/reference.ts';
import { createProject, type TestProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';

const registry = useRegistry();

async function run(project: TestProject) {
  const warnings: string[] = [];
  const outcome = await buildImage.run(
    readArguments(buildImage.inputs, ['--directory', project.git.directory]),
    {
      log: { ...silentLog, warn: (message) => warnings.push(message) },
      env: {},
      now: () => 0,
    },
  );
  return { ...outcome, warnings };
}

/** A project whose image is in the test registry already. The build itself is tested in test/local-stack. */
async function builtProject(containerfile?: (base: string) => string) {
  const project = await createProject(registry.host);
  const labels = { 'org.opencontainers.image.version': '44.20260707.3.1' };
  const layers = [Buffer.from('base')];
  const base = await pushSampleImage(project.client, project.base, { labels, layers, tag: 'stable' });
  if (containerfile !== undefined) {
    const name = `${registry.host}/${project.base.path}:stable`;
    await commitFiles(project.git, { Containerfile: containerfile(name) });
  }
  const candidate = await readCandidate(project);
  const image = await pushSampleImage(project.client, project.config.testImage, {
    layers: [...layers, Buffer.from('more')],
    tag: candidate.tag,
  });
  return { project, base, candidate, image };
}

describe('coxswain build-image', () => {
  it('answers what is in the test registry for this commit, and builds nothing that is there', async () => {
    const { project, base, candidate, image } = await builtProject();
    const { data, text, warnings } = await run(project);
    expect(data).toEqual({
      built: false,
      joined: false,
      image: formatReference(image),
      digest: image.digest,
      version: candidate.version,
      buildKey: candidate.key,
      tag: candidate.tag,
      commit: candidate.commit,
      base: {
        reference: formatReference({ ...atDigest(project.base, base.digest), tag: 'stable' }),
        version: '44.20260707.3.1',
        digest: base.digest,
      },
    });
    expect(text).toContain(`${candidate.version}: built already`);
    expect(text).toContain(formatReference(image));
    expect(warnings).toEqual([]);
  });

  it('warns of changes that are not committed, and of images that nothing pins', async () => {
    const { project, candidate } = await builtProject((base) => `FROM quay.io/x/go:1 AS go\nFROM ${base}\n`);
    await writeFile(join(project.git.directory, 'new'), '');
    const { warnings } = await run(project);
    expect(warnings).toEqual([
      `there are uncommitted changes: they are not part of the build of ${candidate.commit.slice(0, 12)}`,
      'quay.io/x/go:1 is not pinned by a digest: when it changes, nothing is built again automatically',
    ]);
  });
});
