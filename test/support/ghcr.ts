import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forward, readAll } from './forward.ts';

// What ghcr.io does unlike other registries: no deletion and no cancelled upload by the
// registry's interface (405), no Referrers API (404), and mounts between packages that it refuses with 403. Everything
// else is a real registry's. What was pushed is known by its digest, as the Packages API knows it.

/** A version of a package: a manifest that was pushed, with or without tags. */
export interface PackageVersion {
  readonly id: number;
  /** The digest. */
  readonly name: string;
  readonly tags: readonly string[];
}

export interface Ghcr {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Requests that were refused as ghcr.io refuses them: `405 DELETE manifests`. */
  readonly refused: string[];
  /** Packages that nobody sees without a login: `acme/os`. */
  readonly hidden: Set<string>;
  /** Organizations that have packages. */
  owners(): readonly string[];
  /** The versions of a package, newest first; undefined if there is no such package. */
  versions(path: string): readonly PackageVersion[] | undefined;
  deleteVersion(path: string, id: number): Promise<void>;
  stop(): Promise<void>;
}

/** Stands before a registry. @param registry `127.0.0.1:PORT` */
export async function startGhcr(registry: () => string): Promise<Ghcr> {
  const packages = new Map<string, Map<string, { readonly id: number; readonly tags: Set<string> }>>();
  const refused: string[] = [];
  const hidden = new Set<string>();
  let ids = 0;

  function remember(path: string, name: string, digest: string): void {
    const versions = packages.get(path) ?? new Map();
    packages.set(path, versions);
    const version = versions.get(digest) ?? { id: ++ids, tags: new Set() };
    versions.set(digest, version);
    if (name === digest) return;
    for (const { tags } of versions.values()) tags.delete(name);
    version.tags.add(name);
  }

  const server = createServer((incoming, answer) => {
    handle(incoming, answer).catch(() => incoming.socket.destroy());
  });

  async function handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const { method = '', headers } = incoming;
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://ghcr.io');
    const [, path = '', kind = '', name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|referrers|tags)\/(.*)$/.exec(pathname) ?? [];
    const refuse = (status: number, code: string, message: string) => {
      refused.push(`${status} ${method} ${kind}`);
      answer.writeHead(status, { 'content-type': 'application/json' });
      answer.end(method === 'HEAD' ? undefined : JSON.stringify({ errors: [{ code, message }] }));
    };
    if (method === 'DELETE') return refuse(405, 'UNSUPPORTED', 'The operation is unsupported.');
    if (kind === 'referrers') return refuse(404, 'NOT_FOUND', 'not found');
    if (hidden.has(path) && headers.authorization === undefined) {
      answer.setHeader('www-authenticate', 'Basic realm="GitHub Package Registry"');
      return refuse(401, 'UNAUTHORIZED', 'authentication required');
    }
    const from = searchParams.get('from');
    if (method === 'POST' && from !== null && from !== path) {
      return refuse(403, 'DENIED', 'permission_denied: The token provided does not match expected scopes.');
    }
    const real = await forward(registry(), incoming, body);
    const digest = real.headers['docker-content-digest'];
    if (method === 'PUT' && kind === 'manifests' && real.status === 201 && digest !== undefined) {
      remember(path, decodeURIComponent(name), String(digest));
      // No Referrers API: the registry behind it says that it keeps a list.
      delete real.headers['oci-subject'];
    }
    answer.writeHead(real.status, real.headers).end(real.body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    hidden,
    owners: () => [...packages.keys()].map((path) => path.split('/')[0] ?? ''),
    versions: (path) => {
      const found = packages.get(path);
      return found === undefined
        ? undefined
        : [...found].reverse().map(([name, { id, tags }]) => ({ id, name, tags: [...tags] }));
    },
    deleteVersion: async (path, id) => {
      const [digest = ''] = [...(packages.get(path) ?? [])].find(([, version]) => version.id === id) ?? [];
      const gone = await fetch(`http://${registry()}/v2/${path}/manifests/${digest}`, { method: 'DELETE' });
      if (!gone.ok) throw new Error(`the registry behind ghcr answered ${gone.status}`);
      packages.get(path)?.delete(digest);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
