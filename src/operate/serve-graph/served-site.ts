import { InputError, messageOf } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import { type Guidance, parseGuidance, refuseGoingBack, type SiteSource } from './fleet-source.ts';
import { createGraphAnswers, type GraphAnswers } from './graph-answers.ts';
import type { ServeMetrics } from './metrics.ts';

/** A fleet that is being served. */
export interface ServedFleet {
  readonly stream: string;
  readonly releases: number;
  readonly answers: GraphAnswers;
  readonly guidance: Guidance;
  /** UNIX seconds at which its files were last read or found unchanged. */
  readonly readAt: number;
}

/** The last good state of each fleet of a site. */
export interface ServedSite {
  readonly fleets: ReadonlyMap<string, ServedFleet>;
  /**
   * Reads the source again. A fleet that can be read is replaced; one that cannot keeps its last state, and the log
   * says why, once for each reason.
   */
  refresh(): Promise<void>;
}

/**
 * Reads a site for the first time: every fleet must be readable.
 * @param options.now UNIX seconds
 * @throws InputError or OutsideError
 */
export async function openSite(
  source: SiteSource,
  options: { readonly log: Log; readonly metrics: ServeMetrics; readonly now: () => number },
): Promise<ServedSite> {
  const { log, metrics, now } = options;
  const fleets = new Map<string, ServedFleet>();
  /** The fleet of each source, and its current problem. */
  const brought = new Map<string, string>();
  const complaints = new Map<string, string>();
  /** Sources whose files could be read but are wrong. */
  const broken = new Set<string>();
  await readAll((_where, error) => {
    throw error;
  });
  let running: Promise<void> | undefined;
  return {
    fleets,
    refresh: () => {
      // A slow source is not asked twice at a time.
      running ??= readAll(complain).finally(() => {
        running = undefined;
      });
      return running;
    },
  };

  async function readAll(failed: (where: string, error: unknown) => void): Promise<void> {
    try {
      for (const fleet of await source.fleets()) {
        try {
          await readOne(fleet);
        } catch (error) {
          metrics.read('failed');
          failed(fleet.where, error);
        }
      }
      complaints.delete(source.where);
    } catch (error) {
      failed(source.where, error);
    }
  }

  async function readOne({ where, read }: Awaited<ReturnType<SiteSource['fleets']>>[number]): Promise<void> {
    const files = await read();
    const name = files?.fleet ?? brought.get(where);
    const known = name === undefined ? undefined : fleets.get(name);
    if (files === undefined) {
      // Unchanged may also mean that the problem is still the same.
      metrics.read(broken.has(where) ? 'failed' : 'unchanged');
      if (known === undefined || name === undefined || broken.has(where)) return;
      fleets.set(name, { ...known, readAt: now() });
      complaints.delete(where);
      return;
    }
    broken.add(where);
    const guidance = parseGuidance(files);
    const owner = [...brought].find(([other, fleet]) => fleet === guidance.fleet && other !== where);
    if (owner !== undefined) {
      throw new InputError({ where, problem: `the fleet ${guidance.fleet} comes from ${owner[0]} already` });
    }
    if (known !== undefined)
      refuseGoingBack(known.guidance.releases, guidance.releases, files.releases.where);
    brought.set(where, guidance.fleet);
    fleets.set(guidance.fleet, {
      guidance,
      stream: guidance.releases.stream,
      releases: guidance.releases.releases.length,
      answers: createGraphAnswers(guidance),
      readAt: now(),
    });
    metrics.read('changed');
    if (known !== undefined)
      log.info(`${guidance.fleet}: new guidance, last release ${lastVersion(guidance)}`);
    broken.delete(where);
    complaints.delete(where);
  }

  function complain(where: string, error: unknown): void {
    // The server repeats this automatically, so the advice is left out.
    const message = messageOf(error).replace(' Running the same command again is safe.', '');
    if (complaints.get(where) !== message) log.warn(`${message} Serving what was read before.`);
    complaints.set(where, message);
  }
}

function lastVersion({ releases }: Guidance): string {
  return releases.releases.at(-1)?.version ?? 'none';
}
