import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { silentLog } from '../../../src/host/log.ts';
import type { SiteSource } from '../../../src/operate/serve-graph/fleet-source.ts';
import { createGraphServer } from '../../../src/operate/serve-graph/graph-server.ts';
import { createMetrics } from '../../../src/operate/serve-graph/metrics.ts';
import { openSite } from '../../../src/operate/serve-graph/served-site.ts';
import { listen, stopServer } from '../../../src/world/http/listen.ts';
import { makeRelease, start, versionOf } from '../../guidance/histories.ts';

export const rolling: UpdateEntry = {
  version: versionOf(2),
  metadata: { rollout: { start_epoch: start, start_percentage: 0, duration_minutes: 100 } },
};

export interface TestFleet {
  readonly count?: number;
  readonly entries?: readonly UpdateEntry[];
  readonly stream?: string;
}

/** The two files of a fleet, as texts. */
export function fleetTexts({ count = 3, entries = [rolling], stream = 'stable' }: TestFleet = {}) {
  const head = { stream, metadata: { 'last-modified': '2026-07-22T14:00:00Z' } };
  const releases = Array.from({ length: count }, (_, index) => makeRelease(index));
  return {
    releases: `${JSON.stringify({ ...head, releases }, null, 2)}\n`,
    updates: `${JSON.stringify({ ...head, releases: entries }, null, 2)}\n`,
  };
}

/** Writes a fleet's published files. */
export async function writeFleet(folder: string, fleet: string, content: TestFleet = {}): Promise<void> {
  await mkdir(join(folder, fleet), { recursive: true });
  const { releases, updates } = fleetTexts(content);
  await writeFile(join(folder, fleet, 'releases.json'), releases);
  await writeFile(join(folder, fleet, 'updates.json'), updates);
}

/** Serves a site during `work`, halfway through the rollout. */
export async function serving<T>(
  source: SiteSource,
  work: (server: {
    readonly url: string;
    readonly refresh: () => Promise<void>;
    readonly warnings: readonly string[];
    readonly setReady: (ready: boolean) => void;
  }) => Promise<T>,
): Promise<T> {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => warnings.push(message) };
  const now = () => start + 3000;
  const metrics = createMetrics(start);
  const site = await openSite(source, { log, metrics, now });
  let ready = true;
  const server = createGraphServer({ site, metrics, now, ready: () => ready });
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  try {
    const setReady = (value: boolean) => {
      ready = value;
    };
    return await work({ url, refresh: site.refresh, warnings, setReady });
  } finally {
    await stopServer(server, 0);
  }
}

/** A node that is offered the release that is rolling out, and one that is not yet. */
export const early = 'basearch=x86_64&stream=stable&oci=true&rollout_wariness=0.2';
export const late = 'basearch=x86_64&stream=stable&oci=true&rollout_wariness=0.9';

/** Edges of the graph that a request gets. */
export async function edgesOf(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${response.status}`);
  return ((await response.json()) as { edges: unknown }).edges;
}
