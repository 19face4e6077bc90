import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import type { EvidenceSigner } from '../../../src/project/configuration/config.ts';
import { openBundle } from '../../../src/release/attestations/bundle.ts';
import { keepAtForge } from '../../../src/release/attestations/keep-at-forge.ts';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import type { Trust } from '../../../src/release/attestations/trust.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import { type RunClaims, type Sigstore, startSigstore } from '../../support/sigstore.ts';

// Fulcio and Rekor are those of @sigstore/mock, on loopback.

const statement = JSON.stringify({
  _type: 'https://in-toto.io/Statement/v1',
  predicate: { result: 'PASSED' },
});
const [own, other] = [makeKeyPair(), makeKeyPair()];
const run: RunClaims = {
  repository: 'acme/os',
  workflow: 'acme/os/.github/workflows/build.yml@refs/pull/7/merge',
  ref: 'refs/pull/7/merge',
};
const workflow: EvidenceSigner = {
  kind: 'workflow',
  repository: 'acme/os',
  workflow: 'acme/os/.github/workflows/build.yml',
  refs: ['refs/heads/testing', 'refs/pull/*/merge'],
};
let root: string;
let sigstore: Sigstore;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'coxswain-test-trust-'));
  sigstore = await startSigstore();
  await mkdir(join(root, 'keys'));
  await writeFile(join(root, 'keys/own.pub'), own.publicKey);
  await writeFile(join(root, 'keys/other.pub'), other.publicKey);
  await writeFile(join(root, 'keys/root.json'), JSON.stringify(sigstore.trustedRoot));
});
afterAll(async () => {
  await sigstore.close();
  await rm(root, { recursive: true, force: true });
});

const key = (file: string): EvidenceSigner => ({ kind: 'key', file });
function trust(...signedBy: EvidenceSigner[]): Trust {
  return {
    root,
    signedBy,
    sigstore: { fulcio: sigstore.url, rekor: sigstore.url, trustedRoot: 'keys/root.json' },
  };
}

async function signBy(signer: EvidenceSigner, env: NodeJS.ProcessEnv): Promise<Uint8Array> {
  const found = await attestationSigner(trust(signer), env);
  return (await found?.sign(statement)) ?? new Uint8Array();
}
const byKey = () => signBy(key('keys/own.pub'), { COXSWAIN_EVIDENCE_KEY: own.privateKey });
const byRun = (claims: Partial<RunClaims> = {}) => signBy(workflow, sigstore.runAs({ ...run, ...claims }));

/** The parts of a bundle that are forged here. */
interface Written {
  readonly dsseEnvelope: object;
  readonly verificationMaterial: {
    readonly publicKey: object;
    readonly tlogEntries: readonly [{ readonly canonicalizedBody: string }];
  };
}
function edited(bytes: Uint8Array, edit: (bundle: Written) => void): Uint8Array {
  const bundle = JSON.parse(Buffer.from(bytes).toString()) as Written;
  edit(bundle);
  return Buffer.from(JSON.stringify(bundle));
}
const forged = Buffer.from(statement.replace('PASSED', 'FAILED')).toString('base64');

describe('a bundle that is signed by a key', () => {
  it('counts if the configuration names the key, and says who signed', async () => {
    expect(await openBundle(await byKey(), trust(key('keys/own.pub')))).toEqual({
      statement: JSON.parse(statement),
      signedBy: 'keys/own.pub',
    });
  });

  it('counts by any of several keys, for the time of a change of keys', async () => {
    const both = trust(key('keys/other.pub'), key('keys/own.pub'));
    expect(await openBundle(await byKey(), both)).toMatchObject({ signedBy: 'keys/own.pub' });
  });

  it('counts without a check if nobody in particular has to sign', async () => {
    expect(await openBundle(await byKey(), trust())).toEqual({ statement: JSON.parse(statement) });
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    [
      'whose statement was changed',
      (bytes) => edited(bytes, ({ dsseEnvelope }) => Object.assign(dsseEnvelope, { payload: forged })),
      /not signed by keys\/own\.pub/,
    ],
    [
      'whose signature was taken away',
      (bytes) => edited(bytes, ({ dsseEnvelope }) => Object.assign(dsseEnvelope, { signatures: [] })),
      /not a sigstore bundle|not signed/,
    ],
    ['that was cut off', (bytes) => bytes.subarray(0, bytes.length / 2), /not a sigstore bundle/],
    ['that is a web page', () => Buffer.from('<html></html>'), /not a sigstore bundle/],
    [
      'of another payload type',
      (bytes) =>
        edited(bytes, ({ dsseEnvelope }) => Object.assign(dsseEnvelope, { payloadType: 'text/plain' })),
      /does not hold a signed statement/,
    ],
  ])('does not count if it is one %s', async (_, change, reason) => {
    const opened = await openBundle(change(await byKey()), trust(key('keys/own.pub')));
    expect(opened).toMatchObject({ refused: expect.stringMatching(reason) });
    expect(opened).not.toHaveProperty('signedBy');
  });

  it('does not count by another key, whatever its hint says', async () => {
    const stolen = await signBy(key('keys/other.pub'), { COXSWAIN_EVIDENCE_KEY: other.privateKey });
    const hint = JSON.parse(Buffer.from(await byKey()).toString()).verificationMaterial.publicKey.hint;
    const renamed = edited(stolen, ({ verificationMaterial }) =>
      Object.assign(verificationMaterial.publicKey, { hint }),
    );
    expect(await openBundle(renamed, trust(key('keys/own.pub')))).toMatchObject({
      refused: 'it is not signed by keys/own.pub',
    });
  });

  it('does not count if a workflow has to sign', async () => {
    expect(await openBundle(await byKey(), trust(workflow))).toMatchObject({
      refused: 'it is signed by a key, not by a workflow of acme/os',
    });
  });
});

describe('a bundle that a workflow run signed without a key', () => {
  it('counts for the workflow, repository and ref that the configuration names, and is logged', async () => {
    const before = sigstore.logged();
    expect(await openBundle(await byRun(), trust(workflow))).toEqual({
      statement: JSON.parse(statement),
      signedBy: 'acme/os: acme/os/.github/workflows/build.yml',
    });
    expect(sigstore.logged()).toBe(before + 1);
  });

  it.each<[string, Partial<RunClaims>, RegExp]>([
    [
      "a fork's run of the same workflow",
      { repository: 'mallory/os' },
      /run of mallory\/os, not of acme\/os/,
    ],
    [
      'another workflow',
      { workflow: 'acme/os/.github/workflows/other.yml@refs/pull/7/merge' },
      /by the workflow acme\/os\/\.github\/workflows\/other\.yml/,
    ],
    [
      'a workflow of the same name in another repository',
      { workflow: 'mallory/os/.github/workflows/build.yml@refs/heads/main' },
      /by the workflow mallory/,
    ],
    ['another branch', { ref: 'refs/heads/attack' }, /for refs\/heads\/attack, not for refs\/heads\/testing/],
    ['a branch whose name only begins as one that is named', { ref: 'refs/heads/testing/x' }, /not for/],
    ['a tag named like a branch', { ref: 'refs/tags/testing' }, /not for/],
    [
      'another issuer than GitHub',
      { issuer: 'https://gitlab.example' },
      /not known to GitHub, but to https:\/\/gitlab\.example/,
    ],
  ])('does not count by %s', async (_, claims, reason) => {
    expect(await openBundle(await byRun(claims), trust(workflow))).toMatchObject({
      refused: expect.stringMatching(reason),
    });
  });

  it('counts by a reusable workflow of another repository, and only at the ref that is named', async () => {
    const reusable = { ...workflow, workflow: 'acme/ci/.github/workflows/build.yml@refs/tags/v1' };
    const at = (ref: string) => byRun({ workflow: `acme/ci/.github/workflows/build.yml@${ref}` });
    expect(await openBundle(await at('refs/tags/v1'), trust(reusable))).toHaveProperty('signedBy');
    expect(await openBundle(await at('refs/heads/main'), trust(reusable))).toHaveProperty('refused');
    // Who may push tags may make this one, whatever protects v1.
    expect(await openBundle(await at('refs/tags/v1@mine'), trust(reusable))).toHaveProperty('refused');
  });

  it.each<[string, (bundle: Written) => void]>([
    [
      'without its log entry',
      ({ verificationMaterial }) => Object.assign(verificationMaterial, { tlogEntries: [] }),
    ],
    [
      "with another bundle's log entry",
      ({ verificationMaterial }) => {
        const [entry] = verificationMaterial.tlogEntries;
        const body = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString());
        body.spec.payloadHash.value = '0'.repeat(64);
        Object.assign(entry, {
          canonicalizedBody: Buffer.from(JSON.stringify(body)).toString('base64'),
        });
      },
    ],
    [
      'with a log entry from a time when its certificate was not valid',
      ({ verificationMaterial }) => {
        const [entry] = verificationMaterial.tlogEntries;
        Object.assign(entry, { integratedTime: '1700000000' });
      },
    ],
    ['whose statement was changed', ({ dsseEnvelope }) => Object.assign(dsseEnvelope, { payload: forged })],
  ])('does not count %s', async (_, edit) => {
    expect(await openBundle(edited(await byRun(), edit), trust(workflow))).toMatchObject({
      refused: expect.stringMatching(/cannot be verified|not a sigstore bundle/),
    });
  });

  it('does not count if another Sigstore certified it', async () => {
    const stranger = await startSigstore();
    try {
      const there: Trust = { ...trust(workflow), sigstore: { fulcio: stranger.url, rekor: stranger.url } };
      const signer = await attestationSigner(there, stranger.runAs(run));
      const bytes = (await signer?.sign(statement)) as Uint8Array;
      expect(await openBundle(bytes, trust(workflow))).toMatchObject({
        refused: expect.stringMatching(/cannot be verified/),
      });
      // The public instance is the default, and does not know it either.
      expect(await openBundle(bytes, there)).toHaveProperty('refused');
    } finally {
      await stranger.close();
    }
  });

  it.each([-3600, 3600, 86_400 * 400])(
    'counts if the clock of this machine is %d seconds off: the log has the time',
    async (off) => {
      const bytes = await byRun();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off * 1000 });
      try {
        expect(await openBundle(bytes, trust(workflow))).toHaveProperty('signedBy');
      } finally {
        vi.useRealTimers();
      }
    },
  );
});

describe('the signer of evidence', () => {
  it('is nobody without a key and outside of a workflow run', async () => {
    expect(await attestationSigner(trust(workflow), {})).toBeUndefined();
    expect(await attestationSigner(trust(), sigstore.runAs(run))).toBeUndefined();
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    [
      'a key that is not named',
      { COXSWAIN_EVIDENCE_KEY: other.privateKey },
      /would not count.*keys\/own\.pub/,
    ],
    [
      'a truncated key',
      { COXSWAIN_EVIDENCE_KEY: own.privateKey.slice(0, 80) },
      /COXSWAIN_EVIDENCE_KEY: not a private key/,
    ],
    [
      'an encrypted key without its passphrase',
      { COXSWAIN_EVIDENCE_KEY: makeKeyPair('secret').privateKey },
      /passphrase into COXSWAIN_EVIDENCE_PASSPHRASE/,
    ],
  ])('is refused with %s', async (_, env, problem) => {
    await expect(attestationSigner(trust(key('keys/own.pub')), env)).rejects.toThrow(problem);
  });

  it('names a public key that is missing', async () => {
    await expect(attestationSigner(trust(key('keys/none.pub')), {})).rejects.toThrow(
      /keys\/none\.pub.*does not exist/,
    );
  });

  it('is kept by the forge too if a run signs, and only then; a refusal is one line for all of a run', async () => {
    const lines: string[] = [];
    const log = { ...silentLog, info: (line: string) => void lines.push(line) };
    const given: Uint8Array[] = [];
    const sign = async (signer: EvidenceSigner, env: NodeJS.ProcessEnv, answer: string | undefined) => {
      const keep = async (bytes: Uint8Array) => {
        given.push(bytes);
        return answer;
      };
      const attestations = { keep };
      const kept = keepAtForge(await attestationSigner(trust(signer), env), { attestations }, log);
      return [await kept?.sign(statement), await kept?.sign(statement)];
    };
    await sign(key('keys/own.pub'), { COXSWAIN_EVIDENCE_KEY: own.privateKey }, 'nobody runs it');
    expect(given).toEqual([]);
    expect(await sign(workflow, sigstore.runAs(run), undefined)).toEqual(given);
    expect([given.length, lines]).toEqual([2, []]);
    const [first] = await sign(workflow, sigstore.runAs(run), 'the job lacks a permission');
    expect(await openBundle(first as Uint8Array, trust(workflow))).toHaveProperty('signedBy');
    expect(given).toHaveLength(3);
    expect(lines).toEqual([expect.stringMatching(/keeps no attestation.*: the job lacks a permission/)]);
  });

  it('says that GitHub gave no token, without the access token', async () => {
    const env = { ...sigstore.runAs(run), ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'wrong-secret' };
    const failed = signBy(workflow, env);
    await expect(failed).rejects.toThrow(/identity token failed: HTTP 401/);
    await expect(failed).rejects.not.toThrow(/wrong-secret/);
  });
});
