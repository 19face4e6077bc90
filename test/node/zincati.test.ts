import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/world/registry/reference.ts';
import { useRegistry } from '../support/registry.ts';
import {
  findZincati,
  installZincati,
  outcomeOf,
  runAgent,
  whyNoAgent,
  zincatiVersion,
} from './support/agent.ts';
import { Machine, type NodeImage } from './support/machine.ts';
import { type Handler, Site } from './support/site.ts';

const zincati = findZincati();
const reason = whyNoAgent();

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const complete = { rollout: { start_percentage: 1 } };

/** Releases of the fleet testing, oldest first: A, the barrier B, the dead-end D, C, and N, which rolls out in a day. */
const names = {
  A: '44.1-aaaaaaaa',
  B: '44.2-bbbbbbbb',
  D: '44.3-dddddddd',
  C: '44.4-cccccccc',
  N: '44.5-eeeeeeee',
};
type Name = keyof typeof names;
let site: Site;
const images = new Map<Name, NodeImage>();
const table: string[][] = [];

beforeAll(async () => {
  if (reason !== undefined) return;
  site = await Site.start(registry.host, {
    fleets: '  testing: {}\n  stable: {}',
    rings: 'rings: { canary: 0.0, early: 0.1, slices: 100 }',
  });
  const ages: Record<Name, number> = { A: 500, B: 400, D: 300, C: 200, N: 0 };
  for (const name of ['A', 'B', 'D', 'C', 'N'] as const) {
    const metadata = name === 'N' ? undefined : complete;
    images.set(name, await site.release('testing', names[name], start - ages[name] * hour, metadata));
  }
  await site.edit(['--action', 'barrier', '--version', names.B, '--reason', 'new keys'], start);
  await site.edit(['--action', 'deadend', '--version', names.D, '--reason', 'broken disk driver'], start);
  await site.release('stable', names.A, start - 500 * hour, complete, { digest: image('A').digest });
});
afterAll(async () => {
  await site?.stop();
  if (table.length === 0) return;
  const rows = table.map(
    ([scenario = '', expected = '', did = '']) => `${scenario.padEnd(62)} ${expected.padEnd(30)} ${did}`,
  );
  console.log(
    [`the real Zincati ${zincatiVersion(zincati as string)}: ${rows.length} scenarios`, ...rows].join('\n'),
  );
});

function image(name: Name): NodeImage {
  const found = images.get(name);
  if (found === undefined) throw new Error(`no image ${name}`);
  return found;
}

interface Scenario {
  readonly name: string;
  /** What the node runs. Default: C. */
  readonly runs?: Name;
  /** Tag of the reference that it was installed by. Default: the stream label. */
  readonly tag?: string;
  readonly prefix?: string;
  /** Instead of the digest of the image that it runs. */
  readonly digest?: string;
  /** The graph is rendered this many hours after the start of N's rollout. */
  readonly at?: number;
  /** Below the site: what base_url says. Default: no ring. */
  readonly path?: string;
  readonly more?: string;
  readonly handler?: Handler;
  /** Changes the image of the target as the registry has it. */
  readonly target?: Partial<NodeImage>;
  readonly expected: string;
  /** The last call of rpm-ostree that changes something; checked if given. */
  readonly call?: (site: Site) => string;
}

const withText =
  (change: (text: string) => string | Buffer, head: Record<string, string> = {}, status = 200): Handler =>
  async (request, response) => {
    const answer = await fetch(new URL(request.url?.replace(/\?.*/, '') ?? '', `${site.url}`), {
      headers: { 'x-plain': '1' },
    });
    response.writeHead(status, { connection: 'close', ...head }).end(change(await answer.text()));
  };

const toN = `update to ${names.N}`;
const toC = `update to ${names.C}`;
const path = 'testing/${basearch}/';

const unordered: readonly Scenario[] = [
  // Rings at moments of a rollout.
  ...[
    [-1, '', 'stays'],
    [0.5, '', 'stays'],
    [12, '', 'stays'],
    [24.1, '', toN],
    [-1, 'canary/', toN],
    [0.1, 'canary/', toN],
    [-1, 'early/', 'stays'],
    [2.3, 'early/', 'stays'],
    [2.5, 'early/', toN],
    [24.1, 'early/', toN],
    [0.2, 'slice-1/', 'stays'],
    [0.3, 'slice-1/', toN],
    [8.8, 'slice-37/', 'stays'],
    [8.9, 'slice-37/', toN],
    [11.9, 'slice-50/', 'stays'],
    [12.1, 'slice-50/', toN],
    [23.7, 'slice-99/', 'stays'],
    [23.8, 'slice-99/', toN],
    [23.9, 'slice-100/', 'stays'],
    [24.1, 'slice-100/', toN],
    [12, 'default/', 'stays'],
    [24.1, 'default/', toN],
  ].map(
    ([at, ring, expected]): Scenario => ({
      name: `ring ${ring === '' ? 'none' : ring}, ${at} h after the start`,
      at: at as number,
      path: `${path}${ring}`,
      expected: expected as string,
    }),
  ),
  { name: '${group}: Fedora’s default', at: 24.1, path: `${path}\${group}/`, expected: toN },
  {
    name: '${group}: a ring',
    at: 0.1,
    path: `${path}\${group}/`,
    more: '[identity]\ngroup = "canary"\n',
    expected: toN,
  },
  {
    name: '${group}: a slice',
    at: 0.3,
    path: `${path}\${group}/`,
    more: '[identity]\ngroup = "slice-1"\n',
    expected: toN,
  },
  {
    name: '${group}: no such ring',
    at: 24.1,
    path: `${path}\${group}/`,
    more: '[identity]\ngroup = "kiosk"\n',
    expected: 'error',
  },
  { name: '${stream} in the address', at: 24.1, path: '${stream}/${basearch}/', expected: 'not found' },
  // Barriers and dead-ends.
  { name: 'a barrier is passed first', runs: 'A', at: 24.1, expected: `update to ${names.B}` },
  {
    name: 'a barrier is passed first, canary',
    runs: 'A',
    at: 24.1,
    path: `${path}canary/`,
    expected: `update to ${names.B}`,
  },
  { name: 'from the barrier on to the newest', runs: 'B', at: 24.1, expected: toN },
  { name: 'from the barrier, before the rollout', runs: 'B', at: -1, expected: toC },
  { name: 'a dead-end stays, and says why', runs: 'D', at: 24.1, expected: 'dead-end: broken disk driver' },
  { name: 'the newest release has nowhere to go', runs: 'N', at: 24.1, expected: 'stays' },
  // References.
  {
    name: 'booted by the stream label: deploy',
    at: 24.1,
    expected: toN,
    call: () => `deploy --lock-finalization ${image('N').digest} --disallow-downgrade`,
  },
  {
    name: 'booted by the fleet’s tag: rebase to the stream label',
    tag: 'testing',
    at: 24.1,
    expected: toN,
    call: ({ repository }) =>
      `rebase --lock-finalization ostree-unverified-registry:${repository}:stable ${image('N').digest} --disallow-downgrade`,
  },
  { name: 'booted by a version', tag: names.C, at: 24.1, expected: toN },
  {
    name: 'the prefix for signatures is kept',
    tag: 'testing',
    prefix: 'ostree-image-signed:docker://',
    at: 24.1,
    target: { signed: true },
    expected: toN,
    call: ({ repository }) =>
      `rebase --lock-finalization ostree-image-signed:docker://${repository}:stable ${image('N').digest} --disallow-downgrade`,
  },
  {
    name: 'signed prefix, image without a signature',
    tag: 'testing',
    prefix: 'ostree-image-signed:docker://',
    at: 24.1,
    expected: 'refused by rpm-ostree',
  },
  // Not in the graph.
  { name: 'an image that no graph has', digest: digestOf('a test image'), at: 24.1, expected: 'not found' },
  {
    name: 'moved to a fleet that lacks the release',
    at: 24.1,
    path: 'stable/${basearch}/',
    expected: 'not found',
  },
  {
    name: 'moved to a fleet that has the release',
    runs: 'A',
    at: 24.1,
    path: 'stable/${basearch}/',
    expected: 'stays',
  },
  // What the registry has is not what the graph says.
  {
    name: 'the image of the target is gone',
    at: 24.1,
    target: { repository: 'gone.example/os' },
    expected: 'refused by rpm-ostree',
  },
  {
    name: 'the target was created earlier',
    at: 24.1,
    target: { created: start - 9000 * hour },
    expected: 'refused by rpm-ostree',
  },
  {
    name: 'the target has another stream',
    at: 24.1,
    target: { labels: { 'org.opencontainers.image.version': names.N, 'com.coreos.stream': 'next' } },
    expected: 'abandoned',
  },
  {
    name: 'the target has another version',
    at: 24.1,
    target: { labels: { 'org.opencontainers.image.version': '44.5', 'com.coreos.stream': 'stable' } },
    expected: 'not confirmed',
  },
  // Addresses and answers.
  { name: 'base_url without a slash at its end', at: 24.1, path: 'testing/${basearch}', expected: 'error' },
  { name: 'a fleet that does not exist', at: 24.1, path: 'prod/${basearch}/', expected: 'error' },
  {
    name: 'content type application/octet-stream',
    at: 24.1,
    expected: toN,
    handler: withText((text) => text, { 'content-type': 'application/octet-stream' }),
  },
  {
    name: 'content type text/html',
    at: 24.1,
    expected: toN,
    handler: withText((text) => text, { 'content-type': 'text/html' }),
  },
  { name: 'no content type', at: 24.1, expected: toN, handler: withText((text) => text) },
  ...[301, 302, 307, 308].map(
    (status): Scenario => ({
      name: `a redirect (${status})`,
      at: 24.1,
      path: `moved/${path}`,
      expected: toN,
      handler: (request, response, serve) => {
        if (request.url?.startsWith('/moved/') !== true) return serve();
        response
          .writeHead(status, { location: request.url.slice('/moved'.length), connection: 'close' })
          .end();
        return undefined;
      },
    }),
  ),
  {
    name: 'a path prefix',
    at: 24.1,
    path: `a/b/${path}`,
    expected: toN,
    handler: (request, _, serve) => {
      request.url = request.url?.replace('/a/b', '') ?? '';
      return serve();
    },
  },
  { name: 'an empty file', at: 24.1, expected: 'error', handler: withText(() => '') },
  {
    name: 'half a file',
    at: 24.1,
    expected: 'error',
    handler: withText((text) => text.slice(0, text.length / 2)),
  },
  { name: 'a page', at: 24.1, expected: 'error', handler: withText(() => '<html></html>') },
  {
    name: 'gzip that nobody asked for',
    at: 24.1,
    expected: 'error',
    handler: withText((text) => gzipSync(text), { 'content-encoding': 'gzip' }),
  },
  { name: 'a byte order mark', at: 24.1, expected: 'error', handler: withText((text) => `\u{feff}${text}`) },
  { name: 'the server answers 500', at: 24.1, expected: 'error', handler: withText(() => '', {}, 500) },
  { name: 'the server answers 304', at: 24.1, expected: 'error', handler: withText(() => '', {}, 304) },
  {
    name: 'a graph without nodes',
    at: 24.1,
    expected: 'not found',
    handler: withText(() => '{"nodes":[],"edges":[]}'),
  },
  {
    name: 'one node without a version spoils the graph',
    at: 24.1,
    expected: 'error',
    handler: withText((text) => text.replace(/"version":"44.5[^"]*"/, '"version":""')),
  },
  { name: 'disabled by configuration', at: 24.1, more: '[updates]\nenabled = false\n', expected: 'stays' },
];

// publish-updates refuses to go back in time: the scenarios run in the order of their moments.
const scenarios = unordered.toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0));

describe.skipIf(reason !== undefined)(
  `the real Zincati${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
      '%s',
      async (name, scenario) => {
        site.handler = undefined;
        await site.publish(start + (scenario.at ?? 0) * hour);
        site.handler = scenario.handler;
        const machine = await Machine.start();
        await installZincati(machine, zincati ?? '');
        for (const [each, known] of images) {
          await machine.image({ ...known, ...(each === 'N' ? scenario.target : {}) });
        }
        const own = image(scenario.runs ?? 'C');
        const digest = scenario.digest ?? own.digest;
        if (scenario.digest !== undefined) await machine.image({ ...own, digest });
        await machine.boot(
          `${scenario.prefix ?? 'ostree-unverified-registry:'}${site.repository}:${scenario.tag ?? 'stable'}`,
          digest,
        );
        const address = `${site.url}${scenario.path ?? path}`;
        await machine.write(
          'etc/zincati/config.d/90-fleet.toml',
          `[cincinnati]\nbase_url = "${address}"\n${scenario.more ?? ''}`,
        );
        const log = await runAgent(machine);
        const did = outcomeOf(log);
        table.push([name, scenario.expected, did]);
        expect(did, log).toBe(scenario.expected);
        if (scenario.call !== undefined) {
          const calls = await machine.calls();
          expect(calls.filter((call) => /^(deploy|rebase) --lock/.test(call))).toEqual([scenario.call(site)]);
        }
        if (scenario.expected.startsWith('update')) {
          await machine.reboot();
          expect((await machine.deployment('booted'))?.REF).toContain(`${site.repository}:stable`);
        }
      },
      90_000,
    );
  },
);
