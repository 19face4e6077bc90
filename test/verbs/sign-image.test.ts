import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/release/signatures/keys.ts';
import { isSigned, readSignatures } from '../../src/release/signatures/signature-tag.ts';
import { atTag, type Digest } from '../../src/world/registry/reference.ts';
import { cli } from '../support/cli.ts';
import { createProject, recordRelease } from '../support/project.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import { commitFiles } from '../support/repository.ts';

const registry = useRegistry();
const now = 1_785_000_000;

/** A fleet with two releases and two keys in the repository; coxswain.yaml names the first. */
async function stage() {
  const [one, other] = [makeKeyPair(), makeKeyPair()];
  const fleets = '  testing: { signing: { keys: [keys/one.pub] } }';
  const project = await createProject(registry.host, {
    fleets,
    files: { 'keys/one.pub': one.publicKey, 'keys/other.pub': other.publicKey },
  });
  const digests: Digest[] = [];
  for (const version of ['44.1-aaaaaaaa', '44.2-bbbbbbbb']) {
    const { digest } = await pushSampleImage(project.client, project.config.image, { labels: { version } });
    await recordRelease(project, 'testing', { version, time: now, digest, metadata: null });
    digests.push(digest);
  }
  const run = (args: readonly string[], key?: string) =>
    cli(['sign-image', '--directory', project.git.directory, '--fleet', 'testing', ...args], {
      cwd: '.',
      env: key === undefined ? {} : { COXSWAIN_SIGNING_KEY: key },
    });
  const signedBy = async (pem: string) =>
    Promise.all(
      digests.map(async (digest) => {
        const image = { repository: project.config.image, digest };
        return isSigned(await readSignatures(project.client, image), image, createPublicKey(pem));
      }),
    );
  return { project, one, other, run, signedBy, digests, fleets };
}

describe('sign-image', () => {
  it('signs every release of the fleet, and run again adds nothing', async () => {
    const { one, run, signedBy } = await stage();
    expect(await run([], one.privateKey)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/2 signatures added/),
    });
    expect(await signedBy(one.publicKey)).toEqual([true, true]);
    expect(await run([], one.privateKey)).toMatchObject({
      stdout: expect.stringMatching(/0 signatures added/),
    });
  });

  it('signs one release only if asked to, and refuses a version that the fleet never had', async () => {
    const { one, run, signedBy } = await stage();
    await run(['--version', '44.2-bbbbbbbb'], one.privateKey);
    expect(await signedBy(one.publicKey)).toEqual([false, true]);
    expect(await run(['--version', '44.9-cccccccc'], one.privateKey)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/no such release.*44\.9-cccccccc/s),
    });
  });

  it('signs nothing if a needed image does not exist, and skips an old one that was pruned', async () => {
    const { project, one, run, signedBy, digests } = await stage();
    const { config, client } = project;
    const add = async (version: string) => {
      const { digest } = await pushSampleImage(client, config.image, { labels: { version } });
      await recordRelease(project, 'testing', { version, time: now, digest, metadata: null });
      digests.push(digest);
    };
    await client.deleteManifest(config.image, digests[1] as Digest);
    expect(await run([], one.privateKey)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/44\.2-bbbbbbbb.*Nothing was signed/s),
    });
    expect(await signedBy(one.publicKey)).toEqual([false, false]);
    await add('44.3-cccccccc');
    await add('44.4-dddddddd');
    expect(await run([], one.privateKey)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/3 signatures added.*44\.2-bbbbbbbb: not signed/s),
    });
    expect(await run(['--version', '44.2-bbbbbbbb'], one.privateKey)).toMatchObject({ exitCode: 1 });
    expect(await signedBy(one.publicKey)).toEqual([true, false, true, true]);
  });

  it('changes keys: both side by side, then the old one removed', async () => {
    const { project, one, other, run, signedBy, fleets } = await stage();
    await run([], one.privateKey);
    const rewrite = async (keys: string) => {
      const text = await project.git.run(['show', 'testing:coxswain.yaml']);
      await commitFiles(project.git, {
        'coxswain.yaml': `${text.replace(/ {2}testing: .*/, fleets.replace('[keys/one.pub]', keys))}\n`,
      });
    };
    await rewrite('[keys/one.pub, keys/other.pub]');
    expect(await run([], other.privateKey)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/keys\/one\.pub/),
    });
    await run([], `${one.privateKey}${other.privateKey}`);
    expect([await signedBy(one.publicKey), await signedBy(other.publicKey)]).toEqual([
      [true, true],
      [true, true],
    ]);
    const old = join(project.git.directory, 'keys/one.pub');
    expect(await run(['--remove-key', old], `${one.privateKey}${other.privateKey}`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/still signs by this key/),
    });
    await rewrite('[keys/other.pub]');
    await run(['--remove-key', old], other.privateKey);
    expect([await signedBy(one.publicKey), await signedBy(other.publicKey)]).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('says which private key is missing, and writes nothing', async () => {
    const { project, run, digests } = await stage();
    expect(await run([])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/keys\/one\.pub.*no private key.*COXSWAIN_SIGNING_KEY/s),
    });
    const tag = atTag(project.config.image, `${digests[0]?.replace(':', '-')}.sig`);
    expect(await project.client.resolve(tag)).toBeUndefined();
  });

  it('refuses a fleet that names no key, and says how to make one', async () => {
    const project = await createProject(registry.host);
    const run = await cli(['sign-image', '--directory', project.git.directory, '--fleet', 'testing'], {
      cwd: '.',
    });
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/fleets\.testing\.signing.*make-key/s),
    });
  });

  it('refuses a private key in place of a public one', async () => {
    const { project, one, run } = await stage();
    await writeFile(join(project.git.directory, 'keys/one.pub'), one.privateKey);
    expect(await run([], one.privateKey)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/private key/),
    });
  });
});
