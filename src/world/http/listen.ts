import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:0`. @throws InputError */
export function parseListenAddress(text: string, field: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(digits) <= 65_535) return { host, port: Number(digits) };
  throw new InputError({
    field,
    problem: 'not an address to listen on',
    found: text,
    expected: 'HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080; port 0 takes a free one',
  });
}

/** Starts to listen. @returns the URL, with the port that was taken */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((error: unknown) => {
    throw new OutsideError(
      `listening on ${host}:${port}`,
      messageOf(error),
      'Choose another address with --listen, or stop the program that uses it.',
      { cause: error },
    );
  });
  // A TCP server has a port; only a pipe has a name.
  const taken = server.address() as AddressInfo;
  return `http://${taken.family === 'IPv6' ? `[${taken.address}]` : taken.address}:${taken.port}/`;
}

/** Accepts no more connections, lets requests finish for this long, then cuts them. */
export async function stopServer(server: Server, graceMilliseconds: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await new Promise<void>((resolve) => {
    // Idle connections are closed at once, others after their request.
    server.close(() => resolve());
  });
  clearTimeout(timer);
}
