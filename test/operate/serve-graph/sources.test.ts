import { rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { InputError, OutsideError } from '../../../src/host/errors.ts';
import { withTemporaryFolder } from '../../../src/host/files.ts';
import { artifactSource } from '../../../src/operate/serve-graph/site-artifact.ts';
import { folderSource } from '../../../src/operate/serve-graph/site-folder.ts';
import { urlSource } from '../../../src/operate/serve-graph/site-url.ts';
import { pushArtifact } from '../../../src/world/registry/artifact.ts';
import { atTag, parseRepository } from '../../../src/world/registry/reference.ts';
import { versionOf } from '../../guidance/histories.ts';
import { testClient, useRegistry } from '../../support/registry.ts';
import { early, edgesOf, fleetTexts, late, rolling, serving, writeFleet } from './support.ts';

const complete: UpdateEntry = { version: versionOf(2), metadata: { rollout: { start_percentage: 1 } } };

describe('a folder that is served', () => {
  it('is read again when it has changed, with fleets that were added', () =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable');
      await serving(folderSource(folder), async ({ url, refresh }) => {
        expect(await edgesOf(`${url}v1/graph?${late}`)).toEqual([]);
        await writeFleet(folder, 'stable', { entries: [complete] });
        await writeFleet(folder, 'testing');
        expect(await edgesOf(`${url}v1/graph?${late}`)).toEqual([]);
        await refresh();
        expect(await edgesOf(`${url}stable/v1/graph?${late}`)).toHaveLength(2);
        expect(await edgesOf(`${url}testing/v1/graph?${early}`)).toHaveLength(2);
      });
    }));

  it.each([
    [
      'half a file',
      'updates.json',
      fleetTexts().updates.slice(0, 90),
      /updates\.json:\d+:\d+: not valid JSON/,
    ],
    [
      'an epoch in milliseconds',
      'updates.json',
      fleetTexts({ entries: [{ ...rolling, metadata: { rollout: { start_epoch: 1_784_728_800_000 } } }] })
        .updates,
      /this looks like milliseconds/,
    ],
    [
      'a release index that has lost a release',
      'releases.json',
      fleetTexts({ count: 2 }).releases,
      /releases\[2\]: a release is missing from the release index/,
    ],
  ])('stays as it was for %s, complains once, and recovers', (_what, file, text, message) =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable');
      await writeFleet(folder, 'testing');
      await serving(folderSource(folder), async ({ url, refresh, warnings }) => {
        await writeFile(join(folder, 'stable', file), text);
        await writeFleet(folder, 'testing', { entries: [complete] });
        await refresh();
        await refresh();
        expect(warnings).toEqual([expect.stringMatching(message)]);
        expect(await edgesOf(`${url}stable/v1/graph?${early}`)).toHaveLength(2);
        // A problem of one fleet does not affect the other.
        expect(await edgesOf(`${url}testing/v1/graph?${late}`)).toHaveLength(2);
        const failed = /coxswain_site_reads_total\{result="failed"\} 2\n/;
        expect(await (await fetch(`${url}metrics`)).text()).toMatch(failed);
        await writeFleet(folder, 'stable', { entries: [complete], count: 4 });
        await refresh();
        expect(await edgesOf(`${url}stable/v1/graph?${late}`)).toHaveLength(2);
        expect(warnings).toHaveLength(1);
      });
    }),
  );

  it('is still served while it does not exist', () =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable');
      await serving(folderSource(folder), async ({ url, refresh, warnings }) => {
        await rm(join(folder, 'stable'), { recursive: true });
        await refresh();
        expect(warnings).toEqual([expect.stringContaining('no fleet is published in this folder')]);
        expect(await edgesOf(`${url}v1/graph?${early}`)).toHaveLength(2);
      });
    }));

  it.each([
    [
      'does not exist',
      (folder: string) => folderSource(join(folder, 'absent')),
      /this folder does not exist/,
    ],
    ['has no fleet', (folder: string) => folderSource(folder), /no fleet is published in this folder/],
  ])('is refused at the start when it %s', (_what, open, message) =>
    withTemporaryFolder('serve', async (folder) => {
      await expect(serving(open(folder), async () => {})).rejects.toThrow(InputError);
      await expect(serving(open(folder), async () => {})).rejects.toThrow(message);
    }),
  );
});

describe('a site on a web server', () => {
  let server: Server;
  let base = '';
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/os`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Serves texts with tags; counts what was sent in full. */
  function site(texts: { releases: string; updates: string }) {
    asked.length = 0;
    answer = (request, response) => {
      const name = /\/stable\/(\w+)\.json$/.exec(request.url ?? '')?.[1];
      const text = name === 'releases' || name === 'updates' ? texts[name] : undefined;
      if (text === undefined) return void response.writeHead(404).end();
      const etag = `"${text.length}"`;
      const fresh = request.headers['if-none-match'] === etag;
      asked.push(`${name} ${fresh ? 304 : 200}`);
      response.writeHead(fresh ? 304 : 200, { etag }).end(fresh ? undefined : text);
    };
  }

  it('is revalidated, and read again only when it has changed', async () => {
    site(fleetTexts());
    await serving(urlSource(base, ['stable']), async ({ url, refresh }) => {
      await refresh();
      expect(asked).toEqual(['updates 200', 'releases 200', 'updates 304', 'releases 304']);
      site(fleetTexts({ entries: [complete] }));
      await refresh();
      expect(asked).toEqual(['updates 200', 'releases 304']);
      expect(await edgesOf(`${url}v1/graph?${late}`)).toHaveLength(2);
    });
  });

  it.each([
    ['answers 503', (response: ServerResponse) => void response.writeHead(503).end(), /answered 503/],
    [
      'cuts the connection halfway',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': 1000 }).write(fleetTexts().updates.slice(0, 100));
        setTimeout(() => response.destroy(), 10);
      },
      /reading http.*updates\.json failed/,
    ],
  ])('stays as it was while the server %s, and recovers without a change', async (_what, fail, message) => {
    site(fleetTexts());
    await serving(urlSource(base, ['stable']), async ({ url, refresh, warnings }) => {
      const good = answer;
      answer = (_request, response) => fail(response);
      await refresh();
      expect(warnings).toEqual([expect.stringMatching(message)]);
      expect(await edgesOf(`${url}v1/graph?${early}`)).toHaveLength(2);
      answer = good;
      await refresh();
      answer = (_request, response) => fail(response);
      await refresh();
      // It was correct in between, so the same warning appears again.
      expect(warnings).toHaveLength(2);
    });
  });

  it('is refused at the start when it cannot be read', async () => {
    answer = (_request, response) => void response.writeHead(404).end();
    await expect(serving(urlSource(base, ['stable']), async () => {})).rejects.toThrow(OutsideError);
  });

  it.each([
    ['http://os.example.invalid/', ['stable'], /plain HTTP to another machine/],
    ['ftp://os.example.invalid/', ['stable'], /not a folder, and not a URL/],
    ['https://os.example.invalid/', [], /--fleet: missing/],
  ])('is refused without asking: %s', (url, fleets, message) => {
    expect(() => urlSource(url, fleets)).toThrow(message);
  });
});

describe('an artifact that is served', () => {
  const registry = useRegistry();

  it('is read from its registry, and again when its tag has moved', async () => {
    const client = testClient();
    const repository = parseRepository(`${registry.host}/os`);
    const push = (texts: { releases: string; updates: string }) =>
      pushArtifact(client, {
        repository,
        artifactType: 'application/vnd.coxswain.updates.v1+json',
        layers: Object.entries({ ...texts, 'x86_64/v1/graph': '{}' }).map(([name, text]) => ({
          mediaType: 'application/json',
          bytes: Buffer.from(text),
          annotations: {
            'org.opencontainers.image.title': `stable/${name.includes('/') ? name : `${name}.json`}`,
          },
        })),
        tag: 'updates-stable',
      });
    await push(fleetTexts());
    const source = artifactSource(client, [atTag(repository, 'updates-stable')]);
    await serving(source, async ({ url, refresh }) => {
      expect(await edgesOf(`${url}stable/v1/graph?${late}`)).toEqual([]);
      const before = client.counters.requests;
      await refresh();
      expect(client.counters.requests - before).toBe(1);
      await push(fleetTexts({ entries: [complete] }));
      await refresh();
      expect(await edgesOf(`${url}stable/v1/graph?${late}`)).toHaveLength(2);
    });
  });

  it('is refused when it is something else', async () => {
    const client = testClient();
    const repository = parseRepository(`${registry.host}/other`);
    await pushArtifact(client, { repository, artifactType: 'text/plain', layers: [], tag: 'updates-stable' });
    const source = artifactSource(client, [atTag(repository, 'updates-stable')]);
    await expect(serving(source, async () => {})).rejects.toThrow(
      /not an artifact that publish-updates has made/,
    );
  });
});
