import { beforeEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../../src/host/errors.ts';
import { silentLog } from '../../../src/host/log.ts';
import { findReferrer, pushArtifact } from '../../../src/world/registry/artifact.ts';
import {
  createRegistryClient,
  fallbackTag,
  type RegistryClient,
} from '../../../src/world/registry/client.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import { type Digest, digestOf, parseRepository } from '../../../src/world/registry/reference.ts';
import { useNock } from '../../support/nock.ts';

// Answers about referrers of registries other than Debian's, which has no Referrers API.

const host = 'https://registry.example';
const repository = parseRepository('registry.example/acme/os');
const other = parseRepository('registry.example/acme/test');
const subject = {
  mediaType: mediaTypes.ociManifest,
  digest: digestOf('an image'),
  size: 8,
};
const evidence = 'application/vnd.in-toto+json';
const good = {
  mediaType: mediaTypes.ociManifest,
  digest: digestOf('a referrer'),
  size: 10,
  artifactType: evidence,
};
const json = { 'content-type': 'application/json' };
const index = { 'content-type': mediaTypes.ociIndex };
const missing = [404, { errors: [{ code: 'NAME_UNKNOWN' }] }, json] as const;

let client: RegistryClient;
let warnings: string[];

const nock = useNock();
beforeEach(() => {
  warnings = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  client = createRegistryClient({ credentials: async () => undefined, retryDelays: [5, 5], log });
});

function list(...manifests: readonly unknown[]) {
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
}

function api(path = 'acme/os', digest: Digest = subject.digest) {
  return nock(host).get(`/v2/${path}/referrers/${digest}`).query(true);
}

function fallback(path = 'acme/os', digest: Digest = subject.digest) {
  return nock(host).get(`/v2/${path}/manifests/${fallbackTag(digest)}`);
}

function head(path = 'acme/os', digest: Digest = subject.digest) {
  return nock(host).head(`/v2/${path}/manifests/${digest}`);
}

/** The answer to a HEAD of a manifest. */
const exists = (digest: Digest) =>
  [
    200,
    undefined,
    {
      'content-type': mediaTypes.ociManifest,
      'docker-content-digest': digest,
      'content-length': '8',
    },
  ] as const;

describe('the referrers of an image', () => {
  it('come from the fallback tag if the registry has no API, which is asked only once', async () => {
    api().reply(404, '404 page not found\n');
    fallback().twice().reply(200, list(good), index);
    expect(await client.referrers(repository, subject.digest)).toEqual([good]);
    expect(await client.referrers(repository, subject.digest, evidence)).toEqual([good]);
  });

  it('are still asked for by the API after a repository that does not exist', async () => {
    // Neither answer says anything about the registry: a repository that does not exist has no API either.
    api('acme/test')
      .twice()
      .reply(...missing);
    fallback('acme/test').reply(...missing);
    head('acme/test').reply(404, undefined, json);
    expect(await client.referrers(other, subject.digest)).toEqual([]);
    api().reply(200, list(good), index);
    expect(await client.referrers(repository, subject.digest)).toEqual([good]);
  });

  it('are not lost by one false 404', async () => {
    api().reply(...missing);
    fallback().reply(...missing);
    api().reply(200, list(good), index);
    expect(await client.referrers(repository, subject.digest)).toEqual([good]);
  });

  it('are not believed to be none if a registry with the API denies it for an image that exists', async () => {
    api('acme/test').reply(200, list(good), index);
    expect(await client.referrers(other, subject.digest)).toEqual([good]);
    api()
      .twice()
      .reply(...missing);
    fallback().reply(...missing);
    head().reply(...exists(subject.digest));
    await expect(client.referrers(repository, subject.digest)).rejects.toThrow(
      /listing what refers to .* failed: registry\.example has a Referrers API, and does not answer by it/,
    );
  });

  it('come from the fallback tag if the API has none', async () => {
    api().reply(200, list(), index);
    fallback().reply(200, list(good), index);
    expect(await client.referrers(repository, subject.digest)).toEqual([good]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a sha512 digest',
      { ...good, artifactType: 'x/y', digest: `sha512:${'0'.repeat(128)}` },
      /digest: not a sha256 digest/,
    ],
    ['no size', { mediaType: good.mediaType, digest: digestOf('x'), artifactType: 'x/y' }, /size: /],
    ['a numeric annotation', { ...good, artifactType: 'x/y', annotations: { a: 1 } }, /annotations\.a: /],
    [
      'the artifact manifest of old',
      { ...good, artifactType: 'x/y', mediaType: 'application/vnd.oci.artifact.manifest.v1+json' },
      /artifact\.manifest\.v1\+json is not a manifest that we know/,
    ],
    ['no fields at all', 7, /unnamed: .*entry/],
  ])('leave out an entry with %s, with one warning', async (_what, odd, warning) => {
    api().twice().reply(200, list(odd, good), index);
    expect(await client.referrers(repository, subject.digest)).toEqual([good]);
    expect(await client.referrers(repository, subject.digest, evidence)).toEqual([good]);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(warnings[0]).toContain('it is left out');
  });

  it('are what their manifests say if a list has only the type of their empty config, as cosign writes it', async () => {
    const empty = { mediaType: mediaTypes.ociEmpty, digest: digestOf('{}'), size: 2 };
    const annotations = { kind: 'evidence' };
    const artifact = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, artifactType: evidence };
    const bytes = JSON.stringify({ ...artifact, config: empty, layers: [empty], annotations });
    const listed = { ...good, digest: digestOf(bytes), size: bytes.length };
    const byCosign = { ...listed, artifactType: mediaTypes.ociEmpty };
    api().twice().reply(200, list(), index);
    fallback().twice().reply(200, list(byCosign), index);
    nock(host).get(`/v2/acme/os/manifests/${listed.digest}`).reply(200, bytes);
    expect(await client.referrers(repository, subject.digest, evidence)).toEqual([
      { ...listed, annotations },
    ]);
    // Its manifest is read only once.
    expect(await client.referrers(repository, subject.digest, 'text/plain')).toEqual([]);
  });

  it('are refused if one of the wanted type cannot be read: it could be a failed test', async () => {
    api().reply(200, list({ ...good, size: undefined }, good), index);
    await expect(client.referrers(repository, subject.digest, evidence)).rejects.toThrow(
      /this referrer cannot be read \(size: .*Delete it, or attach it again/,
    );
  });
});

describe('an artifact about an image', () => {
  const bytes = 'x';
  function blobs(): void {
    nock(host)
      .head(/\/v2\/acme\/os\/blobs\/sha256:/)
      .twice()
      .reply(200);
  }
  const put = (headers: Record<string, string>) =>
    nock(host)
      .put(/\/v2\/acme\/os\/manifests\/sha256:/)
      .reply(201, '', headers);
  const attach = () =>
    pushArtifact(client, {
      repository,
      artifactType: evidence,
      subject,
      layers: [{ mediaType: evidence, bytes: Buffer.from(bytes) }],
    });

  it('is read back, and needs no fallback tag if the registry lists it', async () => {
    blobs();
    put({ 'oci-subject': subject.digest });
    let pushed: Digest | undefined;
    nock(host)
      .get(/referrers/)
      .reply(200, () => list({ ...good, digest: pushed ?? expectedDigest() }), index);
    const entry = await attach();
    pushed = entry.digest;
    expect(pushed).toBe(expectedDigest());
  });

  it('goes under the fallback tag of a registry that answers OCI-Subject and keeps no list', async () => {
    blobs();
    put({ 'oci-subject': subject.digest });
    // The API does not exist, whatever the answer to the push says.
    nock(host)
      .get(/referrers/)
      .twice()
      .reply(404, '404 page not found\n');
    nock(host)
      .head(`/v2/acme/os/manifests/${subject.digest}`)
      .reply(...exists(subject.digest));
    nock(host)
      .head(`/v2/acme/os/manifests/${expectedDigest()}`)
      .reply(...exists(expectedDigest()));
    let stored: string | undefined;
    fallback()
      .times(4)
      .reply(() => (stored === undefined ? [...missing] : [200, stored, index]));
    nock(host)
      .put(`/v2/acme/os/manifests/${fallbackTag(subject.digest)}`)
      .reply((_uri, body) => {
        stored = typeof body === 'string' ? body : JSON.stringify(body);
        return [201, ''];
      });
    await attach();
    expect(JSON.parse(stored ?? '')).toMatchObject({ manifests: [{ digest: expectedDigest() }] });
  });

  it('keeps entries of the fallback tag that we cannot read', async () => {
    blobs();
    put({});
    nock(host)
      .head(`/v2/acme/os/manifests/${expectedDigest()}`)
      .reply(...exists(expectedDigest()));
    const odd = { mediaType: 'x/y', digest: 'sha512:0' };
    let stored = JSON.stringify(list(odd));
    fallback()
      .times(3)
      .reply(() => [200, stored, index]);
    nock(host)
      .put(`/v2/acme/os/manifests/${fallbackTag(subject.digest)}`)
      .reply((_uri, body) => {
        stored = typeof body === 'string' ? body : JSON.stringify(body);
        return [201, ''];
      });
    await attach();
    expect(JSON.parse(stored)).toMatchObject({ manifests: [odd, { digest: expectedDigest() }] });
  });

  it('that the registry accepted and does not have is an error', async () => {
    blobs();
    put({});
    nock(host).head(`/v2/acme/os/manifests/${expectedDigest()}`).reply(404, undefined, json);
    await expect(attach()).rejects.toThrow(
      /pushing .* failed: the registry accepted it, and does not have it/,
    );
  });

  /** The digest of the manifest that pushArtifact makes from the options above. */
  function expectedDigest(): Digest {
    const empty = { mediaType: mediaTypes.ociEmpty, digest: digestOf('{}'), size: 2 };
    return digestOf(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        artifactType: evidence,
        config: empty,
        layers: [{ mediaType: evidence, digest: digestOf(bytes), size: 1 }],
        subject,
      }),
    );
  }
});

describe('a referrer that is listed', () => {
  const get = () => nock(host).get(`/v2/acme/os/manifests/${good.digest}`);
  const find = () => findReferrer(client, { repository, subject: subject.digest, digest: good.digest });

  it('and that the registry does not have stops the verb', async () => {
    get()
      .twice()
      .reply(...missing);
    api().reply(200, list(good), index);
    fallback().reply(...missing);
    const error: unknown = await find().catch((thrown: unknown) => thrown);
    expect(messageOf(error)).toMatch(
      /registry\.example lists it as a referrer of sha256:\w{12}, and does not have it/,
    );
  });

  it('and deleted since is left out', async () => {
    get()
      .twice()
      .reply(...missing);
    api().reply(200, list(), index);
    fallback().reply(...missing);
    expect(await find()).toBeUndefined();
  });

  it('under a fallback tag, which keeps deleted ones, is left out if two answers agree', async () => {
    get()
      .twice()
      .reply(...missing);
    api().reply(404, '404 page not found\n');
    fallback().twice().reply(200, list(good), index);
    expect(await find()).toBeUndefined();
  });
});

describe('a push to a repository that does not exist', () => {
  it('is the destination’s error, and names it', async () => {
    nock(host)
      .put(/manifests/)
      .reply(...missing);
    await expect(
      client.putManifest(repository, 'x', Buffer.from('{}'), mediaTypes.ociManifest),
    ).rejects.toThrow(
      /registry\.example\/acme\/os:x: registry\.example answered 404 to pushing .*NAME_UNKNOWN.*some registries do not create one/,
    );
  });
});
