import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { exec } from '../../../src/host/exec.ts';
import { createRegistryClient } from '../../../src/world/registry/client.ts';
import { defaultAnswerSeconds, secondsFor } from '../../../src/world/registry/patience.ts';
import { atTag, digestOf, parseRepository } from '../../../src/world/registry/reference.ts';
import { defaultRetryDelays } from '../../../src/world/registry/retries.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const impatient = () =>
  createRegistryClient({ credentials: async () => undefined, retryDelays: [5, 5, 5], answerSeconds: 1.5 });

describe('a registry that never answers', () => {
  it('is asked twice, and then named', async () => {
    let requests = 0;
    const host = await serve(() => {
      requests += 1;
    });
    const repository = parseRepository(`${host}/acme/os`);
    await expect(impatient().resolve(atTag(repository, 'stable'))).rejects.toThrow(
      new RegExp(
        `^reading ${host}/acme/os:stable failed: no answer from ${host} in \\d+ s\\. Running the same command`,
      ),
    );
    expect(requests).toBe(2);
  });

  it('costs less than a minute by default', () => {
    const [pause = 0] = defaultRetryDelays;
    expect(2 * secondsFor(0, defaultAnswerSeconds) + (pause * 1.25) / 1000).toBeLessThan(60);
  });
});

describe('an answer that does not end', () => {
  const slow = async (first: string) => {
    let requests = 0;
    const host = await serve((_, response) => {
      requests += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(first);
    });
    return { repository: parseRepository(`${host}/acme/os`), host, requests: () => requests };
  };

  it('is given up when it is read whole', async () => {
    const { repository, host } = await slow('{"schemaVersion"');
    await expect(impatient().getManifest(atTag(repository, 'x'))).rejects.toThrow(
      new RegExp(`${host} sent only 16 bytes in \\d+ s`),
    );
  });

  it('is given up when it is read as a stream', async () => {
    const { repository, host } = await slow('lay');
    const descriptor = { mediaType: 'x/y', digest: digestOf('layer'), size: 5 };
    const body = await impatient().openBlob(repository, descriptor);
    await expect(new Response(body).text()).rejects.toThrow(
      new RegExp(`${host} sent only 3 bytes in \\d+ s`),
    );
  });

  it('may take more time when more of it has come', () => {
    expect(secondsFor(64 * 1024 * 1024, 25)).toBe(25 + 1024);
  });

  it('is not given up because its reader is slow', async () => {
    const host = await serve((_, response) => response.end('layer'));
    const repository = parseRepository(`${host}/acme/os`);
    const descriptor = { mediaType: 'x/y', digest: digestOf('layer'), size: 5 };
    const body = await impatient().openBlob(repository, descriptor);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await new Response(body).text()).toBe('layer');
  });
});

describe('a program that does not end', () => {
  it('is ended after its time, even if a child of it keeps its output open', async () => {
    await expect(
      exec('sh', ['-c', 'sleep 600 & wait'], { doing: 'asking a helper', seconds: 0.5 }),
    ).rejects.toThrow(
      /^asking a helper failed: sh did not end within 0\.5 s\. Running the same command again is safe\.$/,
    );
  });

  it('is not touched if it ends in time', async () => {
    expect(await exec('true', [], { seconds: 20 })).toMatchObject({ exitCode: 0 });
  });
});
