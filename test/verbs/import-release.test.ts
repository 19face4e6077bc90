import { beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../src/cli/arguments.ts';
import { offers } from '../../src/guidance/choose.ts';
import { parseGraph } from '../../src/guidance/graph.ts';
import type { ImportAnswer } from '../../src/operate/import-release/import-release.ts';
import importRelease from '../../src/verbs/import-release.ts';
import publishUpdates from '../../src/verbs/publish-updates.ts';
import { type Architecture, goArchitecture } from '../../src/world/registry/architecture.ts';
import { mediaTypes } from '../../src/world/registry/manifest.ts';
import { type Digest, formatReference, formatRepository } from '../../src/world/registry/reference.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../support/project.ts';
import { pushSampleImage, type SampleImage, useRegistry } from '../support/registry.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const day = 86_400;

let project: TestProject;

beforeEach(async () => {
  project = await createProject(registry.host, { more: 'architectures: [x86_64, aarch64]\n' });
});

/** An image that nodes run. */
async function image(version: string | undefined, daysAgo: number, more: SampleImage = {}) {
  const { client, config } = project;
  return pushSampleImage(client, config.image, {
    created: new Date((now - daysAgo * day) * 1000).toISOString(),
    labels: {
      'com.coreos.stream': 'stable',
      ...(version === undefined ? {} : { 'org.opencontainers.image.version': version }),
    },
    ...(version === undefined ? {} : { tag: version }),
    ...more,
  });
}

/** An index over images of a version. @returns its digest, and those of its images */
async function index(version: string, daysAgo: number) {
  const { client, config } = project;
  const manifests = [];
  const digests: Record<string, Digest> = {};
  for (const architecture of ['x86_64', 'aarch64'] as const satisfies Architecture[]) {
    const made = await image(version, daysAgo, { architecture: goArchitecture(architecture) });
    digests[architecture] = made.digest;
    const { descriptor } = await client.getManifest(made);
    manifests.push({ ...descriptor, platform: { architecture: goArchitecture(architecture), os: 'linux' } });
  }
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  const digest = await client.putManifest(config.image, version, bytes, mediaTypes.ociIndex);
  return { digest, digests, reference: `${formatRepository(config.image)}:${version}` };
}

async function run(words: readonly string[]): Promise<ImportAnswer & { text: string }> {
  const inputs = readArguments(importRelease.inputs, [
    '--fleet',
    'stable',
    '--directory',
    project.git.directory,
    '--by',
    'Ada',
    ...words,
  ]);
  const { data, text } = await importRelease.run(inputs, contextAt(now));
  return { ...(data as ImportAnswer), text };
}

const given = (...references: readonly string[]) => references.flatMap((each) => ['--image', each]);
const releases = async () => (await project.state.readFleet('stable')).releases.releases;
const tip = () => project.git.try(['rev-parse', '--quiet', '--verify', 'coxswain']);

describe('import-release', () => {
  it('adds images as the oldest releases, in the order in which they were made, by one commit', async () => {
    const newer = await image('44.2', 20);
    const { digest, digests, reference } = await index('44.1', 30);
    const answer = await run(given(formatReference(newer), reference));
    expect(answer).toMatchObject({ changed: true, imported: ['44.1', '44.2'], known: [], notes: [] });
    const repository = formatRepository(project.config.image);
    expect(await releases()).toMatchObject([
      {
        version: '44.1',
        'oci-index': `${repository}@${digest}`,
        'oci-images': [
          {
            architecture: 'x86_64',
            image: `${repository}:stable`,
            'digest-ref': `${repository}@${digests.x86_64}`,
          },
          { architecture: 'aarch64', 'digest-ref': `${repository}@${digests.aarch64}` },
        ],
      },
      { version: '44.2', 'oci-images': [{ architecture: 'x86_64', 'digest-ref': formatReference(newer) }] },
    ]);
    expect((await project.git.run(['log', '--format=%B', 'coxswain'])).trim()).toBe(
      'stable: import 44.1, 44.2\n\nBy: Ada',
    );
    expect(answer.stateCommit).toBe(await tip());
  });

  it('lets nodes on them find themselves, by either digest, and offers them the next release alone', async () => {
    const { digest, digests, reference } = await index('44.1', 30);
    await image('44.2', 20);
    await run(given(reference, `${formatRepository(project.config.image)}:44.2`));
    const { digest: target } = await image('44.3', 1);
    await recordRelease(project, 'stable', {
      version: '44.3',
      time: now - day,
      digest: target,
      metadata: { rollout: { start_percentage: 1 } },
    });
    const output = `${project.git.directory}/site`;
    const inputs = readArguments(publishUpdates.inputs, [
      '--output',
      output,
      '--first-release',
      '--directory',
      project.git.directory,
    ]);
    await publishUpdates.run(inputs, contextAt(now));
    const { readFile } = await import('node:fs/promises');
    const graph = parseGraph(await readFile(`${output}/stable/x86_64/v1/graph`, 'utf8'), 'graph');
    const repository = formatRepository(project.config.image);
    expect(graph.nodes.slice(0, 2).map(({ payload }) => payload)).toEqual([
      `${repository}@${digests.x86_64}`,
      `${repository}@${digest}`,
    ]);
    expect(graph.nodes).toHaveLength(4);
    expect(graph.edges.map(([from, to]) => [from, graph.nodes[to]?.version])).toEqual([
      [0, '44.3'],
      [1, '44.3'],
      [2, '44.3'],
    ]);
    expect(offers(graph, '44.1')?.version).toBe('44.3');
  });

  it('changes nothing when it runs again, and adds what is newer', async () => {
    const one = formatReference(await image('44.1', 30));
    await run(given(one));
    const before = await tip();
    expect(await run(given(one))).toMatchObject({ changed: false, imported: [], known: ['44.1'] });
    expect(await tip()).toBe(before);
    const two = formatReference(await image('44.2', 20));
    expect(await run(given(one, two))).toMatchObject({ imported: ['44.2'], known: ['44.1'] });
  });

  it('makes one release of images that were pushed for each architecture alone', async () => {
    const amd = await image('44.1', 30);
    const arm = await image('44.1', 30, { architecture: 'arm64' });
    await run(given(formatReference(amd), formatReference(arm)));
    expect(await releases()).toMatchObject([
      { version: '44.1', 'oci-images': [{ architecture: 'x86_64' }, { architecture: 'aarch64' }] },
    ]);
  });

  it('tells builds of one version by their digests, and finds them again', async () => {
    const one = await image('44.1', 30);
    const other = await image('44.1', 29);
    const named = `44.1-${other.digest.slice(7, 15)}`;
    const both = given(formatReference(other), formatReference(one));
    expect(await run(both)).toMatchObject({ imported: ['44.1', named] });
    expect(await releases()).toMatchObject([
      { version: '44.1', 'oci-images': [{ 'digest-ref': formatReference(one) }] },
      { version: named, 'oci-images': [{ 'digest-ref': formatReference(other) }] },
    ]);
    expect(await run(both)).toMatchObject({ changed: false, known: ['44.1', named] });
    const later = await image('44.1', 28);
    expect(await run(given(formatReference(later)))).toMatchObject({
      imported: [`44.1-${later.digest.slice(7, 15)}`],
    });
  });

  it('shows what it would do, and does nothing, with --dry-run', async () => {
    const one = formatReference(await image('44.1', 30));
    const answer = await run([...given(one), '--dry-run']);
    expect(answer).toMatchObject({ changed: true, imported: ['44.1'], stateCommit: undefined });
    expect(answer.text).toMatch(/^stable: would import 44\.1\n.*\n\n[\s\S]*\+.*"version": "44\.1"/);
    expect(await tip()).toBeUndefined();
  });

  it('warns about an image that has no tag', async () => {
    const { digest } = await image('44.1', 30, { tag: 'latest' });
    const answer = await run(given(`${formatRepository(project.config.image)}@${digest}`));
    expect(answer.notes).toEqual([expect.stringMatching(/:44\.1 does not exist: set it/)]);
  });

  it('keeps what another writer did at the same moment', async () => {
    const one = formatReference(await image('44.1', 30));
    const order = { fleet: 'stable', by: 'Ada', now };
    const { importRelease: work } = await import('../../src/operate/import-release/import-release.ts');
    let interrupted = false;
    const state: typeof project.state = {
      ...project.state,
      changeFleet: async (fleet, message, change) => {
        if (!interrupted) {
          interrupted = true;
          await recordRelease(project, 'stable', { version: '44.3', time: now });
        }
        return project.state.changeFleet(fleet, message, change);
      },
    };
    const importing = work({ ...project, state }, { order, references: [one], rehearse: false });
    await expect(importing).rejects.toThrow(/got another release meanwhile.*Run the same command again/);
    expect((await releases()).map(({ version }) => version)).toEqual(['44.3']);
  });
});

describe('import-release refuses', () => {
  const refused = async (words: readonly string[], message: RegExp) => {
    const before = await tip();
    await expect(run(words)).rejects.toThrow(message);
    expect(await tip()).toBe(before);
  };

  it('an image of another repository', async () => {
    await refused(
      given('quay.io/fedora/fedora-coreos:stable'),
      /--image: this image is in another repository, .*expected an image of .*node\.migrate-from/,
    );
  });

  it('an image that does not exist', async () => {
    await refused(given(`${formatRepository(project.config.image)}:44.9`), /:44\.9/);
  });

  it('an image without a version', async () => {
    const { digest } = await image(undefined, 30);
    await refused(
      given(`${formatRepository(project.config.image)}@${digest}`),
      /label org\.opencontainers\.image\.version: missing, and it is the version that nodes report/,
    );
  });

  it('an image of another stream, or of none', async () => {
    const version = { 'org.opencontainers.image.version': '44.1' };
    const next = await image('44.1', 30, { labels: { ...version, 'com.coreos.stream': 'next' } });
    await refused(
      given(formatReference(next)),
      /label com\.coreos\.stream: .*found "next", expected "stable"/,
    );
    const none = await image('44.1', 30, { labels: version });
    await refused(
      given(formatReference(none)),
      /label com\.coreos\.stream: missing, and Zincati does not start/,
    );
  });

  it('an image without a time', async () => {
    const made = await image('44.1', 0, { created: 'yesterday' });
    await refused(given(formatReference(made)), /created: the image has no creation time/);
  });

  it('an image for another architecture', async () => {
    const made = await image('44.1', 30, { architecture: 's390x' });
    await refused(given(formatReference(made)), /not for an architecture of this project.*x86_64, aarch64/);
  });

  it('what is older than a release of the fleet, with or without a record', async () => {
    await recordRelease(project, 'stable', { version: '44.3', time: now - 10 * day });
    await refused(
      given(formatReference(await image('44.1', 30))),
      /fleet stable: created: 44\.1 is not newer than 44\.3.*Import what nodes run before the first release/,
    );
    await run(given(formatReference(await image('44.4', 5))));
    await refused(given(formatReference(await image('44.5', 6))), /44\.5 is not newer than 44\.4/);
  });

  it('a call without an image', async () => {
    await refused([], /needs at least one --image/);
  });
});
