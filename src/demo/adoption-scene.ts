import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUpdateMetadata } from '../guidance/metadata.ts';
import { nextOpening } from '../guidance/progress.ts';
import { parseReleaseIndex } from '../guidance/releases.ts';
import { readConfig } from '../project/configuration/config.ts';
import type { Scene } from './scene.ts';
import { readHalted, readObserved } from './verb-answers.ts';

const nodes = 1000;
const hour = 3600;
const day = 24 * hour;
const basearch = 'x86_64';
/** So many nodes run the new release, fail, and go back. */
const cameBack = 12;

/**
 * A thousand nodes of stable poll while the rollout is half-way, and some of them come back to the old release: observe
 * counts them by the access log, and watch-fleet halts the rollout. The dashboard shows both.
 */
export async function playAdoption(scene: Scene): Promise<void> {
  const { stage, options, site } = scene;
  const fleet = 'stable';
  const file = (name: string) => readFile(join(site, fleet, name), 'utf8');
  const { releases } = parseReleaseIndex(await file('releases.json'), 'releases.json');
  const updates = parseUpdateMetadata(await file('updates.json'), 'updates.json');
  const [before, newest] = releases.slice(-2).map(({ version }) => version) as [string, string];
  const rollout = updates.releases.find(({ version }) => version === newest)?.metadata.rollout ?? {};
  const start = rollout.start_epoch ?? 0;
  const now = start + Math.floor(((rollout.duration_minutes ?? 0) * 60) / 2) + 6 * hour;
  const { rings } = await readConfig(scene.repository);

  stage.chapter('A thousand nodes of stable, as the access log of the web server knows them');
  const log = join(options.output, 'access.log');
  await stage.step('observe', async () => {
    const lines = Array.from({ length: nodes }, (_, index) => {
      const ring = rings[index % rings.length];
      const opens = nextOpening(rollout, ring?.wariness ?? 1, start - 1) ?? start;
      return pollsOf({
        id: createHash('sha256').update(`node ${index}`).digest('hex').slice(0, 32),
        folder: ring?.folders[0] ?? '',
        versions: { before, newest },
        // Nodes that are off for a while take it later.
        taken: opens + (index % 37) * 600,
        back: index % rings.length < 2 && index < (rings.length / 2) * cameBack,
        now,
      });
    }).flat();
    lines.sort((one, other) => one.at - other.at);
    await writeFile(log, lines.map(({ line }) => `${line}\n`).join(''));
    scene.setTime(now);
    const counted = readObserved(
      await scene.coxswain(['observe', '--log', log, '--fleet', fleet, '--record'], {
        env: { COXSWAIN_OBSERVE_SALT: 'the demo needs no secret, its nodes are made up' },
      }),
    );
    const [found] = counted.fleets;
    if (found?.nodes !== nodes) throw new Error(`observe counted ${found?.nodes} nodes`);
    return { value: undefined, what: `${lines.length} requests of ${nodes} nodes counted` };
  });

  stage.chapter('Some of them came back to the old release: the rollout halts on its own');
  await stage.step('watch-fleet', async () => {
    const config = join(scene.repository, 'coxswain.yaml');
    const text = await readFile(config, 'utf8');
    const condition = 'halt-when: [{ name: went-back, came-back: { nodes: 5 } }]';
    await writeFile(config, text.replace(/^( {2}stable: \{ )/m, `$1${condition}, `));
    const { fleets } = readHalted(await scene.coxswain(['watch-fleet', '--fleet', fleet, '--output', site]));
    const halted = fleets.flatMap(({ steps }) => steps).filter(({ what }) => what === 'halted');
    if (halted.length !== 1) throw new Error(`${halted.length} rollouts were halted`);
    return { value: undefined, what: `${halted[0]?.version} is halted: ${halted[0]?.condition}` };
  });
}

interface Poll {
  /** UNIX seconds. */
  readonly at: number;
  /** In the combined log format. */
  readonly line: string;
}

/** A node asks every few hours here, so that the log stays small; Zincati asks every five minutes. */
function pollsOf(node: {
  readonly id: string;
  readonly folder: string;
  readonly versions: { readonly before: string; readonly newest: string };
  /** When it boots the new release, UNIX seconds. */
  readonly taken: number;
  readonly back: boolean;
  readonly now: number;
}): Poll[] {
  const { id, folder, versions, taken, back, now } = node;
  const every = 4 * hour;
  const first = now - 2 * day - (Number.parseInt(id.slice(0, 4), 16) % every);
  return Array.from({ length: Math.floor((now - first) / every) + 1 }, (_, index): Poll => {
    const at = first + index * every;
    const runsNew = at >= taken && !(back && at >= taken + 2 * every);
    const query = new URLSearchParams({
      basearch,
      group: 'default',
      node_uuid: id,
      os_checksum: '',
      os_version: runsNew ? versions.newest : versions.before,
      platform: 'qemu',
      stream: 'stable',
    });
    const path = ['/stable', basearch, ...(folder === '' ? [] : [folder]), 'v1/graph'].join('/');
    return {
      at,
      line: `192.0.2.1 - - [${clfTime(at)}] "GET ${path}?${query} HTTP/1.1" 200 2048 "-" "zincati/0.0.30"`,
    };
  });
}

/** `30/Nov/2026:17:00:00 +0000` */
function clfTime(seconds: number): string {
  const [, date, month, year, time] = new Date(seconds * 1000).toUTCString().split(' ');
  return `${date}/${month}/${year}:${time} +0000`;
}
