import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseGraph } from '../../../src/guidance/graph.ts';
import { withTemporaryFolder } from '../../../src/host/files.ts';
import { folderSource } from '../../../src/operate/serve-graph/site-folder.ts';
import { early, edgesOf, late, serving, writeFleet } from './support.ts';

type Server = Parameters<Parameters<typeof serving>[1]>[0];

function withServer(fleets: readonly string[], work: (server: Server) => Promise<void>): Promise<void> {
  return withTemporaryFolder('serve', async (folder) => {
    for (const fleet of fleets) await writeFleet(folder, fleet);
    await serving(folderSource(folder), work);
  });
}

/** fetch decompresses gzip silently; this shows what was sent. */
function raw(url: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
    (resolve, reject) => {
      httpRequest(url, { method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      })
        .on('error', reject)
        .end();
    },
  );
}

describe('a graph server', () => {
  it('throttles for the node that asks, by its wariness or its uuid', () =>
    withServer(['stable'], async ({ url }) => {
      expect(await edgesOf(`${url}stable/v1/graph?${early}`)).toEqual([
        [0, 2],
        [1, 2],
      ]);
      expect(await edgesOf(`${url}stable/v1/graph?${late}`)).toEqual([]);
      const byUuid = (uuid: string) =>
        edgesOf(`${url}stable/v1/graph?basearch=x86_64&stream=stable&oci=true&node_uuid=${uuid}`);
      // Upstream's vectors: 0.2 and 0.65; the rollout is at 0.5.
      expect(await byUuid('de35106b6ec24688b63afddaa156679b')).toHaveLength(2);
      expect(await byUuid('e0f3745b108f471cbd4883c6fbed8cdd')).toEqual([]);
    }));

  it('answers without a fleet in the path while there is one fleet, and not with two', async () => {
    await withServer(['stable'], async ({ url }) => {
      expect(await edgesOf(`${url}v1/graph?${early}`)).toHaveLength(2);
    });
    await withServer(['stable', 'testing'], async ({ url }) => {
      expect((await fetch(`${url}v1/graph?${early}`)).status).toBe(404);
      expect(await edgesOf(`${url}testing/v1/graph?${early}`)).toHaveLength(2);
    });
  });

  it.each([
    [400, 'stable/v1/graph'],
    [400, 'stable/v1/graph?basearch=x86_64'],
    [400, 'stable/v1/graph?basearch=x86_64&stream=stable&oci=yes'],
    [404, 'stable/v1/graph?basearch=x86_64&stream=next&oci=true'],
    [404, 'stable/v1/graph?basearch=m68k&stream=stable&oci=true'],
    [404, `other/v1/graph?${early}`],
    [404, `%ff/v1/graph?${early}`],
    [404, `stable/v1/graph/?${early}`],
    [404, `stable/x/v1/graph?${early}`],
    [404, ''],
  ])('answers %i with no body: %s', (status, path) =>
    withServer(['stable'], async ({ url }) => {
      const response = await fetch(`${url}${path}`);
      expect([response.status, await response.text()]).toEqual([status, '']);
    }),
  );

  it('gives an empty graph for an architecture or scheme that the fleet has nothing for, as upstream', () =>
    withServer(['stable'], async ({ url }) => {
      for (const query of [early.replace('x86_64', 's390x'), early.replace('oci=true', 'oci=false')]) {
        expect(await (await fetch(`${url}v1/graph?${query}`)).json()).toEqual({ nodes: [], edges: [] });
      }
    }));

  it('compresses for clients that accept it', () =>
    withServer(['stable'], async ({ url }) => {
      const address = `${url}v1/graph?${early}`;
      const plain = await raw(address);
      const packed = await raw(address, { 'accept-encoding': 'br;q=1, gzip;q=0.8' });
      expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(packed.body.length).toBeLessThan(plain.body.length / 2);
      expect(gunzipSync(packed.body)).toEqual(plain.body);
      expect(packed.headers.etag).toBe(plain.headers.etag);
      for (const refused of ['br', 'gzip;q=0', '*;q=1, gzip;q=0', 'identity']) {
        expect(
          (await raw(address, { 'accept-encoding': refused })).headers['content-encoding'],
        ).toBeUndefined();
      }
    }));

  it('says "not modified" to those who have the graph, and only to those', () =>
    withServer(['stable'], async ({ url }) => {
      const { headers } = await raw(`${url}v1/graph?${early}`);
      const etag = headers.etag as string;
      const same = await raw(`${url}v1/graph?${early}`, { 'if-none-match': `"other", ${etag}` });
      expect([same.status, same.body.length, same.headers.etag]).toEqual([304, 0, etag]);
      expect((await raw(`${url}v1/graph?${late}`, { 'if-none-match': etag })).status).toBe(200);
    }));

  it('answers HEAD without a body, and refuses other methods', () =>
    withServer(['stable'], async ({ url }) => {
      const get = await raw(`${url}v1/graph?${early}`);
      const head = await raw(`${url}v1/graph?${early}`, {}, 'HEAD');
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(head.headers['content-length']).toBe(String(get.body.length));
      const post = await raw(`${url}v1/graph?${early}`, {}, 'POST');
      expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
    }));

  it('lets any origin read, as upstream, and is content for Zincati', () =>
    withServer(['stable'], async ({ url }) => {
      const response = await raw(`${url}v1/graph?${early}`);
      expect(response.headers).toMatchObject({
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
      });
      expect(parseGraph(response.body.toString(), 'answer').nodes).toHaveLength(3);
    }));

  it('counts for Prometheus, with no label that a client could choose', () =>
    withServer(['stable'], async ({ url }) => {
      await fetch(`${url}v1/graph?${early}`);
      await fetch(`${url}v1/graph?${late}`);
      await fetch(`${url}stable/v1/graph?basearch=evil1&stream=stable`);
      await fetch(`${url}evil2/v1/graph?${late}`);
      const text = await (await fetch(`${url}metrics`)).text();
      expect(text).toContain(
        'coxswain_graph_requests_total{fleet="stable",basearch="x86_64",code="200"} 2\n',
      );
      expect(text).toContain(
        'coxswain_graph_requests_total{fleet="stable",basearch="unknown",code="404"} 1\n',
      );
      expect(text).toContain(
        'coxswain_graph_requests_total{fleet="unknown",basearch="unknown",code="404"} 1\n',
      );
      expect(text).toContain('coxswain_graph_rollout_wariness_bucket{le="0.2"} 1\n');
      expect(text).toContain('coxswain_graph_rollout_wariness_bucket{le="+Inf"} 2\n');
      expect(text).toContain('coxswain_fleet_releases{fleet="stable"} 3\n');
      expect(text).not.toContain('evil');
      for (const line of text.trimEnd().split('\n')) {
        expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [\d.e+-]+)$/);
      }
    }));

  it('is alive while it stops, but not ready', () =>
    withServer(['stable'], async ({ url, setReady }) => {
      expect((await fetch(`${url}ready`)).status).toBe(200);
      setReady(false);
      expect((await fetch(`${url}ready`)).status).toBe(503);
      expect((await fetch(`${url}health`)).status).toBe(200);
      const response = await raw(`${url}v1/graph?${early}`);
      expect([response.status, response.headers.connection]).toEqual([200, 'close']);
    }));
});
