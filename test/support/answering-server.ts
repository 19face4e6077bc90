import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback that answers as a test says. */
export interface AnsweringServer {
  /** Ends in a slash. */
  readonly url: string;
  /** What it was asked, in order. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
  /** Answers the next requests. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  stop(): Promise<void>;
}

/** Starts the server; it answers 404 until `answer` is set. */
export async function startAnsweringServer(): Promise<AnsweringServer> {
  const requests: AnsweringServer['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    running.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const running: AnsweringServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    answer: (_, response) => void response.writeHead(404).end(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
}

/** An answer of Prometheus to a query over a span of time: the series with their values. */
export function matrixOf(...series: readonly (readonly (readonly [number, string])[])[]): string {
  const result = series.map((values, index) => ({ metric: { series: String(index) }, values }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}
