import { createPublicKey } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { promoteImage } from '../../../src/loop/promote-image/promote-image.ts';
import { nodePolicyCheck } from '../../../src/operate/doctor/checks/accepted-by-nodes.ts';
import type { ImageSubject, Tools } from '../../../src/operate/doctor/site-check.ts';
import { readFleetStatus } from '../../../src/operate/status/fleet-status.ts';
import { reportFleet } from '../../../src/operate/status/status-text.ts';
import { findFleet } from '../../../src/project/fleets.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import {
  isSigned,
  readSignatures,
  removeSignatures,
  signatureReference,
} from '../../../src/release/signatures/signature-tag.ts';
import type { RegistryClient } from '../../../src/world/registry/client.ts';
import { copyImage } from '../../../src/world/registry/copy.ts';
import {
  atDigest,
  atTag,
  type Digest,
  formatReference,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { buildAndTest } from '../../faults/stage.ts';
import { createProject, publishBase, recordRelease, type TestProject } from '../../support/project.ts';
import { pushSampleImage, useRegistry } from '../../support/registry.ts';

const registry = useRegistry();
const now = 1_785_000_000;
const pair = makeKeyPair();
const env = { COXSWAIN_SIGNING_KEY: pair.privateKey };

let project: TestProject;
let built: Digest;
beforeEach(async () => {
  project = await createProject(registry.host, {
    time: now - 36_000,
    fleets: '  testing: { signing: { keys: [keys/testing.pub] } }',
    files: { 'keys/testing.pub': pair.publicKey },
  });
  await publishBase(project, '44.20260621.3.1');
  built = (await buildAndTest(project)).built.digest;
});

const promote = (options: { env?: NodeJS.ProcessEnv; client?: RegistryClient } = {}) =>
  promoteImage(
    { ...project, client: options.client ?? project.client },
    { fleet: 'testing', now, env: options.env ?? env },
  );
const signed = async (repository: Repository = project.config.image) => {
  const image = { repository, digest: built };
  return isSigned(await readSignatures(project.client, image), image, createPublicKey(pair.publicKey));
};
const tags = () => project.client.listTags(project.config.image);

describe('promotion to a fleet that signs', () => {
  it('signs before any tag names the image, and run again adds nothing', async () => {
    const seen: boolean[] = [];
    const client: RegistryClient = {
      ...project.client,
      putManifest: async (repository, tag, bytes, mediaType) => {
        if (!tag.startsWith('sha256')) seen.push(await signed());
        return project.client.putManifest(repository, tag, bytes, mediaType);
      },
    };
    expect(await promote({ client })).toMatchObject({
      signed: ['keys/testing.pub'],
      signatures: 1,
      acceptedByNodes: 1,
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).not.toContain(false);
    expect(await promote()).toMatchObject({ signatures: 0, changed: false });
  });

  it('writes nothing without the private key, and names what is missing', async () => {
    await expect(promote({ env: {} })).rejects.toThrow(/keys\/testing\.pub.*COXSWAIN_SIGNING_KEY/s);
    expect(await tags()).toEqual([]);
  });

  it('writes nothing with the key of another fleet', async () => {
    const other = { COXSWAIN_SIGNING_KEY: makeKeyPair().privateKey };
    await expect(promote({ env: other })).rejects.toThrow(/1 other private key/);
    expect(await tags()).toEqual([]);
  });

  it('tags nothing if the registry loses the signature', async () => {
    const client: RegistryClient = {
      ...project.client,
      putManifest: async (repository, tag, bytes, mediaType) =>
        tag.endsWith('.sig') ? built : project.client.putManifest(repository, tag, bytes, mediaType),
    };
    await expect(promote({ client })).rejects.toThrow(/does not keep the signature/);
    expect(await tags()).not.toContain('testing');
    expect(await promote()).toMatchObject({ signatures: 1 });
    expect(await signed()).toBe(true);
  });

  it('carries no signature of the test repository to production, and leaves those of others there', async () => {
    const { client, config } = project;
    const stranger = await pushSampleImage(client, config.testImage, { labels: { a: 'stranger' } });
    const tag = `${built.replace(':', '-')}.sig`;
    await copyImage(client, { from: stranger, to: config.testImage, tags: [tag] });
    await promote();
    const there = await client.resolve(signatureReference({ repository: config.image, digest: built }));
    expect(there?.digest).not.toBe(stranger.digest);
    expect(await signed()).toBe(true);
    expect(await client.resolve(atTag(config.testImage, tag))).toBeDefined();
  });
});

describe('the policy of the nodes of a fleet that signs', () => {
  const status = () =>
    readFleetStatus({ ...project, guidance: undefined }, findFleet(project.config, 'testing'), now);
  const check = async () => {
    const payload = formatReference(atDigest(project.config.image, built));
    const image = { node: { payload }, fleet: 'testing', where: 'testing', target: true, current: true };
    return nodePolicyCheck.run(image as ImageSubject, { ...project, now } as unknown as Tools);
  };

  it('is asked by status and doctor, which say if nodes would refuse the release', async () => {
    await promote();
    const version = '44.20260621.3.1-0';
    await recordRelease(project, 'testing', { version, time: now, digest: built });
    expect(reportFleet(await status(), now).facts.join('\n')).toContain(
      `nodes of testing accept ${version} by their policy`,
    );
    expect(await check()).toEqual([]);

    const image = { repository: project.config.image, digest: built };
    expect(await removeSignatures(project.client, image, [createPublicKey(pair.publicKey)])).toBe(1);
    expect(reportFleet(await status(), now).facts.join('\n')).toContain('NODES REFUSE IT');
    expect(await check()).toMatchObject([
      { message: expect.stringMatching(/refuse this image: it has no signature that nodes read/) },
    ]);
  });
});
