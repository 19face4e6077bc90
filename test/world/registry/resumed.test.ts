import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryClient } from '../../../src/world/registry/client.ts';
import { digestOf, parseRepository } from '../../../src/world/registry/reference.ts';

const content = randomBytes(5_000_000);
const descriptor = { mediaType: 'x/y', digest: digestOf(content), size: content.length };

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A registry whose connections break after so many bytes; the last entry is for all further ones. */
async function breaking(
  breaks: readonly number[],
  { ranges = true, rest = content }: { readonly ranges?: boolean; readonly rest?: Buffer } = {},
) {
  const asked: (string | undefined)[] = [];
  server = createServer((request, response) => {
    const { range } = request.headers;
    const most = breaks[Math.min(asked.length, breaks.length - 1)] as number;
    asked.push(range);
    const start = ranges ? Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0;
    const wanted = (asked.length === 1 ? content : rest).subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': wanted.length });
    if (wanted.length <= most) response.end(wanted);
    else response.write(wanted.subarray(0, most), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const repository = parseRepository(`127.0.0.1:${(server.address() as AddressInfo).port}/acme/os`);
  const client = createRegistryClient({ credentials: async () => undefined, retryDelays: [5, 5] });
  const read = async () =>
    Buffer.from(await new Response(await client.openBlob(repository, descriptor)).arrayBuffer());
  return { asked, read };
}

describe('a blob that is read as a stream', () => {
  it('goes on where its connection broke, as often as a good part of it comes', async () => {
    const { asked, read } = await breaking([1_500_000, 1_500_000, 1_500_000, 9_000_000]);
    expect((await read()).equals(content)).toBe(true);
    expect(asked).toEqual([
      undefined,
      'bytes=1500000-4999999',
      'bytes=3000000-4999999',
      'bytes=4500000-4999999',
    ]);
  });

  it('goes on also if the registry sends the whole content again', async () => {
    const { asked, read } = await breaking([1_500_000, 9_000_000], { ranges: false });
    expect((await read()).equals(content)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('fails if its connection breaks again at once', async () => {
    const { asked, read } = await breaking([1_500_000, 10]);
    await expect(read()).rejects.toThrow('the connection broke (ECONNRESET). Running the same command again');
    expect(asked).toHaveLength(2);
  });

  it('is not believed if its rest is of another content', async () => {
    const { read } = await breaking([1_500_000, 9_000_000], { rest: randomBytes(content.length) });
    await expect(read()).rejects.toThrow('the content does not match its digest');
  });
});
