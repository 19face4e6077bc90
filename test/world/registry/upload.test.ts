import { randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobContent, RegistryClient } from '../../../src/world/registry/client.ts';
import { digestOf, parseRepository, type Repository } from '../../../src/world/registry/reference.ts';
import { part } from '../../../src/world/registry/verified.ts';
import { testClient, useRegistry } from '../../support/registry.ts';

// Connections that break in the middle of an upload, before a real registry.

const registry = useRegistry();
const megabyte = 1024 * 1024;
const size = 40 * megabyte;

type Cut = 'held back' | 'passed on';

interface Proxy {
  readonly host: string;
  readonly requests: string[];
  /** Breaks the n-th request of a method (from 1) in the middle of its content. */
  readonly cuts: Map<string, Cut>;
  /** Answers a method in place of the registry. */
  readonly refuses: Map<string, number>;
  stop(): void;
}

/** Holds content back until it is whole, as many proxies do, or passes it on as it comes. */
async function startProxy(): Promise<Proxy> {
  const requests: string[] = [];
  const cuts = new Map<string, Cut>();
  const refuses = new Map<string, number>();
  const server = createServer((incoming, answer) => {
    const { method = '', url: path, headers } = incoming;
    requests.push(method);
    const refusal = refuses.get(method);
    if (refusal !== undefined) {
      incoming.resume();
      incoming.once('end', () => answer.writeHead(refusal, { 'content-type': 'application/json' }).end('{}'));
      return;
    }
    const cut = cuts.get(`${method} ${requests.filter((each) => each === method).length}`);
    const half = Number(headers['content-length'] ?? 0) / 2;
    const [host, port] = registry.host.split(':');
    const outgoing = request({ host, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.once('error', () => incoming.socket.destroy());
    if (cut === undefined) return void incoming.pipe(outgoing);
    let seen = 0;
    incoming.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (cut === 'passed on') outgoing.write(chunk);
      if (seen < half) return;
      incoming.socket.destroy();
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    cuts,
    refuses,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

let proxy: Proxy;
let client: RegistryClient;
let repository: Repository;
let bytes: Buffer;
/** Where the content was read from, and how much of it. */
let reads: string[];
beforeEach(async () => {
  proxy = await startProxy();
  client = testClient();
  repository = parseRepository(`${proxy.host}/acme/os-${randomBytes(4).toString('hex')}`);
  bytes = randomBytes(size);
  reads = [];
});
afterEach(() => proxy.stop());

function content(): BlobContent {
  return {
    descriptor: { mediaType: 'application/octet-stream', digest: digestOf(bytes), size: bytes.length },
    open: async (range) => {
      const { offset, length } = range ?? { offset: 0, length: bytes.length };
      reads.push(range === undefined ? 'all' : `${offset / megabyte}+${length / megabyte}`);
      return new Blob([bytes.subarray(offset, offset + length)]).stream();
    },
  };
}

async function stored(): Promise<boolean> {
  const direct = { ...repository, registry: registry.host };
  return Buffer.from(await testClient().getBlob(direct, digestOf(bytes))).equals(bytes);
}

describe('an upload', () => {
  it('is one request if nothing breaks', async () => {
    await client.uploadBlob(repository, content());
    expect(proxy.requests).toEqual(['HEAD', 'POST', 'PUT']);
    expect(await stored()).toBe(true);
  });

  it('continues in chunks after a break, and resends only the broken chunk', async () => {
    proxy.cuts.set('PUT 1', 'held back');
    proxy.cuts.set('PATCH 2', 'held back');
    await client.uploadBlob(repository, content());
    expect(reads).toEqual(['all', '0+16', '16+16', '16+16', '32+8']);
    // After the cut the registry was asked how far it got.
    expect(proxy.requests.slice(3)).toEqual(['POST', 'PATCH', 'PATCH', 'GET', 'PATCH', 'PATCH', 'PUT']);
    expect(await stored()).toBe(true);
  });

  it('starts again if the registry kept half a chunk and cannot continue', async () => {
    proxy.cuts.set('PUT 1', 'passed on');
    proxy.cuts.set('PATCH 2', 'passed on');
    await client.uploadBlob(repository, content());
    expect(proxy.requests.filter((method) => method === 'POST').length).toBeGreaterThan(1);
    expect(await stored()).toBe(true);
  });

  it('is sent whole again to a registry that refuses chunks', async () => {
    proxy.cuts.set('PUT 1', 'held back');
    proxy.refuses.set('PATCH', 405);
    await client.uploadBlob(repository, content());
    expect(reads).toEqual(['all', '0+16', 'all']);
    expect(await stored()).toBe(true);
  });

  it('fails at the end if it breaks every time', async () => {
    for (const each of ['PUT 1', 'PUT 2', 'PATCH 1', 'PATCH 2', 'PATCH 3', 'PATCH 4', 'PATCH 5', 'PATCH 6'])
      proxy.cuts.set(each, 'held back');
    await expect(client.uploadBlob(repository, content())).rejects.toThrow(/uploading sha256:/);
  });

  it('of a small blob is repeated whole', async () => {
    bytes = randomBytes(megabyte);
    proxy.cuts.set('PUT 1', 'passed on');
    await client.uploadBlob(repository, content());
    expect(reads).toEqual(['all', 'all']);
    expect(await stored()).toBe(true);
  });
});

describe('a part of a blob', () => {
  it('is requested as a range, and cut out if the registry answers with the whole blob', async () => {
    bytes = randomBytes(megabyte);
    const { descriptor } = content();
    await client.uploadBlob(repository, bytes);
    const read = async (offset: number, length: number) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await client.openBlob(repository, descriptor, { offset, length }))
        chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    expect((await read(1000, 2000)).equals(bytes.subarray(1000, 3000))).toBe(true);
    const cut = part(new Blob([bytes]).stream(), { offset: 70_000, length: 100_000 });
    expect(Buffer.from(await new Response(cut).arrayBuffer()).equals(bytes.subarray(70_000, 170_000))).toBe(
      true,
    );
  });
});
