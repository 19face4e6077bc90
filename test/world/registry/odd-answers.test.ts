import { createServer } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../../src/host/errors.ts';
import { createRegistryClient, type RegistryClient } from '../../../src/world/registry/client.ts';
import { mediaTypes } from '../../../src/world/registry/manifest.ts';
import { atDigest, atTag, digestOf, parseRepository } from '../../../src/world/registry/reference.ts';
import { useNock } from '../../support/nock.ts';

// Answers that the registry of Debian never gives, but others do.

const host = 'https://registry.example';
const repository = parseRepository('registry.example/acme/os');
const stable = atTag(repository, 'stable');
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: mediaTypes.ociConfig, digest: digestOf('config'), size: 6 },
  layers: [],
});
const digest = digestOf(manifest);
const manifestHeaders = { 'content-type': mediaTypes.ociManifest, 'docker-content-digest': digest };
const password = { kind: 'password', username: 'robot', password: 'a-very-secret-word' } as const;
const basic = `Basic ${Buffer.from('robot:a-very-secret-word').toString('base64')}`;

let client: RegistryClient;
let loggedIn: RegistryClient;
const nock = useNock();
beforeEach(() => {
  client = createRegistryClient({ credentials: async () => undefined, retryDelays: [5, 5] });
  loggedIn = createRegistryClient({ credentials: async () => password, retryDelays: [5, 5] });
});

async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => 'it did not fail',
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? `${error.name}: ${messageOf(error)}` : String(error);
}

function challenge(extra = ''): Record<string, string> {
  return { 'www-authenticate': `Bearer realm="https://auth.example/token",service="a, b"${extra}` };
}

describe('a blob that must exist', () => {
  const bytes = Buffer.from('layer');
  const blob = digestOf(bytes);
  const content = {
    descriptor: { mediaType: 'application/octet-stream', digest: blob, size: bytes.length },
    open: async () => new Blob([bytes]).stream(),
  };
  const query = { mount: blob, from: 'acme/os' };

  it('needs one request if the registry mounts it from the same repository', async () => {
    nock(host).post('/v2/acme/os/blobs/uploads/').query(query).reply(201);
    expect(await client.ensureBlob(repository, content)).toBe('present');
    expect(client.counters.requests).toBe(1);
  });

  it('is sent in the upload that the registry opens if it lacks the blob', async () => {
    nock(host).post('/v2/acme/os/blobs/uploads/').query(query).reply(202, '', { location: '/upload/1' });
    nock(host).put('/upload/1', 'layer').query({ digest: blob }).reply(201);
    expect(await client.ensureBlob(repository, content)).toBe('copied');
    expect(client.counters.requests).toBe(2);
  });

  it('is asked for with HEAD if the registry refuses the mount', async () => {
    nock(host).post('/v2/acme/os/blobs/uploads/').query(query).twice().reply(400, { errors: [] });
    nock(host).head(`/v2/acme/os/blobs/${blob}`).reply(200);
    expect(await client.ensureBlob(repository, content)).toBe('present');
    nock(host)
      .head(`/v2/acme/os/blobs/${blob}`)
      .reply(404, undefined, { 'content-type': 'application/json' });
    nock(host).post('/v2/acme/os/blobs/uploads/').reply(202, '', { location: '/upload/2' });
    nock(host).put('/upload/2', 'layer').query({ digest: blob }).reply(201);
    expect(await client.ensureBlob(repository, content)).toBe('copied');
  });
});

describe('token login', () => {
  it('asks the token endpoint with Basic, and keeps the token for the scope', async () => {
    nock(host)
      .get('/v2/acme/os/manifests/stable')
      .reply(401, {}, challenge(',scope="repository:acme/os:pull"'));
    nock('https://auth.example', { reqheaders: { authorization: basic } })
      .get('/token')
      .query({ service: 'a, b', scope: 'repository:acme/os:pull' })
      .reply(200, { token: 'token-one', expires_in: 300 });
    nock(host, { reqheaders: { authorization: 'Bearer token-one' } })
      .get('/v2/acme/os/manifests/stable')
      .twice()
      .reply(200, manifest, manifestHeaders);
    await loggedIn.getManifest(stable);
    expect((await loggedIn.getManifest(stable)).descriptor.digest).toBe(digest);
    expect(loggedIn.counters.requests).toBe(4);
  });

  it('gets an anonymous token if there is no login', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').reply(401, {}, challenge());
    nock('https://auth.example', { badheaders: ['authorization'] })
      .get('/token')
      .query(true)
      .reply(200, { access_token: 'anyone' });
    nock(host, { reqheaders: { authorization: 'Bearer anyone' } })
      .get('/v2/acme/os/manifests/stable')
      .reply(200, manifest, manifestHeaders);
    await client.getManifest(stable);
  });

  it('exchanges an identity token by POST', async () => {
    const identity = createRegistryClient({
      credentials: async () => ({ kind: 'identity', token: 'refresh-me' }),
      retryDelays: [],
    });
    nock(host).get('/v2/acme/os/manifests/stable').reply(401, {}, challenge());
    nock('https://auth.example')
      .post('/token', {
        grant_type: 'refresh_token',
        refresh_token: 'refresh-me',
        client_id: 'coxswain',
        scope: 'repository:acme/os:pull',
        service: 'a, b',
      })
      .reply(200, { access_token: 'fresh' });
    nock(host, { reqheaders: { authorization: 'Bearer fresh' } })
      .get('/v2/acme/os/manifests/stable')
      .reply(200, manifest, manifestHeaders);
    await identity.getManifest(stable);
  });

  it('asks for another token for pushing, and for both repositories of a mount', async () => {
    nock(host).post('/v2/acme/os/blobs/uploads/').query(true).reply(401, {}, challenge());
    nock('https://auth.example')
      .get('/token')
      .query((query) => {
        expect(query.scope).toEqual(['repository:acme/os:pull,push', 'repository:acme/os-test:pull']);
        return true;
      })
      .reply(200, { token: 'both' });
    nock(host, { reqheaders: { authorization: 'Bearer both' } })
      .post('/v2/acme/os/blobs/uploads/')
      .query({ mount: digest, from: 'acme/os-test' })
      .reply(201);
    expect(
      await loggedIn.mountBlob(repository, digest, parseRepository('registry.example/acme/os-test')),
    ).toBe(true);
  });

  it('replaces a token that is no longer accepted, once', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').reply(401, {}, challenge());
    nock('https://auth.example').get('/token').query(true).reply(200, { token: 'old', expires_in: 3600 });
    nock(host, { reqheaders: { authorization: 'Bearer old' } })
      .get('/v2/acme/os/manifests/stable')
      .reply(200, manifest, manifestHeaders)
      .get('/v2/acme/os/manifests/stable')
      .reply(401, {}, challenge());
    nock('https://auth.example').get('/token').query(true).reply(200, { token: 'new' });
    nock(host, { reqheaders: { authorization: 'Bearer new' } })
      .get('/v2/acme/os/manifests/stable')
      .reply(200, manifest, manifestHeaders)
      .get('/v2/acme/os/manifests/stable')
      .reply(401, {}, challenge(',error="insufficient_scope"'));
    await loggedIn.getManifest(stable);
    await loggedIn.getManifest(stable);
    nock('https://auth.example').get('/token').query(true).reply(200, { token: 'newest' });
    nock(host, { reqheaders: { authorization: 'Bearer newest' } })
      .get('/v2/acme/os/manifests/stable')
      .reply(401, {}, challenge(',error="insufficient_scope"'));
    expect(await failure(loggedIn.getManifest(stable))).toMatch(/InputError: .*unauthorised/);
  });

  it('says that the token endpoint refused', async () => {
    nock(host).head('/v2/acme/os/manifests/stable').reply(401, undefined, challenge());
    nock('https://auth.example')
      .get('/token')
      .query(true)
      .reply(403, { errors: [{ code: 'DENIED' }] });
    expect(await failure(loggedIn.resolve(stable))).toMatch(
      /InputError: registry\.example\/acme\/os: unauthorised: auth\.example answered 403 to the credentials/,
    );
  });

  it.each(['http://auth.example/token', 'http://127.0.0.1:9/token', 'ftp://auth.example/', 'nonsense', ''])(
    'sends nothing to the token endpoint %j',
    async (realm) => {
      nock(host)
        .head('/v2/acme/os/manifests/stable')
        .reply(401, undefined, {
          'www-authenticate': `Bearer realm="${realm}"`,
        });
      expect(await failure(loggedIn.resolve(stable))).toMatch(
        /token endpoint that is not https.*Nothing was sent/,
      );
      expect(loggedIn.counters.requests).toBe(1);
    },
  );

  it('refuses a token endpoint with a user name at once, and does not show it', async () => {
    nock(host).head('/v2/acme/os/manifests/stable').reply(401, undefined, {
      'www-authenticate': 'Bearer realm="https://ada:hidden-word@auth.example/token"',
    });
    const said = await failure(loggedIn.resolve(stable));
    expect(said).toMatch(
      /token endpoint that is not https, or holds a user name .*auth\.example.*Nothing was sent/,
    );
    expect(said).not.toContain('hidden-word');
    expect(loggedIn.counters.requests).toBe(1);
  });

  it('says when a token endpoint answers without a token', async () => {
    nock(host).head('/v2/acme/os/manifests/stable').reply(401, undefined, challenge());
    nock('https://auth.example')
      .get('/token')
      .query(true)
      .reply(200, '<html>', { 'content-type': 'text/html' });
    expect(await failure(loggedIn.resolve(stable))).toMatch(/OutsideError: .*answered without a token/);
  });

  it('does not show a secret that the registry echoes', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').reply(401, {}, { 'www-authenticate': 'Basic realm="x"' });
    nock(host)
      .get('/v2/acme/os/manifests/stable')
      .reply(418, { errors: [{ code: 'ODD', message: `you sent ${basic} (a-very-secret-word)` }] });
    const text = await failure(loggedIn.getManifest(stable));
    expect(text).toMatch(/answered 418: ODD you sent Basic \*\*\* \(\*\*\*\)/);
  });
});

describe('redirects', () => {
  const blob = Buffer.from('layer');

  it('leave the credentials behind when the origin changes, and for good', async () => {
    nock(host).get(/blobs/).reply(401, {}, { 'www-authenticate': 'Basic realm="x"' });
    nock(host, { reqheaders: { authorization: basic } })
      .get(/blobs/)
      .reply(307, '', { location: 'https://cdn.example/signed?signature=s3cret' });
    nock('https://cdn.example', { badheaders: ['authorization'] })
      .get('/signed')
      .query(true)
      .reply(302, '', { location: `${host}/back` });
    nock(host, { badheaders: ['authorization'] })
      .get('/back')
      .reply(200, blob);
    expect(Buffer.from(await loggedIn.getBlob(repository, digestOf(blob)))).toEqual(blob);
  });

  it('keep the credentials on the same origin', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').reply(401, {}, { 'www-authenticate': 'Basic realm="x"' });
    nock(host, { reqheaders: { authorization: basic } })
      .get('/v2/acme/os/manifests/stable')
      .reply(308, '', { location: '/other/path' })
      .get('/other/path')
      .reply(200, manifest, manifestHeaders);
    await loggedIn.getManifest(stable);
  });

  it('to another origin that asks for a login get none', async () => {
    nock(host).get(/blobs/).reply(307, '', { location: 'https://evil.example/x?signature=s3cret' });
    nock('https://evil.example', { badheaders: ['authorization'] })
      .get('/x')
      .query(true)
      .reply(401, {}, { 'www-authenticate': 'Basic realm="give me your password"' });
    const text = await failure(loggedIn.getBlob(repository, digest));
    expect(text).toMatch(/OutsideError: .*evil\.example answered 401/);
    expect(text).not.toContain('s3cret');
  });

  it('to plain http are refused', async () => {
    nock(host).get(/blobs/).reply(307, '', { location: 'http://cdn.example/x' });
    expect(await failure(client.getBlob(repository, digest))).toMatch(
      /redirected to http:\/\/cdn\.example.*not encrypted/,
    );
  });

  it('end if they lead in a circle', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').times(6).reply(307, '', {
      location: '/v2/acme/os/manifests/stable',
    });
    expect(await failure(client.getManifest(stable))).toMatch(/redirected more than 5 times/);
  });
});

describe('retries', () => {
  it('wait for the time in Retry-After', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').reply(429, {}, { 'retry-after': '1' });
    nock(host).get('/v2/acme/os/manifests/stable').reply(200, manifest, manifestHeaders);
    const started = performance.now();
    await client.getManifest(stable);
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it('do not wait for hours', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').reply(429, {}, { 'retry-after': '7200' });
    expect(await failure(client.getManifest(stable))).toMatch(/OutsideError: .*answered 429/);
  });

  it('outlast a few faults of the server, and no more', async () => {
    nock(host).get('/v2/acme/os/manifests/stable').reply(503).get('/v2/acme/os/manifests/stable').reply(502);
    nock(host).get('/v2/acme/os/manifests/stable').reply(200, manifest, manifestHeaders);
    await client.getManifest(stable);
    nock(host)
      .get('/v2/acme/os/manifests/stable')
      .times(3)
      .reply(500, { errors: [{ code: 'UNKNOWN', message: 'disk full' }] });
    expect(await failure(client.getManifest(stable))).toMatch(
      /OutsideError: reading registry\.example\/acme\/os:stable failed: .*500: UNKNOWN disk full.*safe/,
    );
  });

  it('do not follow an answer that is final', async () => {
    nock(host)
      .put('/v2/acme/os/manifests/stable')
      .reply(400, { errors: [{ code: 'MANIFEST_INVALID' }] });
    expect(
      await failure(client.putManifest(repository, 'stable', Buffer.from(manifest), mediaTypes.ociManifest)),
    ).toMatch(/answered 400: MANIFEST_INVALID/);
  });

  it('start a broken upload again in a new session', async () => {
    const content = Buffer.from('layer');
    nock(host).head(/blobs/).reply(404, undefined, { 'content-type': 'application/json' });
    nock(host).post('/v2/acme/os/blobs/uploads/').reply(202, '', { location: '/upload/1?state=a%2Bb' });
    nock(host)
      .put('/upload/1')
      .query({ state: 'a+b', digest: digestOf(content) })
      .reply(502);
    nock(host)
      .post('/v2/acme/os/blobs/uploads/')
      .reply(202, '', { location: `${host}/upload/2` });
    nock(host)
      .put('/upload/2', (body) => {
        expect(body).toBe('layer');
        return true;
      })
      .query({ digest: digestOf(content) })
      .reply(201);
    await client.uploadBlob(repository, content);
  });

  it('read a body again that broke off half-way', async () => {
    nock.enableNetConnect('127.0.0.1');
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(200, { ...manifestHeaders, 'content-length': manifest.length });
      if (asked > 1) response.end(manifest);
      else response.write(manifest.slice(0, 20), () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const local = atTag(parseRepository(`127.0.0.1:${port}/os`), 'stable');
      expect((await client.getManifest(local)).descriptor.digest).toBe(digest);
      expect(asked).toBe(2);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('wrong content', () => {
  it('is refused if the digest is wrong', async () => {
    nock(host)
      .get(/manifests/)
      .reply(200, `${manifest}\n`, { 'content-type': mediaTypes.ociManifest });
    expect(await failure(client.getManifest(atDigest(repository, digest)))).toMatch(
      /OutsideError: .*does not match its digest/,
    );
    nock(host).get('/v2/acme/os/manifests/stable').reply(200, `${manifest}\n`, manifestHeaders);
    expect(await failure(client.getManifest(stable))).toMatch(/does not match its digest/);
    nock(host).get(/blobs/).reply(200, 'other');
    expect(await failure(client.getBlob(repository, digest))).toMatch(/does not match its digest/);
    nock(host)
      .head(/manifests/)
      .reply(200, undefined, {
        ...manifestHeaders,
        'content-length': '5',
        'docker-content-digest': digestOf('other'),
      });
    expect(await failure(client.resolve(atDigest(repository, digest)))).toMatch(/does not match its digest/);
  });

  it.each([
    ['other bytes', 'LAYER', /does not match its digest/],
    ['too few bytes', 'lay', /5 bytes were expected, and 3 came/],
    ['too many bytes', 'layers and layers', /5 bytes were expected, and more than 5 came/],
  ])('of a stream with %s ends it with an error', async (_what, served, message) => {
    nock(host).get(/blobs/).reply(200, served);
    const stream = await client.openBlob(repository, {
      mediaType: 'x/y',
      digest: digestOf('layer'),
      size: 5,
    });
    const read = async () => {
      let text = '';
      for await (const chunk of stream) text += Buffer.from(chunk).toString();
      return text;
    };
    expect(await failure(read())).toMatch(message);
  });

  it('that the registry stored under another digest is reported', async () => {
    nock(host)
      .put(/manifests/)
      .reply(201, '', { 'docker-content-digest': digestOf('other') });
    expect(
      await failure(client.putManifest(repository, 'stable', Buffer.from(manifest), mediaTypes.ociManifest)),
    ).toMatch(/the registry stored sha256:/);
  });
});

describe('manifests', () => {
  it('without a media type are recognised by their fields', async () => {
    const plain = JSON.stringify({ schemaVersion: 2, manifests: [], extra: 'kept' });
    nock(host)
      .get(/manifests/)
      .reply(200, plain, { 'content-type': 'application/json' });
    const index = await client.getManifest(stable);
    expect(index.descriptor.mediaType).toBe(mediaTypes.ociIndex);
    expect(index.json).toMatchObject({ manifests: [], extra: 'kept' });
  });

  it.each([
    ['{"schemaVersion":1,"fsLayers":[]}', /not an image manifest or index/],
    ['[]', /not an image manifest or index/],
    ['{"schemaVersion":2,"config":{},"layers":[]}', /config\.mediaType: not a valid manifest/],
    ['not json', /not JSON/],
  ])('such as %s are refused', async (body, message) => {
    nock(host)
      .get(/manifests/)
      .reply(200, body, { 'content-type': 'application/octet-stream' });
    expect(await failure(client.getManifest(stable))).toMatch(message);
  });

  it('are read with GET if the answer to HEAD has no digest', async () => {
    nock(host)
      .head(/manifests/)
      .reply(200, undefined, { 'content-type': mediaTypes.ociManifest });
    nock(host)
      .get(/manifests/)
      .reply(200, manifest, { 'content-type': mediaTypes.ociManifest });
    expect(await client.resolve(stable)).toEqual({
      mediaType: mediaTypes.ociManifest,
      digest,
      size: manifest.length,
    });
  });
});

describe('a registry that is behind', () => {
  it('is given time to list a blob that was just uploaded', async () => {
    const unknown = { errors: [{ code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry' }] };
    nock(host)
      .put(/manifests/)
      .reply(400, unknown);
    nock(host)
      .put(/manifests/)
      .reply(201);
    const bytes = Buffer.from('{}');
    expect(await client.putManifest(repository, 'stable', bytes, mediaTypes.ociManifest)).toBe(
      digestOf(bytes),
    );
  });
});

describe('a web server that is not a registry', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' };

  it('is not mistaken for a registry without the image', async () => {
    nock(host)
      .head(/manifests/)
      .reply(404, undefined, html);
    nock(host).get('/v2/').reply(404, '<html>', html);
    expect(await failure(client.resolve(stable))).toMatch(
      /InputError: registry\.example: not a registry: \/v2\/ answers 404 with an HTML page/,
    );
  });

  it('is recognised by an HTML page in place of a manifest', async () => {
    nock(host)
      .head(/manifests/)
      .reply(302, '', { location: '/login' });
    nock(host).head('/login').reply(200, undefined, html);
    nock(host)
      .get(/manifests/)
      .reply(200, '<html>', html);
    expect(await failure(client.resolve(stable))).toMatch(/not a registry: it answered with an HTML page/);
  });

  it('is distinguished from a registry with an odd 404', async () => {
    nock(host)
      .head(/manifests/)
      .times(4)
      .reply(404, undefined, html);
    nock(host).get('/v2/').reply(401, {}, challenge());
    expect(await client.resolve(stable)).toBeUndefined();
    expect(await client.resolve(stable)).toBeUndefined();
  });

  // A tag that is believed to be absent is set again: one wrong answer of a balancer would move another fleet's tag.
  it('does not make a tag absent by one answer in place of the registry', async () => {
    const manifest = Buffer.from('{}');
    nock(host)
      .head(/manifests/)
      .reply(404, undefined, html);
    nock(host).get('/v2/').reply(200, {});
    nock(host)
      .head(/manifests/)
      .twice()
      .reply(200, undefined, {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
        'docker-content-digest': digestOf(manifest),
        'content-length': String(manifest.length),
      });
    expect(await client.resolve(stable)).toMatchObject({ digest: digestOf(manifest) });
  });
});

describe('lists', () => {
  it('of tags are read to the last page', async () => {
    nock(host)
      .get('/v2/acme/os/tags/list')
      .reply(200, { tags: ['a', 'b'] }, { link: '</v2/acme/os/tags/list?last=b&n=2>; rel="next"' });
    nock(host).get('/v2/acme/os/tags/list').query({ last: 'b', n: '2' }).reply(200, { tags: null });
    expect(await client.listTags(repository)).toEqual(['a', 'b']);
  });

  it('whose pages lead in a circle end', async () => {
    nock(host)
      .get('/v2/acme/os/tags/list')
      .reply(200, { tags: [] }, { link: '</v2/acme/os/tags/list>; rel=next' });
    expect(await failure(client.listTags(repository))).toMatch(/in a circle/);
  });

  it('of referrers come from the API if there is one, filtered by us', async () => {
    const entry = { mediaType: mediaTypes.ociManifest, digest, size: 2 };
    nock(host)
      .get(`/v2/acme/os/referrers/${digest}`)
      .query({ artifactType: 'x/y' })
      .reply(
        200,
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociIndex,
          manifests: [
            { ...entry, artifactType: 'x/y' },
            { ...entry, artifactType: 'other' },
          ],
        }),
        { 'content-type': mediaTypes.ociIndex },
      );
    expect(await client.referrers(repository, digest, 'x/y')).toEqual([{ ...entry, artifactType: 'x/y' }]);
  });
});

describe('mounting', () => {
  const from = parseRepository('registry.example/acme/os-test');

  it('that ends in an upload session did not mount, and the session is closed', async () => {
    nock(host)
      .post('/v2/acme/os/blobs/uploads/')
      .query(true)
      .reply(202, '', { location: '/upload/7?state=x' });
    nock(host).delete('/upload/7').query({ state: 'x' }).reply(204);
    expect(await client.mountBlob(repository, digest, from)).toBe(false);
  });

  it('that fails is a failure', async () => {
    nock(host).post('/v2/acme/os/blobs/uploads/').query(true).reply(200);
    expect(await failure(client.mountBlob(repository, digest, from))).toMatch(/mounting .* failed: .* 200/);
  });
});

describe('a document that is a manifest and an index at once', () => {
  it.each([mediaTypes.ociManifest, mediaTypes.ociIndex])('is refused as %s', async (mediaType) => {
    const both = JSON.stringify({ ...JSON.parse(manifest), mediaType, manifests: [] });
    nock(host).get('/v2/acme/os/manifests/stable').reply(200, both, { 'content-type': mediaType });
    expect(await failure(client.getManifest(stable))).toMatch(
      /InputError: .*:stable: layers: this document is a manifest and an index at once/,
    );
  });
});
