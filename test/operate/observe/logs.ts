import { Readable } from 'node:stream';
import type { Adoption } from '../../../src/guidance/adoption.ts';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import type { Operations } from '../../../src/guidance/operations.ts';
import { type Observation, type ObserveOptions, observe } from '../../../src/operate/observe/observe.ts';
import type { LogSource } from '../../../src/operate/observe/open-log.ts';
import { readRings } from '../../../src/project/configuration/rings.ts';
import type { CountedFleet } from '../../../src/release/adoption/fleet-counter.ts';
import { knownRings } from '../../../src/release/adoption/known-rings.ts';

/** 2026-11-30T12:00:00Z */
export const now = 1_796_040_000;
export const day = 86_400;
export const salt = Buffer.alloc(32, 7);
export const versions = ['44.1-aa', '44.2-bb', '44.3-cc'] as const;

const head = { stream: 'stable', metadata: { 'last-modified': '2026-07-21T14:00:00Z' } };

export function payloadOf(version: string): string {
  return `registry.example.com/acme/os@sha256:${(versions.indexOf(version as never) + 1).toString(16).padStart(64, '0')}`;
}

/** Three releases for one architecture, rings canary and late; all of the rollouts are complete unless `entries` say more. */
export function countedFleet(
  entries: readonly UpdateEntry[] = [
    { version: versions[2], metadata: { rollout: { start_percentage: 1 } } },
  ],
  operations: Operations = {},
  fleet = 'stable',
): CountedFleet {
  return {
    fleet,
    releases: {
      ...head,
      releases: versions.map((version) => ({
        version,
        metadata: '',
        'oci-images': [
          {
            architecture: 'x86_64',
            image: 'registry.example.com/acme/os:stable',
            'digest-ref': payloadOf(version),
          },
        ],
      })),
    },
    updates: { ...head, releases: entries },
    operations,
    rings: knownRings(readRings({ canary: 0, late: 0.9, slices: 4 })),
  };
}

/** A node's identifier, as Zincati sends it. */
export function uuidOf(node: number): string {
  return node.toString(16).padStart(32, 'e0f3745b108f471cbd4883c6fbed8cdd');
}

export function targetOf(
  node: number | undefined,
  version: string,
  { path = '/os/stable/x86_64/v1/graph', payload = payloadOf(version) } = {},
): string {
  const uuid = node === undefined ? '' : `&node_uuid=${uuidOf(node)}`;
  return `${path}?basearch=x86_64&group=default${uuid}&oci=true&os_checksum=${encodeURIComponent(payload)}&os_version=${version}&platform=metal&stream=stable`;
}

/** A line of the combined format. */
export function combined(time: number, target: string, status = 200): string {
  const [, month, date, year, clock] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(time * 1000).toUTCString()) ?? [];
  return `203.0.113.9 - - [${month}/${date}/${year}:${clock} +0000] "GET ${target} HTTP/1.1" ${status} 48211 "-" "-"\n`;
}

export function logOf(text: string | Buffer, { name = 'access.log', chunk = 65_536 } = {}): LogSource {
  const bytes = Buffer.from(text);
  return {
    name,
    read: () =>
      Readable.from(
        (function* () {
          for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
        })(),
      ),
  };
}

export function observeText(
  text: string | Buffer | readonly LogSource[],
  options: Partial<ObserveOptions> = {},
): Promise<Observation> {
  const logs = typeof text === 'string' || Buffer.isBuffer(text) ? [logOf(text)] : text;
  return observe(logs, { fleets: [countedFleet()], now, window: 14 * day, format: 'auto', salt, ...options });
}

export async function adoptionOf(
  text: string | readonly LogSource[],
  options: Partial<ObserveOptions> = {},
): Promise<Adoption> {
  const { fleets } = await observeText(text, options);
  return fleets[0] as Adoption;
}
