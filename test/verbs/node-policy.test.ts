import { describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/release/signatures/keys.ts';
import { cli } from '../support/cli.ts';
import { createProject } from '../support/project.ts';

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
});
