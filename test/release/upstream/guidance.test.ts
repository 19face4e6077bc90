import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/host/log.ts';
import { upstreamCache } from '../../../src/release/upstream/cached-get.ts';
import { upstreamReader } from '../../../src/release/upstream/guidance.ts';
import { temporaryFolder } from '../../support/repository.ts';
import { useUpstream } from '../../support/upstream.ts';

const upstream = useUpstream();
let cache: string;

beforeEach(async () => {
  cache = await temporaryFolder();
  upstream.requests.length = 0;
  upstream.say(['1', '2'], { '2': { barrier: { reason: 'keys' } } });
});

/** As a new process would. */
function read() {
  return upstreamReader(
    { upstream: { updates: upstream.updatesUrl, releases: upstream.releasesUrl } },
    { env: { XDG_CACHE_HOME: cache }, log: silentLog, retryDelays: [5, 5] },
  )();
}

const wanted = {
  order: ['1', '2'],
  updates: [{ version: '2', metadata: { barrier: { reason: 'keys' } } }],
};

describe('guidance of the base', () => {
  it('is read again by its ETag, and sent again only if it changed', async () => {
    expect(await read()).toEqual(wanted);
    expect(await read()).toEqual(wanted);
    expect([...upstream.requests].sort()).toEqual([
      '/releases.json 200',
      '/releases.json 304',
      '/updates.json 200',
      '/updates.json 304',
    ]);
    upstream.say(['1', '2', '3'], { '2': { barrier: { reason: 'keys' } } });
    expect((await read())?.order).toEqual(['1', '2', '3']);
    expect(upstream.requests.slice(4).sort()).toEqual(['/releases.json 200', '/updates.json 304']);
  });

  it('is read once by a reader, and not at all if there is none', async () => {
    const reader = upstreamReader(
      { upstream: { updates: upstream.updatesUrl, releases: upstream.releasesUrl } },
      { env: { XDG_CACHE_HOME: cache }, log: silentLog },
    );
    await Promise.all([reader(), reader()]);
    expect(upstream.requests).toHaveLength(2);
    expect(await upstreamReader({}, { env: {}, log: silentLog })()).toBeUndefined();
  });

  it.each<[string, Parameters<typeof upstream.misbehave>[0], string]>([
    ['a server that fails', (_, response) => response.writeHead(503).end(), 'the server answered 503'],
    ['a missing file', (_, response) => response.writeHead(404).end(), 'the server answered 404'],
    [
      'a connection that is cut half-way',
      (_, response) => {
        response.writeHead(200, { 'content-length': '900' });
        response.write('{"releases": [');
        setTimeout(() => response.destroy(), 5);
      },
      'failed:',
    ],
    [
      'half a file',
      (_, response) => response.end('{"releases": [{"version": "1"'),
      'the answer is not update guidance',
    ],
    ['something else', (_, response) => response.end('<html>'), 'the answer is not update guidance'],
    ['an empty list', (_, response) => response.end('{"releases": []}'), 'at least one release'],
    ['"not changed" to a first request', (_, response) => response.writeHead(304).end(), 'not changed'],
  ])('is an error, never "no barriers": %s', async (_name, answer, message) => {
    upstream.misbehave(answer);
    const failure = read();
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow('Running the same command again is safe');
    await expect(failure).rejects.toThrow(/from http:\/\/127\.0\.0\.1:\d+\/(updates|releases)\.json failed/);
  });

  it('is not taken from the cache while the server does not say that it is still so', async () => {
    await read();
    upstream.misbehave((_, response) => response.writeHead(500).end());
    await expect(read()).rejects.toThrow('the server answered 500');
    upstream.say(['1', '2'], { '2': { barrier: { reason: 'keys' } } });
    expect(await read()).toEqual(wanted);
  });

  it('is asked for again when the server fails for a moment', async () => {
    let failures = 0;
    upstream.misbehave((_, response) => {
      failures += 1;
      if (failures === 2) upstream.say(['1']);
      response.writeHead(502).end();
    });
    expect((await read())?.order).toEqual(['1']);
  });

  it('needs no cache: a broken one is replaced, and one that cannot be written is ignored', async () => {
    await read();
    const folder = upstreamCache({ XDG_CACHE_HOME: cache });
    for (const file of await readdir(folder)) await writeFile(join(folder, file), '{"url": ');
    expect(await read()).toEqual(wanted);
    await writeFile(join(cache, 'file'), '');
    cache = join(cache, 'file');
    expect(await read()).toEqual(wanted);
  });

  it('is kept in the folder of XDG', () => {
    expect(upstreamCache({ XDG_CACHE_HOME: '/x', HOME: '/home/a' })).toBe('/x/coxswain/upstream');
    expect(upstreamCache({ XDG_CACHE_HOME: 'relative', HOME: '/home/a' })).toBe(
      '/home/a/.cache/coxswain/upstream',
    );
  });
});
