import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offers } from '../../src/guidance/choose.ts';
import { parseGraph } from '../../src/guidance/graph.ts';
import { useRegistry } from '../support/registry.ts';
import { cannotRunMachines, Machine } from './support/machine.ts';
import { Site } from './support/site.ts';

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const before = '44.1-aaaaaaaa';
const rolling = '44.2-bbbbbbbb';

/** The fleet testing: 44.1 is complete, 44.2 rolls out over 24 hours. One site for all tests. */
let site: Site;
beforeAll(async () => {
  if (cannotRunMachines !== undefined) return;
  site = await Site.start(registry.host);
  await site.release('testing', before, start - 100 * hour, { rollout: { start_percentage: 1 } });
  await site.release('testing', rolling, start);
  await site.publish(start);
});
afterAll(() => site?.stop());

/** A node of that fleet. */
async function stage(settings: Readonly<Record<string, string | number>> = {}) {
  site.handler = undefined;
  const machine = await Machine.start();
  await machine.installKit({
    IMAGE: site.repository,
    STREAM: 'stable',
    SITE: site.url,
    FLEETS: 'testing stable',
    TAGS: 'testing=testing stable=stable',
    FLEET: 'testing',
    REFRESH: 0,
    ...settings,
  });
  await machine.write('var/lib/zincati/wariness', '50\n');
  return machine;
}

/** What the service on loopback answers to Zincati. */
async function ask(machine: Machine, now: number, target = '/v1/graph?basearch=x86_64&oci=true') {
  const request = `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n\r\n`;
  const { stdout, stderr } = await machine.kit('graph', [], now, request);
  const [head = '', body = ''] = stdout.split('\r\n\r\n');
  const length = Number(/^Content-Length: (\d+)$/im.exec(head)?.[1]);
  expect(Buffer.byteLength(body)).toBe(length);
  return { status: Number(head.split(' ')[1]), body, stderr };
}

const offered = (body: string) => offers(parseGraph(body, 'answer'), before)?.version;

describe.skipIf(cannotRunMachines !== undefined)('the local graph', () => {
  it('opens when the rollout reaches the wariness of this node', async () => {
    const machine = await stage();
    // Wariness 50 of 100: this machine id stands at some point between 0.49 and 0.50.
    const at = async (share: number) => offered((await ask(machine, start + share * 24 * hour)).body);
    expect(await at(0.48)).toBeUndefined();
    expect(await at(0.5)).toBe(rolling);
  });

  it('honours a wariness that Zincati sends', async () => {
    const machine = await stage();
    const now = start + hour;
    expect(offered((await ask(machine, now, '/v1/graph?rollout_wariness=0.000000')).body)).toBe(rolling);
    expect(offered((await ask(machine, now, '/v1/graph?rollout_wariness=0.900000')).body)).toBeUndefined();
  });

  it('answers nothing else', async () => {
    const machine = await stage();
    expect((await ask(machine, start, '/')).status).toBe(404);
    expect((await ask(machine, start, '/v1/graph/../../etc/passwd')).status).toBe(404);
  });

  it('loads what did not change only once', async () => {
    const machine = await stage();
    await ask(machine, start);
    const whole = site.bytes;
    site.bytes = 0;
    expect((await ask(machine, start + 1)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(site.bytes).toBeLessThan(whole);
    const month = (site.bytes * 30 * 24 * 12) / 1e6;
    console.log(`local-graph: ${site.bytes} bytes a poll if nothing changed: ${month.toFixed(1)} MB a month`);
    expect(site.requests.slice(-2)).toEqual(['GET /testing/releases.json', 'GET /testing/updates.json']);
  });

  const broken: [name: string, (text: string) => string | Buffer, number?][] = [
    ['404', () => '', 404],
    ['500', () => '', 500],
    ['half a file', (text) => text.slice(0, text.length / 2)],
    ['an empty file', () => ''],
    ['a page', () => '<html>moved</html>'],
    ['gzip that was not asked for', (text) => gzipSync(text)],
    ['a wrong type', (text) => text.replace(/"version": ".*?"/, '"version": 5')],
    ['no list', () => '{"releases": {}}'],
    [
      'a percentage that is no fraction',
      (text) => text.replace('"start_percentage": 0', '"start_percentage": 5'),
    ],
    ['an older one', (text) => text.replace(/"last-modified": "\d+/, '"last-modified": "1999')],
  ];
  it.each(broken)('keeps the last good documents: the site answers with %s', async (_, spoil, status) => {
    const machine = await stage();
    const good = (await ask(machine, start + 20 * hour)).body;
    expect(offered(good)).toBe(rolling);
    for (const name of ['releases.json', 'updates.json']) {
      const text = JSON.stringify({ ...(await read(name)) }, null, 2);
      const spoilt = spoil(text);
      // This damage does not change every document: the others are skipped.
      if (spoilt === text) continue;
      site.handler = async (request, response, serve) => {
        if (request.url?.endsWith(name) !== true) await serve();
        else response.writeHead(status ?? 200, { connection: 'close' }).end(spoilt);
      };
      const answer = await ask(machine, start + 20 * hour);
      expect(answer).toMatchObject({ status: 200, body: good });
      expect(answer.stderr).toMatch(/coxswain: /);
    }
  });

  it('answers 503 if it never had a document', async () => {
    const machine = await stage();
    site.handler = (_, response) => void response.writeHead(404).end();
    expect(await ask(machine, start)).toMatchObject({
      status: 503,
      stderr: expect.stringContaining('it stays on what it runs'),
    });
  });

  it('reads the artifact from the registry if there is no site', async () => {
    const machine = await stage({ SITE: '', ARTIFACT: 'yes' });
    expect(offered((await ask(machine, start + 20 * hour)).body)).toBe(rolling);
  });

  it('offers nothing before the rollout, with a clock in 1970', async () => {
    const machine = await stage();
    expect(offered((await ask(machine, 60)).body)).toBeUndefined();
  });

  it('does not offer a release again that the node went back from', async () => {
    const machine = await stage();
    const { digest } = await site.release('testing', '44.3-cccccccc', start + hour, {
      rollout: { start_percentage: 1 },
    });
    await site.publish(start + hour);
    expect(offered((await ask(machine, start + 30 * hour)).body)).toBe('44.3-cccccccc');
    await machine.write('var/lib/coxswain/refused', `${digest}\n`);
    expect(offered((await ask(machine, start + 30 * hour)).body)).toBe(rolling);
  });
});

async function read(name: string): Promise<object> {
  const answer = await fetch(`${site.url}testing/${name}`);
  return (await answer.json()) as object;
}
