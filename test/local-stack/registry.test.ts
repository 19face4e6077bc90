import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { passingEvidence, pushEvidence } from '../../src/release/evidence/store.ts';
import { copyArtifact } from '../../src/world/registry/artifact.ts';
import { fallbackTag, type RegistryClient } from '../../src/world/registry/client.ts';
import { copyImage } from '../../src/world/registry/copy.ts';
import { readImage } from '../../src/world/registry/image.ts';
import { isIndex, parseManifest } from '../../src/world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type DigestReference,
  digestOf,
  formatReference,
  formatRepository,
  parseRepository,
  type Repository,
} from '../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../support/registry.ts';
import { unsigned } from '../support/trust.ts';

// Our client against other clients: what one pushes, the other must be able to read.

const registry = useRegistry();
const another = useRegistry();
let client: RegistryClient;
let test: Repository;
let production: Repository;
beforeAll(() => {
  client = testClient();
  test = parseRepository(`${registry.host}/acme/os-test`);
  production = parseRepository(`${registry.host}/acme/os`);
});

async function skopeoRaw(reference: string): Promise<Buffer> {
  const { stdout } = await exec('skopeo', [
    'inspect',
    '--raw',
    '--tls-verify=false',
    `docker://${reference}`,
  ]);
  return Buffer.from(stdout);
}

/** Builds a small image with buildah, in a storage of its own, and pushes it. */
async function pushWithBuildah(tag: string): Promise<DigestReference> {
  return withTemporaryFolder('test-buildah', async (folder) => {
    const storage = join(folder, 'storage.conf');
    const settings = `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`;
    await writeFile(storage, settings);
    await writeFile(join(folder, 'payload'), `content of ${tag}`);
    await writeFile(
      join(folder, 'Containerfile'),
      'FROM scratch\nCOPY payload /payload\nLABEL com.coreos.stream=stable\n',
    );
    const env = { CONTAINERS_STORAGE_CONF: storage };
    const name = formatReference(atTag(test, tag));
    await exec('buildah', ['build', '--timestamp', '1784642400', '-t', name, folder], { env });
    await exec('buildah', ['push', '--tls-verify=false', name], { env });
    const descriptor = await client.resolve(atTag(test, tag));
    if (descriptor === undefined) throw new Error('buildah pushed nothing');
    return atDigest(test, descriptor.digest);
  });
}

describe('an image pushed by us', () => {
  it('is read by skopeo, digest, labels and layers', async () => {
    const labels = { 'com.coreos.stream': 'stable', 'org.opencontainers.image.version': '44.1-abc' };
    const pushed = await pushSampleImage(client, test, { tag: 'ours', labels });
    const { stdout } = await exec('skopeo', [
      'inspect',
      '--tls-verify=false',
      `docker://${formatRepository(test)}:ours`,
    ]);
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({ Digest: pushed.digest, Labels: labels, Architecture: 'amd64', Os: 'linux' });
    expect(seen.Layers).toHaveLength(2);
  });
});

describe('an image pushed by buildah', () => {
  it('is promoted byte for byte, with 2 requests and one for each blob', async () => {
    const pushed = await pushWithBuildah('built');
    const original = await skopeoRaw(formatReference(pushed));
    const parsed = parseManifest(original, 'the original');
    if (isIndex(parsed.json)) throw new Error('buildah pushed an index');

    const promoting = testClient();
    const report = await copyImage(promoting, { from: pushed, to: production, tags: [] });
    const blobs = 1 + parsed.json.layers.length;
    expect(report.mounted).toBe(blobs);
    expect(promoting.counters.requests).toBe(2 + blobs);

    const promoted = await skopeoRaw(formatReference(atDigest(production, pushed.digest)));
    expect(promoted.equals(original)).toBe(true);
    expect(digestOf(promoted)).toBe(pushed.digest);
    const image = await readImage(client, atDigest(production, pushed.digest), 'x86_64');
    expect(image.config).toMatchObject({
      created: '2026-07-21T14:00:00Z',
      labels: { 'com.coreos.stream': 'stable' },
    });
  });

  it('is copied whole to another registry, where skopeo can fetch all of it', async () => {
    const pushed = await pushWithBuildah('elsewhere');
    const to = parseRepository(`${another.host}/acme/os`);
    await copyImage(client, { from: pushed, to, tags: ['stable'] });
    await withTemporaryFolder('test-skopeo', async (folder) => {
      await exec('skopeo', [
        'copy',
        '--insecure-policy',
        '--src-tls-verify=false',
        '--preserve-digests',
        `docker://${formatReference(atTag(to, 'stable'))}`,
        `dir:${folder}/copy`,
      ]);
    });
  });
});

describe('evidence', () => {
  it('is found through the fallback tag, which skopeo reads too, and travels with the image', async () => {
    const pushed = await pushWithBuildah('tested');
    const { descriptor } = await client.getManifest(pushed);
    const testsTree = 'd'.repeat(40);
    const evidence = await pushEvidence(client, test, descriptor, {
      subject: { repository: formatRepository(test), digest: pushed.digest },
      result: 'PASSED',
      testsTree,
      tests: [],
      kernel: '6.1',
      architecture: 'x86_64',
      accelerator: 'tcg',
      startedAt: 1_784_642_400,
      seconds: 3,
    });
    const list = JSON.parse(
      (await skopeoRaw(formatReference(atTag(test, fallbackTag(pushed.digest))))).toString(),
    );
    expect(list.manifests).toEqual([
      expect.objectContaining({ digest: evidence.digest, artifactType: 'application/vnd.in-toto+json' }),
    ]);
    await copyImage(client, { from: pushed, to: production, tags: [] });
    await copyArtifact(client, { from: atDigest(test, evidence.digest), to: production });
    const found = await passingEvidence(
      testClient(),
      atDigest(production, pushed.digest),
      testsTree,
      unsigned,
    );
    expect(found?.descriptor.digest).toBe(evidence.digest);
  });
});
