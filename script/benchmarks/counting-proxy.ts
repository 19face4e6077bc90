import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Traffic {
  requests: number;
  /** Bytes of bodies, to the registry and from it. */
  bytes: number;
}

export interface CountingProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** What went through since the last call. */
  take(): Traffic;
  stop(): Promise<void>;
}

/** A proxy before a registry. It counts in the same way for every client. */
export async function startCountingProxy(registry: string): Promise<CountingProxy> {
  let traffic: Traffic = { requests: 0, bytes: 0 };
  const count = (chunk: Buffer) => {
    traffic.bytes += chunk.length;
  };
  const [host, port] = registry.split(':');
  const server = createServer((incoming, answer) => {
    traffic.requests += 1;
    const { method, url: path, headers } = incoming;
    const outgoing = request({ host, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.on('data', count).pipe(answer);
    });
    outgoing.once('error', () => incoming.socket.destroy());
    incoming.on('data', count).pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = traffic;
      traffic = { requests: 0, bytes: 0 };
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
