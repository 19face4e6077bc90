import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMessage, generateKey, readKey, readPrivateKey, sign } from 'openpgp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { fedoraKeys } from '../../../src/release/base-signature/fedora-keys.ts';
import { requireSignedBase } from '../../../src/release/base-signature/verify-base.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import { signImage } from '../../../src/release/signatures/sign-manifests.ts';
import { signerOf } from '../../../src/release/signatures/simple-signing.ts';
import {
  type Digest,
  formatRepository,
  parseRepository,
  type Repository,
} from '../../../src/world/registry/reference.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';

const registry = useRegistry();
const client = testClient();
const hour = 3600_000;
let root: string;
let lookaside: Server;
let address: string;
/** What the lookaside has, by path. */
const files = new Map<string, { readonly status?: number; readonly body: Uint8Array | string }>();
/** A body that never ends, and how much of one was sent. */
const endless = 'endless';
let sent = 0;
let own: { readonly privateKey: string; readonly publicKey: string };
let other: typeof own;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'coxswain-test-base-'));
  const pair = async (name: string, expires = 0) =>
    generateKey({
      userIDs: [{ name, email: `${name}@example.org` }],
      format: 'armored',
      date: new Date(Date.now() - 10 * 24 * hour),
      ...(expires === 0 ? {} : { keyExpirationTime: expires }),
    });
  own = await pair('builder');
  other = await pair('stranger');
  const expired = await pair('expired', 24 * 3600);
  await writeFile(join(root, 'own.asc'), own.publicKey);
  await writeFile(join(root, 'expired.asc'), expired.publicKey);
  await writeFile(join(root, 'expired.key'), expired.privateKey);
  await writeFile(join(root, 'broken.asc'), own.publicKey.slice(0, 200));
  lookaside = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    if (file?.body === endless) {
      response.writeHead(200);
      const more = () => {
        while (response.writable && response.write(Buffer.alloc(16 * 1024))) sent += 16 * 1024;
      };
      response.on('drain', more).on('error', () => {});
      more();
      return;
    }
    response.writeHead(file?.status ?? (file === undefined ? 404 : 200)).end(file?.body ?? 'not found');
  });
  await new Promise<void>((done) => lookaside.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(lookaside.address() as AddressInfo).port}/sig`;
});
afterAll(async () => {
  await new Promise((done) => lookaside.close(done));
  await rm(root, { recursive: true, force: true });
});

let count = 0;
let repository: Repository;
let digest: Digest;
beforeEach(async () => {
  count += 1;
  files.clear();
  repository = parseRepository(`${registry.host}/base-${count}/fcos`);
  ({ digest } = await pushSampleImage(client, repository, { labels: { n: String(count) } }));
});

function verify(rule = `{ lookaside: "${address}", gpg-keys: [own.asc] }`) {
  const yaml = `image: a.example/os\nbase: ${formatRepository(repository)}:stable\nfleets: { testing: {} }\nbase-signature: ${rule}`;
  const config = parseConfig(yaml, 'coxswain.yaml');
  return requireSignedBase({ config, client, root }, { repository, digest });
}

const path = (number = 1, of = digest) =>
  `/sig/${repository.path}@${of.replace(':', '=')}/signature-${number}`;

async function signature(
  options: { key?: string; digest?: string; name?: string; type?: string; date?: Date } = {},
): Promise<Uint8Array> {
  const payload = {
    critical: {
      identity: { 'docker-reference': options.name ?? `${formatRepository(repository)}:stable` },
      image: { 'docker-manifest-digest': options.digest ?? digest },
      type: options.type ?? 'atomic container signature',
    },
    optional: { creator: 'test', timestamp: 0 },
  };
  return sign({
    message: await createMessage({ text: JSON.stringify(payload) }),
    signingKeys: await readPrivateKey({ armoredKey: options.key ?? own.privateKey }),
    format: 'binary',
    ...(options.date === undefined ? {} : { date: options.date }),
  });
}

describe('a base that has to be signed by a GPG key', () => {
  it('is accepted with a signature in the lookaside, and the answer says who signed it', async () => {
    files.set(path(), { body: await signature() });
    expect(await verify()).toMatch(/^builder <builder@example\.org>, key [0-9A-F]{40}$/);
  });

  it('is accepted by its second signature: there is one for each tag', async () => {
    files.set(path(1), { body: await signature({ key: other.privateKey }) });
    files.set(path(2), { body: await signature() });
    expect(await verify()).toContain('builder');
  });

  it.each([-1, 1])('is accepted if the clock of this machine is %d hour off', async (hours) => {
    files.set(path(), { body: await signature({ date: new Date(Date.now() + hours * hour) }) });
    expect(await verify()).toContain('builder');
  });

  it.each<[string, () => Promise<{ status?: number; body: Uint8Array | string }>, RegExp]>([
    ['answers 404', async () => ({ status: 404, body: '' }), /no signature was found at http/],
    ['answers HTML', async () => ({ body: '<html>moved</html>' }), /not an OpenPGP signature/],
    [
      "has another image's signature",
      async () => ({ body: await signature({ digest: `sha256:${'0'.repeat(64)}` }) }),
      /the signature is of another image/,
    ],
    [
      'has a signature for another repository',
      async () => ({ body: await signature({ name: 'quay.io/other/os:stable' }) }),
      /the signature is for quay\.io\/other\/os/,
    ],
    [
      'has a signature by an unknown key',
      async () => ({ body: await signature({ key: other.privateKey }) }),
      /a key that is not named/,
    ],
    [
      'has half a signature',
      async () => ({ body: (await signature()).subarray(0, 90) }),
      /not an OpenPGP signature|not valid/,
    ],
    [
      'has a signature of something else',
      async () => ({ body: await signature({ type: 'a letter' }) }),
      /not a container signature/,
    ],
  ])('is refused if the lookaside %s', async (_, answer, reason) => {
    files.set(path(), await answer());
    await expect(verify()).rejects.toThrow(reason);
    await expect(verify()).rejects.toThrow(/base image does not verify/);
  });

  it('is neither accepted nor refused if the lookaside does not answer', async () => {
    files.set(path(), { status: 503, body: '' });
    await expect(verify()).rejects.toThrow(
      /signature of the base image at .* failed: the server answered 503/,
    );
  });

  it('reads no answer beyond what a signature can have', async () => {
    files.set(path(), { body: endless });
    await expect(verify()).rejects.toThrow(/the answer has more than 65536 bytes/);
    // What the connection holds on its way is sent too.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('is refused by an expired key', async () => {
    const key = await readFile(join(root, 'expired.key'), 'utf8');
    files.set(path(), { body: await signature({ key, date: new Date(Date.now() - 10 * 24 * hour + 1000) }) });
    await expect(verify(`{ lookaside: "${address}", gpg-keys: [expired.asc] }`)).rejects.toThrow(
      /key that has expired/,
    );
  });

  it.each([
    ['missing', 'none.asc', /none\.asc.*does not exist/],
    ['cut off', 'broken.asc', /broken\.asc: not an OpenPGP public key/],
    ['a private one', 'expired.key', /expired\.key: not an OpenPGP public key \(a private key\)/],
  ])('names a key file that is %s', async (_, file, problem) => {
    files.set(path(), { body: await signature() });
    await expect(verify(`{ lookaside: "${address}", gpg-keys: [${file}] }`)).rejects.toThrow(problem);
  });

  it('is accepted with what gpg itself writes', async (context) => {
    const home = await mkdtemp(join(tmpdir(), 'gpg-'));
    const gpg = (args: readonly string[], input?: string) =>
      execFileSync('gpg', ['--batch', '--homedir', home, ...args], {
        ...(input === undefined ? {} : { input }),
        stdio: ['pipe', 'pipe', 'ignore'],
      });
    try {
      gpg(['--passphrase', '', '--quick-generate-key', 'gpg <gpg@example.org>', 'rsa2048', 'sign']);
    } catch {
      await rm(home, { recursive: true, force: true });
      return context.skip('gpg is not here');
    }
    try {
      await writeFile(join(root, 'gpg.asc'), gpg(['--armor', '--export']));
      const payload = JSON.stringify({
        critical: {
          type: 'atomic container signature',
          image: { 'docker-manifest-digest': digest },
          identity: { 'docker-reference': `${formatRepository(repository)}:44` },
        },
        optional: {},
      });
      files.set(path(), { body: gpg(['--sign'], payload) });
      expect(await verify(`{ lookaside: "${address}", gpg-keys: [gpg.asc] }`)).toContain(
        'gpg <gpg@example.org>',
      );
    } finally {
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
      await rm(home, { recursive: true, force: true });
    }
  });
});

describe('a base that has to be signed by a key of cosign', () => {
  it('is accepted by that key, and refused by another', async () => {
    const [pair, stranger] = [makeKeyPair(), makeKeyPair()];
    await writeFile(join(root, 'pair.pub'), pair.publicKey);
    await writeFile(join(root, 'stranger.pub'), stranger.publicKey);
    await expect(verify('{ cosign-keys: [pair.pub] }')).rejects.toThrow(/no signature that nodes read/);
    const key = {
      file: '',
      key: createPublicKey(pair.publicKey),
      signer: signerOf(createPrivateKey(pair.privateKey)),
    };
    await signImage(client, { repository, digests: [digest], keys: [key] });
    expect(await verify('{ cosign-keys: [stranger.pub, pair.pub] }')).toBe('pair.pub');
    await expect(verify('{ cosign-keys: [stranger.pub] }')).rejects.toThrow(
      /signed by other keys.*stranger\.pub/,
    );
  });
});

describe('a base without base-signature', () => {
  const config = (base: string) =>
    parseConfig(`image: a.example/os\nbase: ${base}\nfleets: { testing: {} }`, 'coxswain.yaml').baseSignature;

  it('has to be signed by Fedora if it is Fedora’s own image, and by nobody otherwise', () => {
    expect(config('quay.io/fedora/fedora-coreos:stable')).toMatchObject({ kind: 'gpg' });
    expect(config('ghcr.io/acme/base:stable')).toEqual({ kind: 'none' });
    expect(
      parseConfig(
        'image: a.example/os\nbase: quay.io/fedora/fedora-coreos:stable\nfleets: { testing: {} }\nbase-signature: none',
        'x',
      ).baseSignature,
    ).toEqual({ kind: 'none' });
  });

  it('knows the keys of Fedora by the fingerprints that Fedora publishes', async () => {
    const known = await Promise.all(fedoraKeys.map(({ armored }) => readKey({ armoredKey: armored })));
    expect(known.map((key) => key.getFingerprint())).toEqual([
      'c6e7f081cf80e13146676e88829b606631645531',
      '36f612dcf27f7d1a48a835e4dbfcf71c6d9f90a6',
      '4f50a6114cd5c6976a7f1179655a4b02f577861e',
    ]);
    for (const key of known) await expect(key.verifyPrimaryKey()).resolves.toBeUndefined();
  });
});
