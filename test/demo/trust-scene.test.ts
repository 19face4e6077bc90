import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Scene } from '../../src/demo/scene.ts';
import { createStage } from '../../src/demo/stage.ts';
import { fleetKeyFile, makeFleetKeys, playAcceptance, playRefusal } from '../../src/demo/trust-scene.ts';
import { readConfig } from '../../src/project/configuration/config.ts';
import { readPrivateKey } from '../../src/release/signatures/keys.ts';
import { signImage } from '../../src/release/signatures/sign-manifests.ts';
import { fleetKeys } from '../../src/release/signatures/signing-keys.ts';
import { signerOf } from '../../src/release/signatures/simple-signing.ts';
import { Git } from '../../src/world/git/git.ts';
import { parseRepository } from '../../src/world/registry/reference.ts';
import { cli } from '../support/cli.ts';
import { pushSampleImage, testClient, useRegistry } from '../support/registry.ts';
import { temporaryFolder } from '../support/repository.ts';

const registry = useRegistry();
const client = testClient();

it("shows that nodes of stable refuse testing's release until it is signed for stable", async () => {
  const folder = await temporaryFolder();
  const repository = join(folder, 'os');
  await mkdir(repository);
  const git = new Git(repository);
  await git.run(['init', '--quiet', '--initial-branch', 'testing']);
  const image = `${registry.host}/acme/os`;
  const stage = createStage(new PassThrough().resume() as unknown as NodeJS.WriteStream);
  const scene = {
    ...{ stage, repository, image, place: { folder } },
    coxswain: async (args: readonly string[], { expect: codes = [0] } = {}) => {
      const answer = join(folder, 'answer.json');
      const { exitCode, stderr } = await cli([...args, '--json-file', answer], { cwd: repository });
      expect(codes, stderr).toContain(exitCode);
      return JSON.parse(await readFile(answer, 'utf8')) as unknown;
    },
  } as unknown as Scene;
  const base = `${registry.host}/fedora/fedora-coreos:stable`;
  await scene.coxswain(['init', '--image', image, '--test-image', `${image}-test`, '--base', base]);
  await makeFleetKeys(scene);
  const { digest } = await pushSampleImage(client, parseRepository(image), { tag: 'testing' });
  const sign = async (name: string) => {
    const fleet = (await readConfig(repository)).fleets[name];
    if (fleet === undefined) throw new Error(`init made no fleet ${name}`);
    const [key] = await fleetKeys(repository, fleet, 0);
    if (key === undefined) throw new Error(`fleet ${name} has no key`);
    const signer = signerOf(
      readPrivateKey(await readFile(fleetKeyFile(scene, name), 'utf8'), { where: name }),
    );
    await signImage(client, {
      repository: parseRepository(image),
      digests: [digest],
      keys: [{ ...key, signer }],
    });
  };
  await sign('testing');
  await playRefusal(scene);
  const { bytes, descriptor } = await client.getManifest({
    ...{ kind: 'digest', repository: parseRepository(image), digest },
  });
  await client.putManifest(parseRepository(image), 'stable', bytes, descriptor.mediaType);
  await expect(playAcceptance(scene)).rejects.toThrow();
  await sign('stable');
  await playAcceptance(scene);
  expect(stage.steps.map(({ what }) => what)).toEqual([
    'nodes of stable refuse the release of testing: it is signed by other keys',
    'nodes of stable accept the same digest, signed by the key of stable',
  ]);
});
