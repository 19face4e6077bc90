import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A folder of published files over http, on loopback. */
export interface SiteServer {
  /** Ends in a slash. */
  readonly url: string;
  /** The folder that is served; another one may take its place. */
  folder: string;
  stop(): Promise<void>;
}

export async function serveSite(folder: string): Promise<SiteServer> {
  const server = createServer((request, response) => {
    const path = join(running.folder, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const isFile = path.startsWith(running.folder) && statSync(path, { throwIfNoEntry: false })?.isFile();
    if (isFile !== true) return void response.writeHead(404).end();
    response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const running: SiteServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    folder,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
}
