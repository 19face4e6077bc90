import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { chooseUpdate } from '../guidance/choose.ts';
import { parseGraph } from '../guidance/graph.ts';
import { readFileIfThere } from '../host/files.ts';
import { fetchWhole } from '../world/http/fetch-whole.ts';

/** Serves the files of a folder on loopback, as any web server does. */
export async function withStaticServer<T>(folder: string, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    void readFileIfThere(join(folder, path)).then(
      (text) => {
        response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(text ?? '');
      },
      () => {
        response.writeHead(404);
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the static server has no port');
    return await work(`http://127.0.0.1:${address.port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/**
 * Asks for an update as Zincati does (zincati src/identity/mod.rs and src/cincinnati/mod.rs): `v1/graph` joined to
 * `base_url`, with the query a container deployment sends, and the target with the highest age index.
 * @param booted `repository@sha256:…` of the running deployment
 */
export async function askAsNode(
  baseUrl: string,
  node: {
    readonly basearch: string;
    readonly stream: string;
    readonly version: string;
    readonly booted: string;
  },
): Promise<{ readonly url: string; readonly offered: string | undefined }> {
  const url = new URL('v1/graph', baseUrl);
  url.search = new URLSearchParams({
    basearch: node.basearch,
    os_version: node.version,
    os_checksum: node.booted,
    oci: 'true',
    stream: node.stream,
    platform: 'qemu',
    group: 'default',
    node_uuid: '27e3ac02af3946af995c9940e18b0cce',
  }).toString();
  const response = await fetchWhole(url, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
  const graph = parseGraph(await response.text(), url.href);
  return { url: url.href, offered: chooseUpdate(graph, node.booted)?.version };
}
