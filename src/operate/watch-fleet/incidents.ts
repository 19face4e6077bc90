import { holdAt } from '../../guidance/operations.ts';
import { messageOf } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import { code, plainText } from '../../host/markdown.ts';
import { formatPercent } from '../../host/percent.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { findFreeze } from '../../release/gates/refuse-frozen.ts';
import { haltedRollouts, haltsOf } from '../../release/operations/halt.ts';
import { findFileHold } from '../../release/operations/hold-file.ts';
import type { Project } from '../../release/project.ts';
import { filesAtUrl } from '../../release/published/published-files.ts';
import { parseStamp, stampPath } from '../../release/published/stamp.ts';
import type { FleetState } from '../../release/state/state.ts';
import { baseBranch } from '../../world/forge/branch-names.ts';
import type { WorkflowRun } from '../../world/forge/forge.ts';
import { shortCommit } from '../../world/git/short-commit.ts';

/** Something that a person has to know. */
export interface Incident {
  /** The same while it is about the same thing: `release/stable`. */
  readonly key: string;
  /** One line. */
  readonly title: string;
  /** Markdown, without times of this run: the same incident has the same text. */
  readonly body: string;
}

/** What one check found out. `unknown`: it could not be asked, so what is known about it stays. */
type Found = Incident | 'over' | 'unknown';

/** What is wrong with a fleet now. */
export interface FleetIncidents {
  readonly incidents: readonly Incident[];
  /** Keys of checks that could not be asked. */
  readonly unknown: readonly string[];
}

type Parts = Pick<Project, 'config' | 'forge' | 'state'> & { readonly log: Log };

interface Subject {
  readonly parts: Parts;
  readonly fleet: Fleet;
  readonly state: FleetState;
  /** UNIX seconds. */
  readonly now: number;
}

/** A merged commit that no run releases for so long, and a publication that is so late, are overdue; seconds. */
export const overdueAfter = 6 * 3600;

/** The checks: kind of incident → what it is now. */
const checks: Readonly<Record<string, (subject: Subject) => Promise<Found>>> = {
  halt,
  release: failedRelease,
  base: redBase,
  overdue: overdueRelease,
  publication: overduePublication,
};

/** Looks at everything that a person has to know about a fleet. @param now UNIX seconds */
export async function findIncidents(parts: Parts, fleet: Fleet, now: number): Promise<FleetIncidents> {
  const state = await parts.state.readFleet(fleet.name);
  const incidents: Incident[] = [];
  const unknown: string[] = [];
  for (const [kind, check] of Object.entries(checks)) {
    const key = `${kind}/${fleet.name}`;
    try {
      const found = await check({ parts, fleet, state, now });
      if (found === 'unknown') unknown.push(key);
      else if (found !== 'over') incidents.push({ ...found, key });
    } catch (error) {
      parts.log.warn(`${key}: ${messageOf(error)}`);
      unknown.push(key);
    }
  }
  return { incidents, unknown };
}

async function halt({ fleet: { name }, state }: Subject): Promise<Found> {
  const halted = haltedRollouts(state);
  if (halted.length === 0) return 'over';
  const lines = halted.flatMap(({ version, progress }) => [
    `The rollout of ${code(version)} is halted at ${formatPercent(progress)}:`,
    '',
    ...haltsOf(state, version).map(({ reason, at }) => `- ${formatTime(at)}: ${plainText(reason)}`),
    '',
  ]);
  return incident(`${name}: the rollout of ${halted.map(({ version }) => version).join(', ')} was halted`, [
    ...lines,
    `If it is a false alarm: ${code(`coxswain edit-updates ${name} resume`)}, or the workflow Operate. The same trouble does not halt it again.`,
    `If the release is bad: ${code(`coxswain roll-back ${name} --reason WHY`)}.`,
  ]);
}

async function failedRelease({ parts: { forge }, fleet }: Subject): Promise<Found> {
  const newest = await newestRun(forge, 'release.yml', await forge.branches.resolve(fleet.branch));
  const state = newest?.run?.state;
  // A run that goes on says nothing yet: the issue of the last one stays.
  if (newest === undefined || state === 'running') return 'unknown';
  if (newest.run === undefined || state !== 'failure') return 'over';
  return incident(`${fleet.name}: the release of ${shortCommit(newest.commit)} failed`, [
    `The newest run for the branch ${code(fleet.branch)} failed: ${newest.run.url}`,
    '',
    'Nothing was lost. Run it again when what it says is fixed.',
  ]);
}

async function redBase({ parts: { forge }, fleet }: Subject): Promise<Found> {
  const open = await forge.pullRequests.find({ head: baseBranch(fleet.name), base: fleet.branch });
  if (open === undefined) return 'over';
  const newest = await newestRun(forge, 'pull-request.yml', open.headCommit);
  const state = newest?.run?.state;
  // The base moved again, or the run goes on: the issue of the last run stays.
  if (newest?.run === undefined || state === 'running') return 'unknown';
  if (state !== 'failure') return 'over';
  return incident(`${fleet.name}: the new base does not pass`, [
    `Pull request #${open.number} (${plainText(open.title)}) is red: ${newest.run.url}`,
    '',
    'Until it is green, this fleet gets no newer base.',
  ]);
}

/** Something is merged, nothing holds it, and no run releases it. */
async function overdueRelease({ parts, fleet, state, now }: Subject): Promise<Found> {
  const { forge } = parts;
  const commit = await forge.branches.resolve(fleet.branch);
  if (commit === undefined) return 'over';
  const released = Object.values(state.records).some((record) => record.commit === commit);
  const firstOfPromotion = fleet.promoteFrom !== undefined && state.releases.releases.length === 0;
  if (released || firstOfPromotion) return 'over';
  const age = now - (await forge.branches.commitTime(commit));
  if (age < overdueAfter) return 'over';
  const newest = await newestRun(forge, 'release.yml', commit);
  if (newest === undefined) return 'unknown';
  // A run that passed had nothing to release; one that failed is an incident of its own.
  if (newest.run !== undefined) return 'over';
  const held = holdAt(state.operations, now) ?? (await findFileHold(forge.branches, fleet, now));
  if (held !== undefined || (await findFreeze(parts, { fleet, now, commit, state })) !== undefined)
    return 'over';
  return incident(`${fleet.name}: the release of ${shortCommit(commit)} is overdue`, [
    `${code(shortCommit(commit))} was merged to ${code(fleet.branch)} more than ${formatDuration(overdueAfter)} ago. Nothing holds it, and no run releases it.`,
    '',
    `Start the workflow Release on ${code(fleet.branch)}, or run ${code('coxswain start-release')}.`,
  ]);
}

/** The graph that nodes get should have changed, and did not. */
async function overduePublication({ parts: { config }, fleet, now }: Subject): Promise<Found> {
  const { url } = config.publish;
  if (url === undefined) return 'over';
  const path = stampPath(fleet.name);
  const text = await filesAtUrl(url).read(path);
  if (text === undefined) return 'unknown';
  const { nextChange } = parseStamp(text, `${url}${path}`);
  if (nextChange === undefined || now - nextChange < overdueAfter) return 'over';
  return incident(`${fleet.name}: the publication is overdue`, [
    `${url} should have changed at ${formatTime(nextChange)}: nodes are not offered what they should be.`,
    '',
    `Look at the last run of the workflow Watch, or run ${code('coxswain publish-updates')}.`,
  ]);
}

/** The newest run of a workflow, also if init named it coxswain-…; undefined if this forge runs none. */
async function newestRun(
  { workflowRuns }: Project['forge'],
  workflow: string,
  commit: string | undefined,
): Promise<{ readonly run: WorkflowRun | undefined; readonly commit: string } | undefined> {
  if (workflowRuns === undefined || commit === undefined) return undefined;
  for (const name of [`coxswain-${workflow}`, workflow]) {
    const runs = await workflowRuns.list({ workflow: name, commit });
    if (runs !== undefined) return { run: runs[0], commit };
  }
  return undefined;
}

function incident(title: string, lines: readonly string[]): Incident {
  return { key: '', title, body: `${lines.join('\n').trimEnd()}\n` };
}
