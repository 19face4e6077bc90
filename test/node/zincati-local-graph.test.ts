import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useRegistry } from '../support/registry.ts';
import { findZincati, installZincati, outcomeOf, runAgent, whyNoAgent } from './support/agent.ts';
import { Machine, type NodeImage } from './support/machine.ts';
import { Site } from './support/site.ts';

const zincati = findZincati();
const reason = whyNoAgent();

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const complete = { rollout: { start_percentage: 1 } };

let site: Site;
let images: Record<'a' | 'b' | 'c' | 'n', NodeImage>;

/** 44.2 is a barrier; 44.4 rolls out over 24 hours. */
beforeAll(async () => {
  if (reason !== undefined) return;
  site = await Site.start(registry.host, { fleets: '  stable: {}' });
  images = {
    a: await site.release('stable', '44.1-aaaaaaaa', start - 400 * hour, complete),
    b: await site.release('stable', '44.2-bbbbbbbb', start - 300 * hour, complete),
    c: await site.release('stable', '44.3-cccccccc', start - 200 * hour, complete),
    n: await site.release('stable', '44.4-dddddddd', start),
  };
  const barrier = ['--action', 'barrier', '--version', '44.2-bbbbbbbb', '--reason', 'keys'];
  await site.edit(['--fleet', 'stable', ...barrier], start);
  await site.publish(start);
});
afterAll(() => site?.stop());

/** What systemd does for coxswain-graph.socket: one process for each connection. */
async function serveGraph(machine: Machine, now: number): Promise<Server> {
  const server = createServer((connection: Socket) => {
    const child = machine.spawn(['bash', '/usr/lib/coxswain/graph.sh'], { COXSWAIN_NOW: String(now) });
    connection.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    connection.pipe(child.stdin as NodeJS.WritableStream);
    child.stdout?.pipe(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(reason !== undefined)(
  `the real Zincati follows the graph of its own node${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it.each<[string, 'a' | 'b' | 'c' | 'n', number, number, string]>([
      ['before its place in the rollout', 'c', 50, 11.7, 'stays'],
      ['after its place in the rollout', 'c', 50, 12, 'update to 44.4-dddddddd'],
      ['to the barrier first', 'a', 50, 20, 'update to 44.2-bbbbbbbb'],
      ['from the barrier on', 'b', 50, 20, 'update to 44.4-dddddddd'],
      ['wariness 0, before the start', 'c', 0, -5, 'update to 44.4-dddddddd'],
      ['wariness 100, near the end', 'c', 100, 23.5, 'stays'],
      ['on the newest', 'n', 50, 20, 'stays'],
    ])('%s', async (_, runs, wariness, at, expected) => {
      const machine = await Machine.start();
      await installZincati(machine, zincati ?? '');
      for (const image of Object.values(images)) await machine.image(image);
      const server = await serveGraph(machine, start + at * hour);
      try {
        await machine.installKit({
          IMAGE: site.repository,
          STREAM: 'stable',
          SITE: site.url,
          FLEETS: 'stable',
          TAGS: 'stable=stable',
          FLEET: 'stable',
          FOLLOW: 'local-graph',
          PORT: (server.address() as AddressInfo).port,
        });
        await machine.write('var/lib/zincati/wariness', `${wariness}\n`);
        await machine.boot(`ostree-unverified-registry:${site.repository}:stable`, images[runs].digest);
        // The address that Zincati gets is the kit's.
        expect(await machine.kit('ring')).toMatchObject({ code: 0 });
        const log = await runAgent(machine);
        expect(outcomeOf(log), log).toBe(expected);
      } finally {
        server.close();
      }
    });
  },
);
