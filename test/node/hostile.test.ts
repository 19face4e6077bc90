import { createHash } from 'node:crypto';
import { truncate, utimes } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseGraph } from '../../src/guidance/graph.ts';
import { useRegistry } from '../support/registry.ts';
import { cannotRunMachines, Machine } from './support/machine.ts';
import { Site } from './support/site.ts';

// Servers that attack a node, and what a power cut or a wrong clock leaves on it.

const registry = useRegistry();
const start = 1_785_000_000;
let site: Site;
let machine: Machine;

beforeAll(async () => {
  if (cannotRunMachines !== undefined) return;
  site = await Site.start(registry.host);
  await site.release('testing', '44.1-aaaaaaaa', start, { rollout: { start_percentage: 1 } });
  await site.publish(start);
});
afterAll(() => site?.stop());
beforeEach(async () => {
  if (cannotRunMachines !== undefined) return;
  site.handler = undefined;
  machine = await Machine.start();
});

function install(settings: Readonly<Record<string, string | number>>) {
  const fleet = { STREAM: 'stable', FLEETS: 'testing', TAGS: 'testing=testing', FLEET: 'testing' };
  return machine.installKit({ IMAGE: site.repository, SITE: site.url, REFRESH: 0, ...fleet, ...settings });
}

/** A registry on loopback with answers of its own. @returns its host */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const askForTag = () =>
  machine.run([
    'bash',
    '-c',
    '. /usr/lib/coxswain/common.sh; . "$lib/registry.sh"; load_settings; digest_of_tag stable',
  ]);

describe.skipIf(cannotRunMachines !== undefined)('a registry', () => {
  it('cannot write files on the node by the token that it gives', async () => {
    const host = await listen((request, response) => {
      if (request.url?.startsWith('/token')) {
        response.end(JSON.stringify({ token: 'x"\noutput = "/run/written"\nheader = "a: b' }));
        return;
      }
      response.writeHead(request.headers.authorization === undefined ? 401 : 200, {
        'www-authenticate': `Bearer realm="http://${request.headers.host}/token",service="s"`,
      });
      response.end(request.method === 'HEAD' ? undefined : 'content');
    });
    await install({ IMAGE: `${host}/acme/os` });
    expect(await askForTag()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a token with characters that no token has'),
    });
    expect(await machine.read('run/written')).toBeUndefined();
  });

  it.each(['http://example.invalid/token', '--output=/run/written', 'file:///etc/passwd'])(
    'cannot send the login to %s',
    async (realm) => {
      const host = await listen((_, response) => {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
      });
      await install({ IMAGE: `${host}/acme/os` });
      expect(await askForTag()).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`asks for a login at ${realm}, without TLS`),
      });
      expect(await machine.read('run/written')).toBeUndefined();
    },
  );

  it('gets the login for its namespace, and need not name the digest', async () => {
    const manifest = '{"schemaVersion":2}';
    const auth = Buffer.from('user:word').toString('base64');
    const host = await listen((request, response) => {
      if (request.headers.authorization !== `Basic ${auth}`) response.writeHead(401).end();
      else response.end(request.method === 'HEAD' ? undefined : manifest);
    });
    await install({ IMAGE: `${host}/acme/os` });
    const login = (auths: object) => machine.write('etc/ostree/auth.json', JSON.stringify({ auths }));
    await login({ [host]: { auth: 'b3RoZXI=' }, [`${host}/acme`]: { auth } });
    const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    expect(await askForTag()).toMatchObject({ code: 0, stdout: digest });
    await login({ [`${host}/other`]: { auth } });
    expect(await askForTag()).toMatchObject({ code: 2, stderr: expect.stringContaining('answered 401') });
    await machine.write('etc/ostree/auth.json', '{');
    expect(await askForTag()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not a file of logins'),
    });
  });
});

/** What the local graph answers: the versions, or the status. */
async function versions(): Promise<string[] | number> {
  const { stdout } = await machine.kit('graph', [], start, 'GET /v1/graph HTTP/1.1\r\n\r\n');
  const [head = '', body = ''] = stdout.split('\r\n\r\n');
  const status = Number(head.split(' ')[1]);
  return status === 200 ? parseGraph(body, 'answer').nodes.map(({ version }) => version) : status;
}

describe.skipIf(cannotRunMachines !== undefined)('the documents of a node', () => {
  const spoil = (text: (good: string) => string | Buffer, head: Readonly<Record<string, string>> = {}) => {
    site.handler = async (request, response, serve) => {
      if (request.url?.endsWith('/releases.json') !== true) return serve();
      const good = await fetch(`${site.url}testing/releases.json`, { headers: { 'x-plain': '1' } });
      response.writeHead(200, { ...head, connection: 'close' }).end(text(await good.text()));
    };
  };

  it.each([
    ['nothing', () => ''],
    ['two values', (good: string) => `${good}${good}`],
  ])('are not replaced by a file with %s', async (_, text) => {
    await install({});
    expect(await versions()).toEqual(['44.1-aaaaaaaa']);
    spoil(text);
    const answer = await machine.kit('graph', [], start, 'GET /v1/graph HTTP/1.1\r\n\r\n');
    expect(answer.stderr).toContain('releases.json is not a document of this kind');
    expect(await versions()).toEqual(['44.1-aaaaaaaa']);
  });

  it('do not fill the disk, whatever a server sends compressed', async () => {
    await install({});
    spoil(() => gzipSync(Buffer.alloc(60_000_000, 0x20)), { 'content-encoding': 'gzip' });
    const answer = await machine.kit('graph', [], start, 'GET /v1/graph HTTP/1.1\r\n\r\n');
    expect(answer.stderr).toContain('releases.json cannot be read');
    expect(answer.stdout).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('are loaded again if a power cut emptied them, although they did not change', async () => {
    await install({});
    await versions();
    await truncate(join(machine.root, 'var/lib/coxswain/documents/testing/releases.json'));
    expect(await versions()).toEqual(['44.1-aaaaaaaa']);
  });

  it('are asked for after a time in which the clock was wrong', async () => {
    await install({ REFRESH: 240 });
    await versions();
    const requests = site.requests.length;
    await versions();
    expect(site.requests).toHaveLength(requests);
    const future = Date.now() / 1000 + 1e9;
    await utimes(join(machine.root, 'var/lib/coxswain/documents/testing/asked'), future, future);
    await versions();
    expect(site.requests).toHaveLength(requests + 2);
  });

  it('are asked for at each try until the node has some', async () => {
    await install({ REFRESH: 240 });
    site.handler = (_, response) => void response.writeHead(503).end();
    expect(await versions()).toBe(503);
    site.handler = undefined;
    expect(await versions()).toEqual(['44.1-aaaaaaaa']);
  });
});
