import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pushStatement } from '../../../src/release/attestations/push-statement.ts';
import { readStatements } from '../../../src/release/attestations/read-statements.ts';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import { nodePolicy } from '../../../src/release/signatures/containers-policy.ts';
import { makeKeyPair, readPrivateKey, readPublicKey } from '../../../src/release/signatures/keys.ts';
import { askNodePolicy } from '../../../src/release/signatures/node-verdict.ts';
import { signImage } from '../../../src/release/signatures/sign-manifests.ts';
import { signerOf } from '../../../src/release/signatures/simple-signing.ts';
import {
  type DigestReference,
  formatReference,
  parseRepository,
} from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';
import { keepForAllTests, temporaryFolder } from '../../support/temporary-folders.ts';
import { unsigned } from '../../support/trust.ts';

// cosign itself, if it was built here: it takes minutes, so only script/cosign --build does that.
const cosign = execFileSync(resolve('script/cosign'), {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
}).trim();

const registry = useRegistry();
const client = testClient();
const [own, stranger] = [makeKeyPair(), makeKeyPair()];
const predicateType = 'https://example.org/predicate/v1';
let folder: string;
let image: DigestReference;
let count = 0;

const run = (...args: string[]) =>
  new Promise<{ exitCode: number; said: string }>((done) => {
    const env = { ...process.env, COSIGN_PASSWORD: '', HOME: folder };
    execFile(cosign, args, { cwd: folder, env }, (error, stdout, stderr) => {
      done({ exitCode: error === null ? 0 : 1, said: `${stdout}${stderr}` });
    });
  });
const plain = ['--allow-http-registry', '--allow-insecure-registry'];

describe('cosign', () => {
  beforeAll(async () => {
    if (cosign === '') return;
    folder = await temporaryFolder();
    keepForAllTests();
    await writeFile(join(folder, 'own.pub'), own.publicKey);
    await writeFile(join(folder, 'stranger.pub'), stranger.publicKey);
    await writeFile(join(folder, 'own.pem'), own.privateKey);
    const imported = await run('import-key-pair', '--key', 'own.pem', '--output-key-prefix', 'imported');
    if (imported.exitCode !== 0) throw new Error(imported.said);
  });
  beforeEach(async ({ skip }) => {
    if (cosign === '') skip('cosign is not built here: it takes minutes (script/cosign --build)');
    count += 1;
    image = await pushSampleImage(client, parseRepository(`${registry.host}/acme/os-${count}`));
  });

  it('verifies our signatures by their key, and by no other', async () => {
    const key = readPublicKey(own.publicKey, 'own.pub');
    const signer = signerOf(readPrivateKey(own.privateKey, { where: 'test' }));
    const keys = [{ file: 'own.pub', key, signer }];
    await signImage(client, { repository: image.repository, digests: [image.digest], keys });
    const verify = (name: string) =>
      run('verify', '--key', name, '--insecure-ignore-tlog', ...plain, formatReference(image));
    expect(await verify('own.pub')).toMatchObject({ exitCode: 0 });
    expect((await verify('stranger.pub')).exitCode).toBe(1);
  });

  it('writes signatures that the policy of our nodes accepts', async () => {
    const policyOf = (pair: typeof own, file: string) =>
      nodePolicy(image.repository, [{ file, key: readPublicKey(pair.publicKey, file) }]);
    expect(await askNodePolicy(client, policyOf(own, 'own.pub'), image)).toMatchObject({ accepted: false });
    const args = [
      '--key',
      'imported.key',
      '--tlog-upload=false',
      '--yes',
      '--new-bundle-format=false',
      ...plain,
    ];
    const { said, exitCode } = await run('sign', ...args, formatReference(image));
    expect(exitCode, said).toBe(0);
    expect(await askNodePolicy(client, policyOf(own, 'own.pub'), image)).toEqual({ accepted: true });
    expect(await askNodePolicy(client, policyOf(stranger, 's.pub'), image)).toMatchObject({
      accepted: false,
    });
  });

  it('verifies our signed statements by their key, and by no other', async () => {
    const trust = { ...unsigned, signedBy: [{ kind: 'key' as const, file: 'own.pub' }], root: folder };
    const signer = await attestationSigner(trust, { COXSWAIN_EVIDENCE_KEY: own.privateKey });
    const { descriptor: subject } = await client.getManifest(image);
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'os', digest: { sha256: image.digest.slice('sha256:'.length) } }],
      predicateType,
      predicate: { by: 'us' },
    };
    const { repository } = image;
    const text = JSON.stringify(statement);
    await pushStatement(client, { repository, subject, predicateType, statement: text, signer });
    const verify = (name: string) => {
      const how = ['--key', name, '--type', predicateType, '--new-bundle-format', '--insecure-ignore-tlog'];
      // The key decides; cosign wants the public services' keys anyway, and would fetch them.
      const roots = ['--trusted-root', resolve('src/release/attestations/sigstore-public-root.json')];
      return run('verify-attestation', ...how, ...roots, ...plain, formatReference(image));
    };
    const verified = await verify('own.pub');
    expect(verified.exitCode, verified.said).toBe(0);
    expect((await verify('stranger.pub')).exitCode).toBe(1);
  });

  it('attaches statements that count by its key, and by no other', async () => {
    await writeFile(join(folder, 'predicate.json'), '{"by":"cosign"}');
    const how = ['--key', 'imported.key', '--tlog-upload=false', '--new-bundle-format', '--yes'];
    const what = ['--predicate', 'predicate.json', '--type', predicateType];
    const attested = await run('attest', ...how, ...what, ...plain, formatReference(image));
    expect(attested.exitCode, attested.said).toBe(0);
    const trust = (file: string) => ({
      ...unsigned,
      signedBy: [{ kind: 'key' as const, file }],
      root: folder,
    });
    expect(await readStatements(client, image, predicateType, trust('own.pub'))).toEqual([
      { predicate: { by: 'cosign' }, signedBy: 'own.pub' },
    ]);
    expect(await readStatements(client, image, predicateType, trust('stranger.pub'))).toEqual([
      { predicate: { by: 'cosign' }, refused: 'it is not signed by stranger.pub' },
    ]);
  });
});
