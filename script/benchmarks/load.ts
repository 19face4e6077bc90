import { connect, type Socket } from 'node:net';

export interface LoadResult {
  /** Requests a second, all connections together. */
  readonly rate: number;
  /** Seconds from the first byte sent to the last byte received. */
  readonly median: number;
  readonly p99: number;
  readonly bytes: number;
}

/**
 * Sends a bounded number of requests to a server on this machine over a few connections that stay open, one at a time
 * on each. Every answer must have the expected status.
 */
export async function load(
  url: URL,
  options: {
    readonly requests: number;
    readonly connections: number;
    readonly status: number;
    readonly headers?: readonly string[];
    /** Path and query of the n-th request. */
    readonly path: (n: number) => string;
  },
): Promise<LoadResult> {
  const { requests, connections, status, headers = [], path } = options;
  const latencies = new Float64Array(requests);
  let sent = 0;
  let bytes = 0;
  const tail = [`host: ${url.host}`, ...headers, '', ''].join('\r\n');
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(url)));
  const started = performance.now();
  await Promise.all(sockets.map(work));
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  latencies.sort();
  const quantile = (share: number) => (latencies[Math.ceil(share * requests) - 1] as number) / 1000;
  return { rate: requests / seconds, median: quantile(0.5), p99: quantile(0.99), bytes };

  function work(socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let index = 0;
      let began = 0;
      /** Bytes still to come of the body; -1 while the head is being read. */
      let missing = -1;
      let head = '';
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the server closed a connection')));
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        let rest = chunk.length;
        if (missing < 0) {
          const text = chunk.toString('latin1');
          const before = head.length;
          head += text;
          const end = head.indexOf('\r\n\r\n');
          if (end < 0) return;
          if (!head.startsWith(`HTTP/1.1 ${status} `)) return reject(new Error(head.slice(0, 60)));
          missing = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
          rest = before + text.length - end - 4;
        }
        missing -= rest;
        if (missing > 0) return;
        latencies[index] = performance.now() - began;
        next();
      });
      next();

      function next(): void {
        if (sent >= requests) {
          resolve();
          return;
        }
        index = sent;
        sent += 1;
        missing = -1;
        head = '';
        began = performance.now();
        socket.write(`GET ${path(index)} HTTP/1.1\r\n${tail}`);
      }
    });
  }
}

function open(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => resolve(socket));
    socket.setNoDelay(true).once('error', reject);
  });
}
