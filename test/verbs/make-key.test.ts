import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPrivateKey, readPublicKey } from '../../src/release/signatures/keys.ts';
import { publicHalf } from '../../src/release/signatures/simple-signing.ts';
import { requireAnswer } from '../support/answers.ts';
import { cli } from '../support/cli.ts';
import { createRepository, temporaryFolder } from '../support/repository.ts';

describe('make-key', () => {
  it('writes a pair that belongs together; only its owner reads the private one', async () => {
    const folder = await temporaryFolder();
    const [pub, key] = [join(folder, 'keys/stable.pub'), join(folder, 'stable.key')];
    const run = await cli(['make-key', '--name', 'stable', '--public', pub, '--private', key], {
      cwd: folder,
    });
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('COXSWAIN_SIGNING_KEY') });
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    const pem = await readFile(key, 'utf8');
    expect(
      publicHalf(readPrivateKey(pem, { where: key })).equals(readPublicKey(await readFile(pub, 'utf8'), pub)),
    ).toBe(true);
    expect(run.stdout + run.stderr).not.toContain(pem.split('\n')[1]);
  });

  it('encrypts the private key by a passphrase from the environment', async () => {
    const folder = await temporaryFolder();
    const [pub, key] = [join(folder, 'a.pub'), join(folder, 'a.key')];
    const { stdout } = await cli(['make-key', '--json', '--public', pub, '--private', key], {
      cwd: folder,
      env: { COXSWAIN_SIGNING_PASSPHRASE: 'correct horse' },
    });
    requireAnswer('make-key', JSON.parse(stdout));
    expect(await readFile(key, 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
  });

  it('overwrites no key', async () => {
    const folder = await temporaryFolder();
    const args = ['make-key', '--public', join(folder, 'a.pub'), '--private', join(folder, 'a.key')];
    await cli(args, { cwd: folder });
    const before = await readFile(join(folder, 'a.key'), 'utf8');
    expect(await cli(args, { cwd: folder })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/--private: this file exists/),
    });
    expect(await readFile(join(folder, 'a.key'), 'utf8')).toBe(before);
  });

  it('writes no private key into a git work tree, and then no public one either', async () => {
    const { directory } = await createRepository();
    const args = ['--public', join(directory, 'a.pub'), '--private', join(directory, 'a.key')];
    expect(await cli(['make-key', ...args], { cwd: directory })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/--private.*git work tree/),
    });
    await expect(stat(join(directory, 'a.pub'))).rejects.toThrow();
  });

  it.each(['../x', 'a/b', '', '-x'])('refuses the name %j', async (name) => {
    const folder = await temporaryFolder();
    const run = await cli(['make-key', `--name=${name}`], { cwd: folder, env: { HOME: folder } });
    // An empty input is one that was left out: the default name is taken.
    expect(run.exitCode).toBe(name === '' ? 0 : 1);
  });
});
