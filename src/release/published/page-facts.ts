import { defined } from '../../host/defined.ts';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { ringGatesOf } from '../../project/configuration/ring-gates.ts';
import type { Commit } from '../../world/forge/forge.ts';
import { freezeAt } from '../gates/freeze.ts';
import { findPendingPromotion } from '../gates/pending-promotion.ts';
import { ringNotes } from '../operations/ring-notes.ts';
import type { Project } from '../project.ts';
import type { FleetState } from '../state/state.ts';
import type { UpstreamGuidance } from '../upstream/guidance.ts';
import { upstreamStatusOf } from '../upstream/upstream-state.ts';
import type { FleetFacts, SiteEvent, SiteInput } from './input.ts';

type Parts = Pick<Project, 'config' | 'forge' | 'state' | 'readUpstream'> & { readonly log: Log };

/** So many commits of the state branch are read. */
const newestCommits = 200;

/** What the dashboard shows beside the state of the fleets. */
export interface PageFacts extends Pick<SiteInput, 'events' | 'repository'> {
  /** By name of the fleet. */
  readonly facts: ReadonlyMap<string, FleetFacts>;
}

/**
 * Reads what the dashboard shows beside the state of the fleets. What cannot be read is left out, with a line in the
 * log: a page must never stop a publication.
 * @param now UNIX seconds
 */
export async function readPageFacts(
  project: Parts,
  fleets: readonly { readonly name: string; readonly state: FleetState }[],
  now: number,
): Promise<PageFacts> {
  const { config, forge, log } = project;
  const guidance = await project.readUpstream().catch((error: unknown) => {
    if (error instanceof OutsideError || error instanceof InputError) return error;
    throw error;
  });
  const facts = new Map<string, FleetFacts>();
  for (const { name, state } of fleets) {
    const fleet = config.fleets[name];
    if (fleet !== undefined) facts.set(name, await factsOf(project, fleet, { state, guidance, now }));
  }
  const events = await orNothing(log, 'who did what', () => readEvents(project));
  return { facts, ...defined({ events, repository: forge.page }) };
}

async function factsOf(
  project: Parts,
  fleet: Fleet,
  about: {
    readonly state: FleetState;
    readonly guidance: UpstreamGuidance | Error | undefined;
    readonly now: number;
  },
): Promise<FleetFacts> {
  const { state, guidance, now } = about;
  const pending = await orNothing(project.log, `the next promotion into ${fleet.name}`, () =>
    findPendingPromotion(project, fleet, { to: state, guidance, now }),
  );
  const freeze = freezeAt(fleet.freeze, now);
  const rings = ringGatesOf(project.config, fleet.name);
  const base = state.records[state.releases.releases.at(-1)?.version ?? '']?.baseVersion;
  return defined({
    promotion:
      pending === undefined
        ? undefined
        : {
            from: pending.from,
            version: pending.version,
            gates: pending.gates,
            ...defined({ pullRequest: pending.pullRequest?.number }),
          },
    freeze:
      freeze === undefined
        ? undefined
        : { reason: freeze.window.reason, ...defined({ until: freeze.until }) },
    upstream:
      guidance === undefined || guidance instanceof Error || base === undefined
        ? undefined
        : upstreamStatusOf(guidance, base, now),
    rings: rings === undefined ? undefined : ringNotes(state, rings, now),
    ringLimits:
      rings === undefined
        ? undefined
        : { gates: rings.gates, steps: rings.steps, after: rings.threshold.after },
    deadlines: fleet.signing.flatMap(({ file, until }) =>
      until === undefined ? [] : [{ what: `The key ${file} no longer signs`, at: until }],
    ),
  });
}

/** The newest commits of the state branch, newest first. */
async function readEvents({ config, forge }: Parts): Promise<SiteEvent[]> {
  const commit = await forge.branches.resolve(config.stateBranch);
  if (commit === undefined) return [];
  const commits = await forge.branches.newest(commit, newestCommits);
  return commits.map((each) => eventOf(each, Object.keys(config.fleets)));
}

/** What a commit of the state branch says, as commitMessage writes it; people write commits there too. */
export function eventOf({ sha, time, message }: Commit, fleets: readonly string[]): SiteEvent {
  const [subject = '', ...lines] = message.split('\n');
  const fleet = fleets.find((name) => subject.startsWith(`${name}: `));
  const line = (name: string) =>
    lines
      .find((each) => each.startsWith(`${name}: `))
      ?.slice(name.length + 2)
      .trim();
  return {
    commit: sha,
    time,
    summary: fleet === undefined ? subject : subject.slice(fleet.length + 2),
    ...defined({ fleet, reason: line('Reason'), by: line('By') }),
  };
}

async function orNothing<T>(log: Log, what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof OutsideError || error instanceof InputError)) throw error;
    log.detail(`the dashboard is published without ${what}: ${messageOf(error)}`);
    return undefined;
  }
}
