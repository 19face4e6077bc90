import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { Project } from '../../release/project.ts';
import { type FleetIncidents, findIncidents, type Incident } from './incidents.ts';
import { type IssueStep, keepIssues } from './keep-issues.ts';
import { type Notification, notify } from './notify.ts';

/** What is wrong, and who was told. */
export interface IncidentReport {
  readonly incidents: readonly Incident[];
  readonly issues: readonly IssueStep[];
  readonly notified: readonly Notification[];
  /** What could not be reported, and why. */
  readonly failures: readonly string[];
}

export const noIncidents: IncidentReport = { incidents: [], issues: [], notified: [], failures: [] };

/**
 * Makes failures reach people: an issue for each on a forge that has issues, and the user's command. One that fails does
 * not keep the other from being done.
 */
export async function reportIncidents(
  project: Pick<Project, 'config' | 'forge' | 'state'>,
  fleets: readonly Fleet[],
  about: { readonly by: string; readonly now: number; readonly log: Log },
): Promise<IncidentReport> {
  const { config, forge, state } = project;
  const { notifyCommand } = config;
  if (forge.issues === undefined && notifyCommand.length === 0) return noIncidents;
  const found: (FleetIncidents & { readonly fleet: string })[] = [];
  const failures: string[] = [];
  for (const fleet of fleets) {
    await attempt(failures, async () => {
      found.push({
        ...(await findIncidents({ ...project, log: about.log }, fleet, about.now)),
        fleet: fleet.name,
      });
    });
  }
  const all = {
    incidents: found.flatMap(({ incidents }) => incidents),
    unknown: found.flatMap(({ unknown }) => unknown),
  };
  const issues: IssueStep[] = [];
  const { issues: ours } = forge;
  if (ours !== undefined) {
    const names = found.map(({ fleet }) => fleet);
    await attempt(failures, async () => void issues.push(...(await keepIssues(ours, names, all))));
  }
  const notified: Notification[] = [];
  if (notifyCommand.length > 0) {
    for (const each of found) {
      await attempt(failures, async () => {
        notified.push(...(await notify(state, notifyCommand, { ...each, ...about })));
      });
    }
  }
  return { incidents: all.incidents, issues, notified, failures };
}

async function attempt(failures: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
    failures.push(messageOf(error));
  }
}
