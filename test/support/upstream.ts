import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import type { UpdateEntry } from '../../src/guidance/metadata.ts';
import { digestOf } from '../../src/world/registry/reference.ts';

/** The base's own guidance, on a real HTTP server on this machine. */
export interface TestUpstream {
  readonly updatesUrl: string;
  readonly releasesUrl: string;
  /** Line for coxswain.yaml. */
  readonly yaml: string;
  /** `path status`, in the order of the requests. */
  readonly requests: string[];
  /** Publishes releases, oldest first, and what is said about them. */
  say(order: readonly string[], updates?: Readonly<Record<string, UpdateEntry['metadata']>>): void;
  /** Gives other answers from now on, until `say`. */
  misbehave(answer: (request: IncomingMessage, response: ServerResponse) => void): void;
}

/** One server for all tests of a file. */
export function useUpstream(): TestUpstream {
  const files = new Map<string, string>();
  const requests: string[] = [];
  let odd: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  const server = createServer((request, response) => {
    response.on('finish', () => requests.push(`${request.url} ${response.statusCode}`));
    if (odd !== undefined) return odd(request, response);
    const body = files.get(request.url ?? '');
    if (body === undefined) return response.writeHead(404).end();
    const etag = `"${digestOf(body).slice(7, 23)}"`;
    if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
    response.writeHead(200, { etag, 'content-type': 'application/json' }).end(body);
  });
  let origin = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    get updatesUrl() {
      return `${origin}/updates.json`;
    },
    get releasesUrl() {
      return `${origin}/releases.json`;
    },
    get yaml() {
      return `upstream: { updates: "${origin}/updates.json", releases: "${origin}/releases.json" }\n`;
    },
    requests,
    say: (order, updates = {}) => {
      odd = undefined;
      const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-21T14:07:12Z' } };
      const releases = order.map((version) => ({ version, metadata: '' }));
      files.set('/releases.json', JSON.stringify({ ...head, releases }));
      const entries = Object.entries(updates).map(([version, metadata]) => ({ version, metadata }));
      files.set('/updates.json', JSON.stringify({ ...head, releases: entries }));
    },
    misbehave: (answer) => {
      odd = answer;
    },
  };
}
