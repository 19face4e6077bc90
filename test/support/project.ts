import type { Context } from '../../src/cli/verb.ts';
import { addUpdate, type UpdateEntry } from '../../src/guidance/metadata.ts';
import { addRelease, type Release } from '../../src/guidance/releases.ts';
import { type Log, silentLog } from '../../src/host/log.ts';
import { type Config, parseConfig } from '../../src/project/configuration/config.ts';
import { buildKeyAnnotation, revisionAnnotation } from '../../src/release/candidate/build-key.ts';
import { type Candidate, readCandidate } from '../../src/release/candidate/candidate.ts';
import { pushEvidence } from '../../src/release/evidence/store.ts';
import { openState, type ReleaseRecord, type State } from '../../src/release/state/state.ts';
import type { ReadUpstream } from '../../src/release/upstream/guidance.ts';
import type { Forge } from '../../src/world/forge/forge.ts';
import { openGitForge } from '../../src/world/forge/git/git-forge.ts';
import type { Git } from '../../src/world/git/git.ts';
import { type Architecture, goArchitecture } from '../../src/world/registry/architecture.ts';
import type { RegistryClient } from '../../src/world/registry/client.ts';
import { copyImage } from '../../src/world/registry/copy.ts';
import { type Descriptor, mediaTypes } from '../../src/world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  digestOf,
  formatReference,
  formatRepository,
  type Repository,
} from '../../src/world/registry/reference.ts';
import { pushSampleImage, testClient } from './registry.ts';
import { commitFiles, createRepository } from './repository.ts';

export interface TestProject {
  readonly root: string;
  readonly git: Git;
  readonly config: Config;
  readonly forge: Forge;
  readonly state: State;
  readonly client: RegistryClient;
  readonly log: Log;
  readonly base: Repository;
  /** The base has no guidance. */
  readonly readUpstream: ReadUpstream;
}

let projects = 0;

/** The small base image of the tests has none, on purpose. */
const withoutSystemd = 'boot-test: { init: any }';

/**
 * A user's repository with the branches testing (checked out) and stable, and its images in a real registry, in
 * repositories of its own. The base has no build yet.
 * @param options.more added to coxswain.yaml
 * @param options.fleets instead of testing and stable with a soak time of 48 hours; each gets its branch
 */
export async function createProject(
  host: string,
  options: {
    readonly more?: string;
    /** Instead of the rings early and late. */
    readonly rings?: string;
    readonly fleets?: string;
    readonly containerfile?: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly time?: number;
  } = {},
): Promise<TestProject> {
  projects += 1;
  const name = `${host}/project-${projects}`;
  const yaml = `image: ${name}/os
base: ${name}/fcos:stable
fleets:
${options.fleets ?? '  testing: {}\n  stable: { promote-from: testing, soak: 48h }'}
${options.rings ?? 'rings: { early: 0.1, late: 1.0 }'}
${options.more?.includes('boot-test:') === true ? '' : withoutSystemd}
${options.more ?? ''}`;
  const config = parseConfig(yaml, 'coxswain.yaml');
  const git = await createRepository({ branch: 'testing' });
  await commitFiles(
    git,
    {
      'coxswain.yaml': yaml,
      Containerfile: options.containerfile ?? `FROM ${name}/fcos:stable\nRUN true\n`,
      'rollouts/testing.json.hbs': template('now', '24h'),
      ...Object.fromEntries(
        Object.values(config.fleets)
          .filter(({ name: fleet }) => fleet !== 'testing')
          .map((fleet) => [fleet.template, template('+1h', '48h')]),
      ),
      'tests/10-boots.sh': '#!/bin/sh\n',
      ...options.files,
    },
    { message: 'Start', ...(options.time === undefined ? {} : { time: options.time }) },
  );
  for (const { branch } of Object.values(config.fleets)) {
    if (branch !== 'testing') await git.run(['branch', branch]);
  }
  const forge = await openGitForge(git.directory);
  return {
    root: git.directory,
    git,
    config,
    forge,
    state: openState(forge.branches, config),
    client: testClient(),
    log: silentLog,
    base: config.base.repository,
    readUpstream: async () => undefined,
  };
}

export function template(start: string, duration: string): string {
  return `{
  "version": "{{version}}",
  "metadata": {
    "rollout": { "start_epoch": {{start "${start}"}}, "start_percentage": 0.0, "duration_minutes": {{minutes "${duration}"}} }
  }
}
`;
}

/** Publishes a build of the base under the stream tag, and under its version. */
export async function publishBase(
  { client, base }: TestProject,
  version: string,
  options: {
    readonly versionTag?: boolean;
    readonly created?: string;
    readonly labels?: Record<string, string>;
    /** Default: random bytes, which no program can unpack. */
    readonly layers?: readonly Uint8Array[];
  } = {},
): Promise<string> {
  const { digest } = await pushSampleImage(client, base, {
    tag: 'stable',
    ...(options.layers === undefined ? {} : { layers: options.layers }),
    created: options.created ?? '2026-07-07T12:00:00Z',
    labels: options.labels ?? { 'org.opencontainers.image.version': version, 'com.coreos.stream': 'stable' },
  });
  if (options.versionTag !== false) {
    const { bytes, descriptor } = await client.getManifest({ kind: 'digest', repository: base, digest });
    await client.putManifest(base, version, bytes, descriptor.mediaType);
  }
  return digest;
}

/** The context of a verb: without a log, at a given time. @param now UNIX seconds */
export function contextAt(now: number): Context {
  return { log: silentLog, env: {}, now: () => now };
}

/** What build-image writes on every image that it makes. */
export function buildAnnotations(
  candidate: Pick<Candidate, 'key' | 'version'> & { readonly commit?: string },
): Readonly<Record<string, string>> {
  const { key, version, commit } = candidate;
  return {
    [buildKeyAnnotation]: key,
    'org.opencontainers.image.version': version,
    ...(commit === undefined ? {} : { [revisionAnnotation]: commit }),
  };
}

/** Does what build-image, boot-test and promote-image would leave behind for a fleet's branch, at less cost. */
export async function promote(
  project: TestProject,
  branch: string,
  options: {
    readonly created?: string;
    readonly labels?: Readonly<Record<string, string>>;
    /** null: no evidence. */
    readonly result?: 'PASSED' | 'FAILED' | null;
  } = {},
): Promise<{ readonly candidate: Candidate; readonly image: DigestReference }> {
  const { git, config, client } = project;
  const candidate = await readCandidate({ git, config, client, commit: branch });
  const image = await pushSampleImage(client, config.image, {
    tag: candidate.version,
    created: options.created ?? new Date(candidate.committedAt * 1000).toISOString(),
    labels: options.labels ?? {
      'org.opencontainers.image.version': candidate.version,
      'com.coreos.stream': config.stream,
    },
    annotations: buildAnnotations(candidate),
  });
  if (options.result !== null) await prove(project, candidate, image, options.result ?? 'PASSED');
  return { candidate, image };
}

/** What build-image, boot-test and promote-image leave behind for the tip of a branch: a tested image in both repositories. */
export async function promoteTested(project: TestProject, branch: string): Promise<DigestReference> {
  const { client, config, git } = project;
  const { image } = await promote(project, branch);
  const candidate = await readCandidate({ git, config, client, commit: branch });
  await copyImage(client, { from: image, to: config.testImage, tags: [candidate.tag] });
  await prove(project, candidate, atDigest(config.testImage, image.digest), 'PASSED');
  return image;
}

/** The same for an index over x86_64 and aarch64, tested as such. */
export async function promoteIndex(project: TestProject, branch: string) {
  const { git, config, client } = project;
  const candidate = await readCandidate({ git, config, client, commit: branch });
  const manifests: Descriptor[] = [];
  const images: Record<string, string> = {};
  for (const architecture of ['x86_64', 'aarch64'] as const) {
    const image = await pushSampleImage(client, config.image, {
      architecture: goArchitecture(architecture),
      created: new Date(candidate.committedAt * 1000).toISOString(),
      labels: {
        'org.opencontainers.image.version': candidate.version,
        'com.coreos.stream': config.stream,
      },
      annotations: buildAnnotations(candidate),
    });
    const { descriptor } = await client.getManifest(image);
    manifests.push({ ...descriptor, platform: { architecture: goArchitecture(architecture), os: 'linux' } });
    images[architecture] = image.digest;
  }
  const index = await client.putManifest(
    config.image,
    candidate.version,
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests })),
    mediaTypes.ociIndex,
  );
  for (const architecture of ['x86_64', 'aarch64'] as const) {
    await prove(project, candidate, atDigest(config.image, index), 'PASSED', undefined, architecture);
  }
  return { candidate, images, index };
}

/**
 * Records a release of a fleet as start-rollout would, without any check. By default its image was made, and its
 * rollout of a day starts, at `time`.
 */
export async function recordRelease(
  { state, config }: TestProject,
  fleet: string,
  options: {
    readonly version: string;
    /** UNIX seconds. */
    readonly time: number;
    readonly digest?: Digest;
    /** null: no entry. */
    readonly metadata?: UpdateEntry['metadata'] | null;
    readonly record?: Partial<ReleaseRecord>;
    readonly evidence?: boolean;
  },
): Promise<void> {
  const { version, time, digest = digestOf(version) } = options;
  const { metadata = { rollout: { start_epoch: time, start_percentage: 0, duration_minutes: 1440 } } } =
    options;
  const digestRef = formatReference(atDigest(config.image, digest));
  const release: Release = {
    version,
    metadata: '',
    'oci-images': [
      {
        architecture: 'x86_64',
        image: formatReference(atTag(config.image, config.stream)),
        'digest-ref': digestRef,
      },
    ],
  };
  const record: ReleaseRecord = {
    version,
    fleet,
    commit: '0'.repeat(40),
    buildKey: '0'.repeat(64),
    baseVersion: version.replace(/-.*/, ''),
    created: new Date(time * 1000).toISOString(),
    recordedAt: time,
    rolloutStart: time,
    rolloutEnd: time + 86_400,
    images: [
      {
        architecture: 'x86_64',
        image: formatReference(atTag(config.image, version)),
        digestRef,
        ...(options.evidence === false ? {} : { evidence: digest }),
      },
    ],
    ...options.record,
  };
  await state.changeFleet(fleet, `Release ${version}`, (before) => ({
    ...before,
    releases: addRelease(before.releases, release, time),
    updates: metadata === null ? before.updates : addUpdate(before.updates, { version, metadata }, time),
    records: { ...before.records, [version]: record },
  }));
}

/** Attaches the result of a test to an image, in the repository that it is in. */
export async function prove(
  { client }: TestProject,
  candidate: Candidate,
  image: DigestReference,
  result: 'PASSED' | 'FAILED',
  startedAt = 1_784_000_000,
  architecture: Architecture = 'x86_64',
): Promise<string> {
  const { descriptor } = await client.getManifest(image);
  const evidence = await pushEvidence(client, image.repository, descriptor, {
    subject: { repository: formatRepository(image.repository), digest: image.digest },
    result,
    testsTree: candidate.testsTree,
    tests: [
      { name: '10-boots.sh', result: result === 'PASSED' ? 'passed' : 'failed', seconds: 1, exitCode: 0 },
    ],
    kernel: '6.1.0',
    architecture,
    accelerator: 'tcg',
    startedAt,
    seconds: 3,
  });
  return evidence.digest;
}
