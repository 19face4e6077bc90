import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveGit } from './github/git-http.ts';

/** A bare repository over http, as Forgejo or GitLab serve one. */
export interface GitServer {
  /** Without credentials. */
  readonly url: string;
  /** The requests so far: method, path and query. */
  readonly requests: readonly string[];
  /** Answers each request with this status while it is set; 0 lets it hang. */
  fault: number | undefined;
  stop(): Promise<void>;
}

/** @param login name and password that writing takes, and reading too; undefined: open to all */
export async function startGitServer(
  directory: string,
  login?: { readonly name: string; readonly password: string },
): Promise<GitServer> {
  const requests: string[] = [];
  const wanted = login && `Basic ${Buffer.from(`${login.name}:${login.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (running.fault === 0) return;
    if (running.fault !== undefined) {
      response.writeHead(running.fault).end('no');
      return;
    }
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://x');
    serveGit(request, response, {
      directory,
      path: url.pathname.replace(/^\/acme\/os\.git/, ''),
      query: url.search.slice(1),
      mayWriteWorkflows: true,
      login: login?.name ?? 'anybody',
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const running: GitServer = {
    url: `http://127.0.0.1:${port}/acme/os.git`,
    requests,
    fault: undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
}
