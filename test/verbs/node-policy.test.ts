import { describe, expect, it } from 'vitest';
import { makeKeyPair, readPrivateKey } from '../../src/release/signatures/keys.ts';
import { signImage } from '../../src/release/signatures/sign-manifests.ts';
import { fleetKeys } from '../../src/release/signatures/signing-keys.ts';
import { signerOf } from '../../src/release/signatures/simple-signing.ts';
import { formatRepository } from '../../src/world/registry/reference.ts';
import { cli } from '../support/cli.ts';
import { createProject } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';

// What the policy does on a node is tested in test/release/signatures/nodes.test.ts.
const one = makeKeyPair();
const stage = () =>
  createProject('registry.example', {
    fleets: '  testing: { signing: { keys: [keys/one.pub] } }\n  stable: { promote-from: testing }',
    files: { 'keys/one.pub': one.publicKey },
  });

describe('node-policy', () => {
  it('prints a policy that names the repository and the key', async () => {
    const { git, config } = await stage();
    const run = await cli(['node-policy', '--directory', git.directory, '--fleet', 'testing'], { cwd: '.' });
    const repository = `${config.image.registry}/${config.image.path}`;
    expect(JSON.parse(run.stdout)).toMatchObject({
      transports: {
        docker: {
          [repository]: [
            {
              type: 'sigstoreSigned',
              keyData: Buffer.from(one.publicKey).toString('base64'),
              signedIdentity: { type: 'matchRepository' },
            },
          ],
        },
      },
    });
  });

  it('prints the file for registries.d', async () => {
    const { git } = await stage();
    const run = await cli(
      ['node-policy', '--directory', git.directory, '--fleet', 'testing', '--part', 'registries'],
      { cwd: '.' },
    );
    expect(run.stdout).toMatch(/^docker:\n {2}registry\.example\/.*:\n {4}use-sigstore-attachments: true\n$/);
  });

  it('refuses a fleet without keys, and a part that does not exist', async () => {
    const { git } = await stage();
    const ask = (...args: string[]) =>
      cli(['node-policy', '--directory', git.directory, ...args], { cwd: '.' });
    expect(await ask('--fleet', 'stable')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/fleets\.stable\.signing/),
    });
    expect(await ask('--fleet', 'testing', '--part', 'x')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/policy or registries/),
    });
  });

  const registry = useRegistry();

  it('says whether nodes would accept an image, and ends with exit code 1 if not', async () => {
    const project = await createProject(registry.host, {
      fleets: '  testing: { signing: { keys: [keys/one.pub] } }',
      files: { 'keys/one.pub': one.publicKey },
    });
    const { client, config, root, git } = project;
    const { digest } = await pushSampleImage(client, config.image, {
      tag: 'asked',
      labels: { n: 'asked' },
    });
    const args = ['--fleet', 'testing', '--image', `${formatRepository(config.image)}:asked`];
    const ask = () => cli(['node-policy', '--directory', git.directory, ...args], { cwd: '.' });
    expect(await ask()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(
        /^nodes of testing refuse .*@sha256:.*: it has no signature that nodes read\n$/,
      ),
    });
    const [fleet] = Object.values(config.fleets);
    if (fleet === undefined) throw new Error('the project has a fleet');
    const [key] = await fleetKeys(root, fleet, 0);
    if (key === undefined) throw new Error('the fleet has a key');
    const signer = signerOf(readPrivateKey(one.privateKey, { where: 'test' }));
    await signImage(client, { repository: config.image, digests: [digest], keys: [{ ...key, signer }] });
    expect(await ask()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^nodes of testing accept /),
    });
  });
});
