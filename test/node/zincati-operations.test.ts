import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGraph, formatGraph, formatPublishedGraph } from '../../src/guidance/graph.ts';
import { warinessOf } from '../../src/guidance/wariness.ts';
import { silentLog } from '../../src/host/log.ts';
import { importRelease } from '../../src/operate/import-release/import-release.ts';
import { createGraphServer } from '../../src/operate/serve-graph/graph-server.ts';
import { createMetrics } from '../../src/operate/serve-graph/metrics.ts';
import { openSite } from '../../src/operate/serve-graph/served-site.ts';
import { folderSource } from '../../src/operate/serve-graph/site-folder.ts';
import { listen, stopServer } from '../../src/world/http/listen.ts';
import { mediaTypes } from '../../src/world/registry/manifest.ts';
import { atDigest, atTag, type Digest, digestOf } from '../../src/world/registry/reference.ts';
import { makeCertificate } from '../support/certificate.ts';
import { pushSampleImage, useRegistry } from '../support/registry.ts';
import {
  findZincati,
  installZincati,
  outcomeOf,
  runAgent,
  whyNoAgent,
  zincatiVersion,
} from './support/agent.ts';
import { Machine, type NodeImage } from './support/machine.ts';
import { Site } from './support/site.ts';

const zincati = findZincati();
const reason = whyNoAgent();

const registry = useRegistry();
const start = 1_785_000_000;
const hour = 3600;
const complete = { rollout: { start_percentage: 1 } };
const table: string[][] = [];

/** A node that asks once. */
interface Node {
  readonly runs: NodeImage;
  /** base_url */
  readonly address: string;
  /** All images that it can pull. */
  readonly images: readonly NodeImage[];
  readonly more?: string;
  readonly machineId?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** What the real Zincati does on a node: expected in words, and its log if that is not what it did. */
async function expectNode(name: string, node: Node, expected: string): Promise<Machine> {
  const { runs, address, images, more = '', machineId, files = {} } = node;
  const machine = await Machine.start(machineId === undefined ? {} : { machineId });
  await installZincati(machine, zincati ?? '');
  for (const image of images) await machine.image(image);
  await machine.image(runs);
  for (const [path, text] of Object.entries(files)) await machine.write(path, text);
  await machine.boot(`ostree-unverified-registry:${runs.repository}:stable`, runs.digest);
  await machine.write('etc/zincati/config.d/90-fleet.toml', `[cincinnati]\nbase_url = "${address}"\n${more}`);
  const log = await runAgent(machine);
  const did = outcomeOf(log);
  table.push([name, expected, did]);
  expect(did, log).toBe(expected);
  return machine;
}

const ring = (site: Site, name: string, fleet = 'testing') => `${site.url}${fleet}/\${basearch}/${name}/`;

afterAll(() => {
  if (table.length === 0) return;
  const rows = table.map(
    ([scenario = '', expected = '', did = '']) => `${scenario.padEnd(62)} ${expected.padEnd(30)} ${did}`,
  );
  console.log(
    [`the real Zincati ${zincatiVersion(zincati as string)}: ${rows.length} scenarios`, ...rows].join('\n'),
  );
});

describe.skipIf(reason !== undefined)(
  `the real Zincati while operators steer${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let site: Site;
    let images: NodeImage[];
    let old: NodeImage;
    let rolling: NodeImage;

    beforeAll(async () => {
      site = await Site.start(registry.host, {
        fleets: '  testing: {}\n  stable: {}',
        rings: 'rings: { canary: 0.0, early: 0.1, slices: 100 }',
      });
      old = await site.release('testing', '44.1-aaaaaaaa', start - 100 * hour, complete);
      rolling = await site.release('testing', '44.2-bbbbbbbb', start);
      images = [old, rolling];
      await setTag(rolling);
    });

    /** Points the fleet's tag at a release, as promote-image does. */
    async function setTag({ digest }: NodeImage): Promise<void> {
      const { client, config } = site.project;
      const manifest = await client.getManifest(atDigest(config.image, digest as Digest));
      await client.putManifest(config.image, 'testing', manifest.bytes, manifest.descriptor.mediaType);
    }
    afterAll(() => site?.stop());

    // One story: each step continues from the one before. The rollout of 44.2 takes 24 hours.
    const steps: readonly [
      name: string,
      at: number,
      edits: readonly (readonly string[])[],
      nodes: readonly [ring: string, runs: 'old' | 'rolling', expected: string][],
    ][] = [
      ['while it rolls out', 6, [], [['slice-20', 'old', 'update to 44.2-bbbbbbbb']]],
      [
        'paused at 25 %',
        6,
        [['--action', 'pause', '--reason', 'boot loop']],
        [
          ['slice-20', 'old', 'stays'],
          ['canary', 'old', 'stays'],
          ['slice-20', 'rolling', 'stays'],
        ],
      ],
      ['paused, long after', 40, [], [['slice-20', 'old', 'stays']]],
      [
        'resumed: it goes on at 25 %',
        41,
        [['--action', 'resume']],
        [
          ['slice-20', 'old', 'update to 44.2-bbbbbbbb'],
          ['slice-30', 'old', 'stays'],
        ],
      ],
      ['held', 42, [['--action', 'hold', '--reason', 'freeze']], [['slice-20', 'old', 'stays']]],
      [
        'the hold is released',
        43,
        [['--action', 'release-hold']],
        [['slice-20', 'old', 'update to 44.2-bbbbbbbb']],
      ],
      [
        'withdrawn',
        44,
        [['--action', 'withdraw', '--version', '44.2-bbbbbbbb', '--reason', 'bad']],
        [
          ['slice-20', 'old', 'stays'],
          ['canary', 'old', 'stays'],
          ['slice-20', 'rolling', 'stays'],
        ],
      ],
    ];
    it.each(steps)('%s', async (name, at, edits, nodes) => {
      for (const edit of edits) await site.edit(edit, start + at * hour);
      await site.publish(start + at * hour);
      for (const [where, runs, expected] of nodes) {
        const address = ring(site, where);
        await expectNode(
          `${name}: ${where} on ${runs === 'old' ? '44.1' : '44.2'}`,
          { runs: runs === 'old' ? old : rolling, address, images },
          expected,
        );
      }
    });

    // docs/questions.md: does a node downgrade?
    it('the withdrawal rolled the tag back, and a node on the withdrawn release stays on it', async () => {
      const { client, config } = site.project;
      expect((await client.resolve(atTag(config.image, 'testing')))?.digest).toBe(old.digest);
      await expectNode(
        'the tag is rolled back: on 44.2',
        { runs: rolling, address: `${site.url}testing/\${basearch}/`, images },
        'stays',
      );
    });

    it('rolled back: the content of 44.1 as a new release', async () => {
      const restored = await site.release('testing', '44.3-cccccccc', start + 45 * hour, complete);
      await site.publish(start + 45 * hour);
      for (const runs of [rolling, old]) {
        await expectNode(
          `rolled back: on ${runs.version.slice(0, 4)}`,
          { runs, address: `${site.url}testing/\${basearch}/`, images: [...images, restored] },
          'update to 44.3-cccccccc',
        );
      }
    });

    it('two barriers and one that rolls out', async () => {
      const at = (hours: number) => start + hours * hour;
      const a = await site.release('stable', '44.1-stable00', at(-100), complete);
      const b = await site.release('stable', '44.2-stable00', at(-90), complete);
      const c = await site.release('stable', '44.3-stable00', at(-80), complete);
      const d = await site.release('stable', '44.4-stable00', at(-70), complete);
      for (const each of [b, c]) {
        await site.edit(
          ['--fleet', 'stable', '--action', 'barrier', '--version', each.version, '--reason', 'keys'],
          at(45),
        );
      }
      const rolls = await site.release('stable', '44.5-stable00', at(46));
      await site.edit(
        ['--fleet', 'stable', '--action', 'barrier', '--version', rolls.version, '--reason', 'disk'],
        at(46),
      );
      await site.publish(at(46 + 12));
      const all = [a, b, c, d, rolls];
      const from = (runs: NodeImage, where: string, expected: string) =>
        expectNode(
          `barriers 44.2, 44.3, and 44.5 at 50 %: ${where} on ${runs.version.slice(0, 4)}`,
          { runs, address: ring(site, where, 'stable'), images: all },
          expected,
        );
      await from(a, 'slice-80', `update to ${b.version}`);
      await from(b, 'slice-80', `update to ${c.version}`);
      await from(c, 'slice-80', `update to ${d.version}`);
      await from(d, 'slice-80', 'stays');
      await from(d, 'slice-40', `update to ${rolls.version}`);
      await from(a, 'canary', `update to ${b.version}`);
    });
  },
  600_000,
);

describe.skipIf(reason !== undefined)(
  `the real Zincati with other servers and graphs${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let site: Site;
    let old: NodeImage;
    let rolling: NodeImage;
    const folders: string[] = [];

    beforeAll(async () => {
      site = await Site.start(registry.host, { fleets: '  testing: {}', rings: 'rings: { early: 0.1 }' });
      old = await site.release('testing', '44.1-aaaaaaaa', start - 100 * hour, complete);
      rolling = await site.release('testing', '44.2-bbbbbbbb', start);
      await site.publish(start + 12 * hour);
    });
    afterAll(async () => {
      await site?.stop();
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    });

    it('serve-graph throttles by the wariness that is sent, or by the node', async () => {
      const metrics = createMetrics(start);
      const now = () => start + 12 * hour;
      const served = await openSite(folderSource(site.folder, []), { log: silentLog, metrics, now });
      const server = createGraphServer({ site: served, metrics, now, ready: () => true });
      const uuids: string[] = [];
      server.on('request', ({ url }) => {
        uuids.push(new URLSearchParams(url?.split('?')[1]).get('node_uuid') ?? '');
      });
      const address = `${await listen(server, { host: '127.0.0.1', port: 0 })}testing/`;
      const node = { runs: old, address, images: [rolling] };
      try {
        for (const [wariness, expected] of [
          ['0.0', 'update to 44.2-bbbbbbbb'],
          ['0.49', 'update to 44.2-bbbbbbbb'],
          ['0.51', 'stays'],
          ['1.0', 'stays'],
        ] as const) {
          const more = `[identity]\nrollout_wariness = ${wariness}\n`;
          await expectNode(`serve-graph at 50 %, wariness ${wariness}`, { ...node, more }, expected);
        }
        // These two machine ids are below and above the half.
        for (const [machineId, expected] of machines) {
          await expectNode(
            `serve-graph at 50 %, machine ${machineId.slice(0, 4)}…`,
            { ...node, machineId },
            expected,
          );
          expect(warinessOf(uuids.at(-1) ?? '') <= 0.5).toBe(expected !== 'stays');
        }
      } finally {
        await stopServer(server, 0);
      }
    });
    const machines = [
      ['11111111111111111111111111111111', 'update to 44.2-bbbbbbbb'],
      ['22222222222222222222222222222222', 'stays'],
    ] as const;

    it('TLS: a certificate is checked', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'coxswain-tls-'));
      folders.push(folder);
      const { certificate, key } = await makeCertificate(folder);
      const pem = await readFile(certificate, 'utf8');
      const server = createServer({ cert: pem, key: await readFile(key) }, (request, response) => {
        const path = request.url?.replace(/\?.*/, '') ?? '';
        void fetch(`${site.url}${path.slice(1)}`, { headers: { 'x-plain': '1' } })
          .then((answer) => answer.text())
          .then((text) => response.end(text));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = `https://localhost:${(server.address() as AddressInfo).port}/testing/\${basearch}/early/`;
      const node = { runs: old, address, images: [rolling] };
      try {
        await expectNode('TLS: the CA is unknown', node, 'error');
        const files = { 'etc/ssl/certs/ca-certificates.crt': pem };
        await expectNode('TLS: the CA is known', { ...node, files }, 'update to 44.2-bbbbbbbb');
        const byNumber = address.replace('localhost', '127.0.0.1');
        await expectNode('TLS: the name is another', { ...node, files, address: byNumber }, 'error');
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });

    it('2,000 releases', async () => {
      const releases = Array.from({ length: 2_000 }, (_, index) => ({
        version: `44.${index}`,
        'oci-images': [
          {
            architecture: 'x86_64',
            image: '',
            'digest-ref': `${site.repository}@${digestOf(`release ${index}`)}`,
          },
        ],
      }));
      const entries = [{ version: '44.1999', metadata: complete }];
      const graph = formatPublishedGraph(
        buildGraph({ releases }, { releases: entries }, { basearch: 'x86_64', scheme: 'oci' }),
      );
      site.handler = (_, response) => void response.end(graph);
      const image = (index: number): NodeImage => ({
        repository: site.repository,
        digest: digestOf(`release ${index}`),
        version: `44.${index}`,
        created: start + index,
        stream: 'stable',
      });
      const address = `${site.url}testing/x86_64/`;
      const megabytes = (Buffer.byteLength(graph) / 1e6).toFixed(2);
      for (const index of [0, 1_998]) {
        await expectNode(
          `2,000 releases (${megabytes} MB): on the ${index === 0 ? 'oldest' : 'newest but one'}`,
          { runs: image(index), address, images: [image(1_999)] },
          'update to 44.1999',
        );
      }
      site.handler = undefined;
    });

    it('loads as many bytes a month as docs/nodes.md says', async () => {
      const releases = Array.from({ length: 104 }, (_, index) => ({
        version: `44.20260707.3.${index}-3f9a1c02`,
        'oci-images': [
          {
            architecture: 'x86_64',
            image: '',
            'digest-ref': `ghcr.io/acme/os@${digestOf(`release ${index}`)}`,
          },
        ],
      }));
      const entries = [{ version: releases.at(-1)?.version ?? '', metadata: complete }];
      const graph = buildGraph({ releases }, { releases: entries }, { basearch: 'x86_64', scheme: 'oci' });
      const runs: NodeImage = {
        repository: 'ghcr.io/acme/os',
        digest: digestOf('release 103'),
        version: releases.at(-1)?.version ?? '',
        created: start,
        stream: 'stable',
      };
      // A slice is one of these graphs, too: the ring of a node does not change what it loads.
      const month = async (text: string) => {
        site.handler = (_, response) =>
          void response
            .writeHead(200, { 'content-type': 'application/octet-stream', connection: 'close' })
            .end(text);
        site.bytes = 0;
        await expectNode('what a poll costs', { runs, address: `${site.url}x/`, images: [] }, 'stays');
        await expect.poll(() => site.bytes).toBeGreaterThan(0);
        site.handler = undefined;
        table.pop();
        return (site.bytes * 12 * 24 * 30) / 1e6;
      };
      const compact = await month(formatPublishedGraph(graph));
      const spaced = await month(formatGraph(graph));
      console.log(
        `a graph of 104 releases, polled every five minutes for a month: ${compact.toFixed(0)} MB as published, ring or slice; ${spaced.toFixed(0)} MB with spaces, as upstream serves it`,
      );
      expect(compact).toBeGreaterThan(200);
      expect(compact).toBeLessThan(270);
    });

    it('a node on the digest of an index', async () => {
      const other = await Site.start(registry.host, { fleets: '  stable: {}' });
      try {
        const { client, config } = other.project;
        const labels = { 'org.opencontainers.image.version': '44.1', 'com.coreos.stream': 'stable' };
        const manifest = await pushSampleImage(client, config.image, {
          created: new Date((start - hour) * 1000).toISOString(),
          labels,
        });
        const { descriptor } = await client.getManifest(manifest);
        const platform = { architecture: 'amd64', os: 'linux' };
        const bytes = Buffer.from(
          JSON.stringify({
            schemaVersion: 2,
            mediaType: mediaTypes.ociIndex,
            manifests: [{ ...descriptor, platform }],
          }),
        );
        const index = await client.putManifest(config.image, '44.1', bytes, mediaTypes.ociIndex);
        // A second build with the same label: both have the version of their base.
        const second = await pushSampleImage(client, config.image, {
          created: new Date((start - 60) * 1000).toISOString(),
          labels,
        });
        await importRelease(other.project, {
          order: { fleet: 'stable', by: 'Ada', now: start },
          references: [`${other.repository}:44.1`, `${other.repository}@${second.digest}`],
          rehearse: false,
        });
        const next = await other.release('stable', '44.2', start, complete);
        await other.publish(start + hour, '--first-release');
        const common = {
          repository: other.repository,
          version: '44.1',
          created: start - hour,
          stream: 'stable',
        };
        const address = `${other.url}stable/\${basearch}/`;
        for (const [what, digest] of [
          ['index', index],
          ['image', manifest.digest],
          ['second build', second.digest],
        ] as const) {
          const machine = await expectNode(
            `imported: on the digest of the ${what}`,
            { runs: { ...common, digest }, address, images: [next] },
            'update to 44.2',
          );
          const calls = await machine.calls();
          expect(calls.filter((call) => call.startsWith('deploy --lock'))).toEqual([
            `deploy --lock-finalization ${next.digest} --disallow-downgrade`,
          ]);
        }
      } finally {
        await other.stop();
      }
    });
  },
  600_000,
);
