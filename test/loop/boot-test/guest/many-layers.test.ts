import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exec } from '../../../../src/host/exec.ts';
import { withRootFilesystem } from '../../../../src/loop/boot-test/guest/root-filesystem.ts';
import { makeRootImage } from '../../../../src/loop/boot-test/guest/root-image.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

/** An OCI image layout with one image, in which each layer adds a file and writes over the one of the layer below. */
async function imageOf(layers: number): Promise<string> {
  const folder = await temporaryFolder();
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const add = async (content: string | Buffer, mediaType: string) => {
    const digest = sha256(content);
    await writeFile(join(blobs, digest), content);
    return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(content) };
  };
  const type = (name: string) => `application/vnd.oci.image.${name}`;
  const descriptors = [];
  for (let index = 0; index < layers; index += 1) {
    const tree = join(folder, 'tree');
    await mkdir(tree, { recursive: true });
    await writeFile(join(tree, `of-${index}`), String(index));
    await writeFile(join(tree, 'newest'), String(index));
    const tar = join(folder, 'layer.tar');
    await exec('tar', ['--create', '--file', tar, '--directory', tree, `of-${index}`, 'newest']);
    descriptors.push(await add(await readFile(tar), type('layer.v1.tar')));
  }
  const config = await add(
    JSON.stringify({
      ...{ architecture: 'amd64', os: 'linux', config: {} },
      rootfs: { type: 'layers', diff_ids: descriptors.map(({ digest }) => digest) },
    }),
    type('config.v1+json'),
  );
  const manifest = await add(
    JSON.stringify({ schemaVersion: 2, mediaType: type('manifest.v1+json'), config, layers: descriptors }),
    type('manifest.v1+json'),
  );
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const annotations = { 'org.opencontainers.image.ref.name': 'image' };
  await writeFile(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  return `oci:${folder}:image`;
}

describe('an image of many layers', () => {
  it('is read whole: 70 of them, each over the one below', async () => {
    const disk = join(await temporaryFolder(), 'disk');
    const place = await imageOf(70);
    await withRootFilesystem({ name: 'many', place, plainHttp: false }, async (root) => {
      expect(await readFile(join(root, 'newest'), 'utf8')).toBe('69');
      expect(await readFile(join(root, 'of-0'), 'utf8')).toBe('0');
      expect((await makeRootImage(root, disk)).type).toBe('erofs');
    });
    await exec('fsck.erofs', [disk]);
  }, 120_000);
});
