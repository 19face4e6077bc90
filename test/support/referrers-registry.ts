import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mediaTypes } from '../../src/world/registry/manifest.ts';
import { digestOf } from '../../src/world/registry/reference.ts';
import { forward, readAll } from './forward.ts';

/** The Referrers API in front of a real registry that does not have it: Debian packages no registry with that API. */
export interface ReferrersRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  stop(): Promise<void>;
}

interface Listed {
  readonly subject?: { readonly digest: string };
  readonly artifactType?: string;
  readonly config?: { readonly mediaType: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** As distribution v3 and zot do it: the list of referrers of a repository that does not exist is answered with 404. */
export async function startReferrersRegistry(registry: () => string): Promise<ReferrersRegistry> {
  const referrers = new Map<string, Map<string, object>>();
  const repositories = new Set<string>();
  const server = createServer(async (incoming, answer) => {
    const body = await readAll(incoming);
    const { pathname } = new URL(incoming.url ?? '/', 'http://x');
    const [, repository = '', kind = '', last = ''] =
      /^\/v2\/(.+)\/(manifests|referrers|blobs|tags)\/(.*)$/.exec(pathname) ?? [];
    if (kind === 'referrers') {
      const json = { 'content-type': 'application/json' };
      if (!repositories.has(repository)) {
        return void answer.writeHead(404, json).end(JSON.stringify({ errors: [{ code: 'NAME_UNKNOWN' }] }));
      }
      const manifests = [...(referrers.get(`${repository}@${last}`)?.values() ?? [])];
      const list = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
      return void answer.writeHead(200, { 'content-type': mediaTypes.ociIndex }).end(JSON.stringify(list));
    }
    const real = await forward(registry(), incoming, body);
    const headers = { ...real.headers };
    if (incoming.method === 'PUT' && kind === 'manifests' && real.status === 201) {
      repositories.add(repository);
      const { subject, artifactType, config, annotations } = JSON.parse(body.toString('utf8')) as Listed;
      if (subject !== undefined) {
        headers['oci-subject'] = subject.digest;
        const key = `${repository}@${subject.digest}`;
        const entry = {
          mediaType: incoming.headers['content-type'],
          digest: digestOf(body),
          size: body.length,
          artifactType: artifactType ?? config?.mediaType,
          annotations,
        };
        referrers.set(key, (referrers.get(key) ?? new Map()).set(entry.digest, entry));
      }
    }
    answer.writeHead(real.status, headers).end(real.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
