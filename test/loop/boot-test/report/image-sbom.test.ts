import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packTar, type TarEntry } from 'modern-tar';
import { expect, it } from 'vitest';
import { silentLog } from '../../../../src/host/log.ts';
import { withRootFilesystem } from '../../../../src/loop/boot-test/guest/root-filesystem.ts';
import { inRegistry } from '../../../../src/loop/boot-test/image-source.ts';
import { recordContent } from '../../../../src/loop/boot-test/report/image-sbom.ts';
import { attestationSigner } from '../../../../src/release/attestations/sign.ts';
import { trustOf } from '../../../../src/release/attestations/trust.ts';
import { findSbom } from '../../../../src/release/sbom/store.ts';
import { makeKeyPair } from '../../../../src/release/signatures/keys.ts';
import { readImage } from '../../../../src/world/registry/image.ts';
import { createProject } from '../../../support/project.ts';
import { pushSampleImage, useRegistry } from '../../../support/registry.ts';
import { temporaryFolder } from '../../../support/repository.ts';
import { aPackage, databaseBytes } from '../../../support/rpm.ts';

const registry = useRegistry();

function file(name: string, body: Uint8Array | string): TarEntry {
  return { header: { name, size: body.length, type: 'file' }, body };
}

it('attaches an SBOM that names the packages of the base and those that were added, once, and signed', async () => {
  const own = makeKeyPair();
  const project = await createProject(registry.host, {
    fleets: '  testing: {}',
    more: 'evidence: { signed-by: [keys/evidence.pub] }',
    files: { 'keys/evidence.pub': own.publicKey },
  });
  const { client, config } = project;
  const folder = await temporaryFolder();
  const database = async (name: string, packages: readonly string[]) => {
    await mkdir(join(folder, name));
    return databaseBytes(join(folder, name), packages.map(aPackage));
  };
  const release = file('usr/lib/os-release', 'ID=fedora\nVERSION_ID=44\n');
  const below = await packTar([
    release,
    file('usr/share/rpm/rpmdb.sqlite', await database('base', ['bash-5.1-1.fc44', 'kernel-6.1-1'])),
  ]);
  const above = await packTar([
    file(
      'usr/share/rpm/rpmdb.sqlite',
      await database('own', ['bash-5.2-1.fc44', 'kernel-6.1-1', 'htop-3-1']),
    ),
  ]);
  const base = await pushSampleImage(client, config.base.repository, { layers: [below] });
  const reference = await pushSampleImage(client, config.testImage, {
    layers: [below, above],
    labels: { 'org.opencontainers.image.version': '44.1-3f9a1c02' },
    annotations: { 'org.opencontainers.image.base.digest': base.digest },
  });
  const image = await readImage(client, reference, 'x86_64');
  const trust = trustOf(project);
  const signer = await attestationSigner(trust, { COXSWAIN_EVIDENCE_KEY: own.privateKey });
  const record = () =>
    withRootFilesystem(inRegistry(reference), (root) =>
      recordContent(project, { reference, image, root, signer, log: silentLog }),
    );
  await record();
  const attached = await client.referrers(config.testImage, reference.digest);
  // The list of packages, the SBOM as it is, and the signed one.
  expect(attached).toHaveLength(3);
  await record();
  expect(await client.referrers(config.testImage, reference.digest)).toHaveLength(3);
  const sbom = await findSbom(client, reference, trust);
  expect(Object.fromEntries(sbom?.origins ?? [])).toEqual({
    'bash 0:5.2-1.fc44 noarch': 'derived',
    'htop 0:3-1 noarch': 'derived',
    'kernel 0:6.1-1 noarch': 'base',
  });
});
