import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttp, type RequestListener, request } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchWhole } from '../../../src/world/http/fetch-whole.ts';
import { exchange } from '../../../src/world/http/http-exchange.ts';
import { makeCertificate } from '../../support/certificate.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
  });
  stops.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const serve = (handler: RequestListener) => listen(createHttp(handler));

/** A proxy that wants a login. Every host name leads to this machine. @returns what it was asked */
async function startProxy(to: number) {
  const seen: string[] = [];
  const login = `Basic ${Buffer.from('ada:p@ss').toString('base64')}`;
  const server = createHttp((incoming, answer) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    if (incoming.headers['proxy-authorization'] !== login) return void answer.writeHead(407).end();
    const { pathname } = new URL(incoming.url ?? '');
    request({ host: '127.0.0.1', port: to, path: pathname }, (from) => {
      answer.writeHead(from.statusCode ?? 0, from.headers);
      from.pipe(answer);
    }).end();
  });
  server.on('connect', (incoming, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    if (incoming.headers['proxy-authorization'] !== login)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const onward = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
  });
  return { port: await listen(server), seen };
}

describe('a proxy', () => {
  it('gets plain HTTP with the whole address and the login, and keeps the login from the server', async () => {
    const headers: (string | undefined)[] = [];
    const to = await serve((incoming, answer) => {
      headers.push(incoming.headers['proxy-authorization'] as string | undefined);
      answer.end('from the server');
    });
    const { port, seen } = await startProxy(to);
    const env = { HTTP_PROXY: `http://ada:p%40ss@127.0.0.1:${port}` };
    const answer = await exchange(new URL('http://site.example/graph'), { method: 'GET', env });
    expect(await answer.text()).toBe('from the server');
    expect(seen).toEqual(['GET http://site.example/graph']);
    expect(headers).toEqual([undefined]);
  });

  it('makes a tunnel for TLS, in which certificates are checked; a wrong login is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coxswain-proxy-'));
    const { certificate, key } = await makeCertificate(folder);
    const pair = { cert: await readFile(certificate), key: await readFile(key) };
    await rm(folder, { recursive: true });
    const { port, seen } = await startProxy(await listen(createHttps(pair)));
    const ask = (login: string) => {
      const env = { HTTPS_PROXY: `http://${login}@127.0.0.1:${port}` };
      return exchange(new URL('https://registry.example/v2/'), { method: 'GET', env });
    };
    await expect(ask('ada:p%40ss')).rejects.toThrow(
      /self-signed certificate.* \(through the proxy http:\/\/127/,
    );
    await expect(ask('ada:wrong')).rejects.toThrow(
      /^the proxy answered 407: it wants a user name and password, or other ones \(through the proxy http:\/\/127\.0\.0\.1:\d+\)$/,
    );
    expect(seen).toEqual(['CONNECT registry.example:443', 'CONNECT registry.example:443']);
  });

  it('that cannot be reached is named', async () => {
    const env = { HTTPS_PROXY: 'http://127.0.0.1:1' };
    await expect(exchange(new URL('https://quay.io/v2/'), { method: 'GET', env })).rejects.toThrow(
      /ECONNREFUSED 127\.0\.0\.1:1 \(through the proxy http:\/\/127\.0\.0\.1:1\)/,
    );
  });
});

describe('a connection', () => {
  it('is kept for the next request, and replaced if the server has closed it', async () => {
    const ports: (number | undefined)[] = [];
    let cut = false;
    const port = await serve((incoming, answer) => {
      ports.push(incoming.socket.remotePort);
      if (cut) {
        cut = false;
        incoming.socket.resetAndDestroy();
      } else answer.end('ok');
    });
    const ask = async () => (await exchange(new URL(`http://127.0.0.1:${port}/`), { method: 'GET' })).text();
    await ask();
    await ask();
    expect(ports[1]).toBe(ports[0]);
    cut = true;
    expect(await ask()).toBe('ok');
    expect(ports[3]).not.toBe(ports[0]);
  });

  it('that breaks is an error before the answer, and in its middle', async () => {
    const port = await serve((incoming, answer) => {
      if (incoming.url === '/before') return void incoming.socket.resetAndDestroy();
      answer.writeHead(200, { 'content-length': 100 });
      answer.write('only this', () => incoming.socket.end());
    });
    const get = (path: string) => exchange(new URL(`http://127.0.0.1:${port}${path}`), { method: 'PUT' });
    await expect(get('/before')).rejects.toThrow(/ECONNRESET|socket hang up/);
    const half = await get('/half');
    expect(half.status).toBe(200);
    await expect(half.text()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends when the signal does, also while the answer is read', async () => {
    const port = await serve((_, answer) => {
      answer.writeHead(200);
      answer.write('a');
    });
    await expect(
      fetchWhole(`http://127.0.0.1:${port}/`, { timeout: 200 }).then((answer) => answer.text()),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('takes the answer of a server that refuses before it has read the whole body', async () => {
    const port = await serve((_, answer) => answer.writeHead(413, { connection: 'close' }).end('too large'));
    let pieces = 0;
    async function* body() {
      for (; pieces < 10_000; pieces += 1) yield Buffer.alloc(65_536);
    }
    const status = await exchange(new URL(`http://127.0.0.1:${port}/`), { method: 'PUT', body: body() }).then(
      async (answer) => {
        await answer.text();
        return answer.status;
      },
      // Some systems report the closed connection first.
      (error: Error) => error.message,
    );
    expect(String(status)).toMatch(/413|EPIPE|ECONNRESET/);
    expect(pieces).toBeLessThan(10_000);
  });
});

describe('what is read whole', () => {
  it('follows a redirect without the login once it leaves the origin, and unpacks gzip', async () => {
    const logins: (string | undefined)[] = [];
    const other = await serve((incoming, answer) => {
      logins.push(incoming.headers.authorization);
      answer.writeHead(incoming.url === '/none' ? 304 : 200, { 'content-encoding': 'gzip' });
      answer.end(incoming.url === '/none' ? undefined : gzipSync('packed'));
    });
    const first = await serve((incoming, answer) => {
      logins.push(incoming.headers.authorization);
      const location = incoming.url === '/a' ? '/b' : `http://127.0.0.1:${other}/c`;
      answer.writeHead(302, { location }).end('moved');
    });
    const headers = { Authorization: 'Bearer secret' };
    const answer = await fetchWhole(`http://127.0.0.1:${first}/a`, { headers });
    expect(await answer.text()).toBe('packed');
    expect(logins.slice(0, 3)).toEqual(['Bearer secret', 'Bearer secret', undefined]);
    expect(await (await fetchWhole(`http://127.0.0.1:${other}/none`)).text()).toBe('');
    const kept = await fetchWhole(`http://127.0.0.1:${first}/a`, { redirect: 'manual' });
    expect([kept.status, await kept.text()]).toEqual([302, 'moved']);
  });

  it('follows the redirect of a write within its origin only, and sends the body of a DELETE', async () => {
    const seen: string[] = [];
    const port = await serve((incoming, answer) => {
      let text = '';
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => {
        seen.push(`${incoming.method} ${incoming.url} ${text}`);
        const location = { '/old': '/new', '/away': 'http://localhost:1/' }[incoming.url ?? ''];
        answer
          .writeHead(location === undefined ? 200 : 307, location === undefined ? {} : { location })
          .end();
      });
    });
    const send = async (method: string, path: string) => {
      const answer = await fetchWhole(`http://127.0.0.1:${port}${path}`, { method, body: '{"a":1}' });
      await answer.text();
      return answer.status;
    };
    expect([await send('PATCH', '/old'), await send('POST', '/away'), await send('DELETE', '/x')]).toEqual([
      200, 307, 200,
    ]);
    expect(seen).toEqual([
      'PATCH /old {"a":1}',
      'PATCH /new {"a":1}',
      'POST /away {"a":1}',
      'DELETE /x {"a":1}',
    ]);
  });
});
