import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../../src/project/configuration/config.ts';
import {
  makeKeyPair,
  publicPem,
  readPrivateKey,
  readPublicKey,
} from '../../../src/release/signatures/keys.ts';
import { fleetKeys, signingKeys } from '../../../src/release/signatures/signing-keys.ts';
import {
  isSignedBy,
  payloadOf,
  publicHalf,
  signerOf,
} from '../../../src/release/signatures/simple-signing.ts';
import { digestOf, parseRepository } from '../../../src/world/registry/reference.ts';
import { temporaryFolder } from '../../support/repository.ts';

/** A file as cosign generate-key-pair writes it (go-securesystemslib, encrypted.go). */
function cosignFile(privateKey: string, passphrase: string): string {
  const der = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' });
  const [salt, nonce] = [randomBytes(32), randomBytes(24)];
  const params = { N: 32768, r: 8, p: 1 };
  const key = scryptSync(passphrase, salt, 32, { ...params, maxmem: 128 * 1024 * 1024 });
  const text = JSON.stringify({
    kdf: { name: 'scrypt', params, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(xsalsa20poly1305(key, nonce).encrypt(der)).toString('base64'),
  });
  return `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${Buffer.from(text).toString('base64')}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
}

const { privateKey, publicKey } = makeKeyPair();
const encrypted = makeKeyPair('correct horse');
const where = 'COXSWAIN_SIGNING_KEY';

describe('a private key', () => {
  it.each([
    ['PKCS#8', privateKey, undefined],
    ['SEC1', createPrivateKey(privateKey).export({ type: 'sec1', format: 'pem' }).toString(), undefined],
    ['encrypted PKCS#8', encrypted.privateKey, 'correct horse'],
    ["cosign's own file", cosignFile(privateKey, 'correct horse'), 'correct horse'],
  ])('is read as %s', (_, pem, passphrase) => {
    const key = readPrivateKey(pem, { where, ...(passphrase === undefined ? {} : { passphrase }) });
    expect(key.asymmetricKeyType).toBe('ec');
  });

  it.each([
    ['encrypted, without a passphrase', encrypted.privateKey, undefined, /no passphrase/],
    ['encrypted, with a wrong one', encrypted.privateKey, 'wrong', /does not open/],
    ["cosign's, with a wrong passphrase", cosignFile(privateKey, 'right'), 'wrong', /does not open/],
    ['cut short', privateKey.slice(0, 60), undefined, /not a private key/],
    ['empty of content', '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n-----END', 'x', /is incomplete/],
    ['a public key', publicKey, undefined, /not a private key/],
    [
      'RSA',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      undefined,
      /one kind of key/,
    ],
    [
      'P-384',
      generateKeyPairSync('ec', { namedCurve: 'P-384' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      undefined,
      /one kind of key.*secp384r1.*P-256/s,
    ],
  ])('that is %s is refused, and none of it is in the message', (_, pem, passphrase, message) => {
    const read = () => readPrivateKey(pem, { where, ...(passphrase === undefined ? {} : { passphrase }) });
    expect(read).toThrow(message);
    try {
      read();
    } catch (error) {
      for (const line of pem.split('\n').filter((each) => each.length > 20 && !each.startsWith('---'))) {
        expect(String(error)).not.toContain(line);
      }
    }
  });

  it('that asks for all memory is refused', () => {
    const text = JSON.stringify({
      kdf: { name: 'scrypt', params: { N: 2 ** 40, r: 8, p: 1 }, salt: 'AAAA' },
      cipher: { name: 'nacl/secretbox', nonce: 'AAAA' },
      ciphertext: 'AAAA',
    });
    const pem = `-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n${Buffer.from(text).toString('base64')}\n-----END`;
    expect(() => readPrivateKey(pem, { where, passphrase: 'x' })).toThrow(/form that cosign does not write/);
  });
});

describe('a public key', () => {
  it('is refused if it is a private one, which no repository should have', () => {
    expect(() => readPublicKey(privateKey, 'keys/stable.pub')).toThrow(
      /keys\/stable\.pub.*private key.*Replace it/s,
    );
  });
  it('is refused if it is none', () => {
    expect(() => readPublicKey('hello', 'keys/stable.pub')).toThrow(/not a public key/);
  });
});

describe('a signature', () => {
  it('holds for its payload, its repository and its key, and for no other', async () => {
    const key = createPrivateKey(privateKey);
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (one, other) => {
        const image = { repository: parseRepository('ghcr.io/acme/os'), digest: digestOf(Buffer.from(one)) };
        const payload = payloadOf(image);
        const signature = await signerOf(key)(payload);
        const third = { repository: parseRepository('ghcr.io/acme/os-test'), digest: image.digest };
        expect(isSignedBy(publicHalf(key), payload, signature)).toBe(true);
        expect(isSignedBy(publicHalf(key), payloadOf(third), signature)).toBe(false);
        expect(isSignedBy(createPublicKey(encrypted.publicKey), payload, signature)).toBe(false);
        expect(isSignedBy(publicHalf(key), payload, other)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});

describe("a fleet's keys", () => {
  async function fleet(signing: Fleet['signing']) {
    const root = await temporaryFolder();
    await writeFile(join(root, 'stable.pub'), publicKey);
    await writeFile(join(root, 'next.pub'), encrypted.publicKey);
    return { root, fleet: { name: 'stable', signing } as Fleet };
  }

  it('sign until their day, and no longer', async () => {
    const { root, fleet: stable } = await fleet([{ file: 'stable.pub', until: 1000 }, { file: 'next.pub' }]);
    expect((await fleetKeys(root, stable, 999)).map(({ file }) => file)).toEqual(['stable.pub', 'next.pub']);
    expect((await fleetKeys(root, stable, 1000)).map(({ file }) => file)).toEqual(['next.pub']);
  });

  it('need their private halves: the error names the public key that has none', async () => {
    const { root, fleet: stable } = await fleet([{ file: 'stable.pub' }, { file: 'next.pub' }]);
    const keys = await fleetKeys(root, stable, 0);
    const env = { COXSWAIN_SIGNING_KEY: privateKey };
    await expect(signingKeys(keys, { fleet: 'stable', env })).rejects.toThrow(
      /next\.pub.*1 other private key/s,
    );
  });

  it('are found among several private keys, from a variable and a file, encrypted or not', async () => {
    const { root, fleet: stable } = await fleet([{ file: 'stable.pub' }, { file: 'next.pub' }]);
    const keys = await fleetKeys(root, stable, 0);
    await writeFile(join(root, 'secret'), encrypted.privateKey);
    const env = {
      COXSWAIN_SIGNING_KEY: `${makeKeyPair().privateKey}\n${privateKey}`,
      COXSWAIN_SIGNING_KEY_FILE: join(root, 'secret'),
      COXSWAIN_SIGNING_PASSPHRASE: 'correct horse',
    };
    const signing = await signingKeys(keys, { fleet: 'stable', env });
    const payload = Buffer.from('payload');
    for (const { key, signer } of signing) expect(isSignedBy(key, payload, await signer(payload))).toBe(true);
  });

  it('that the configuration names and nobody committed are an error', async () => {
    const { root, fleet: stable } = await fleet([{ file: 'lost.pub' }]);
    await expect(fleetKeys(root, stable, 0)).rejects.toThrow(/lost\.pub.*does not exist/s);
  });

  it('may be with a program, which gets the payload and never our keys', async () => {
    const { root, fleet: stable } = await fleet([{ file: 'stable.pub' }]);
    await writeFile(join(root, 'key.pem'), privateKey);
    const script = `#!/bin/sh\n[ -z "$COXSWAIN_SIGNING_KEY$COXSWAIN_SIGNING_PASSPHRASE" ] || exit 9\nexec openssl dgst -sha256 -sign ${root}/key.pem\n`;
    await writeFile(join(root, 'kms'), script, { mode: 0o755 });
    const env = {
      PATH: process.env.PATH,
      COXSWAIN_SIGNING_KEY: makeKeyPair().privateKey,
      COXSWAIN_SIGNING_COMMAND: join(root, 'kms'),
    };
    const [signing] = await signingKeys(await fleetKeys(root, stable, 0), { fleet: 'stable', env });
    const payload = Buffer.from('payload');
    expect(isSignedBy(createPublicKey(publicKey), payload, (await signing?.signer(payload)) ?? '')).toBe(
      true,
    );
    expect(publicPem(createPublicKey(publicKey))).toBe(publicKey);
  });

  it.each([
    ['cannot be found', '/no/such/program', /cannot be found/],
    ['fails', 'false', /exit code 1/],
    ['says nothing', 'true', /wrote 0 bytes/],
    ['never stops talking', 'yes', /signature|ended/],
  ])('and a program that %s is one error', async (_, command, message) => {
    const { root, fleet: stable } = await fleet([{ file: 'stable.pub' }]);
    const env = { PATH: process.env.PATH, COXSWAIN_SIGNING_COMMAND: command };
    const [signing] = await signingKeys(await fleetKeys(root, stable, 0), { fleet: 'stable', env });
    await expect(signing?.signer(Buffer.from('payload'))).rejects.toThrow(message);
  });
});
