import type { Issues } from '../../world/forge/forge.ts';
import type { FleetIncidents } from './incidents.ts';

/** What happened to an issue. */
export interface IssueStep {
  readonly number: number;
  readonly title: string;
  readonly what: 'opened' | 'updated' | 'closed';
}

/**
 * Keeps one open issue for each incident: opens it, updates it, closes it when it is over. It starts from what is
 * there, so a run that was killed is finished by the next one.
 * @param fleets names of the fleets that were looked at: issues about others stay as they are
 */
export async function keepIssues(
  issues: Issues,
  fleets: readonly string[],
  { incidents, unknown }: FleetIncidents,
): Promise<IssueStep[]> {
  const steps: IssueStep[] = [];
  const open = await issues.list();
  for (const incident of incidents) {
    const { key, title, body } = incident;
    const known = open.find((issue) => issue.key === key);
    if (known === undefined) {
      const { number } = await issues.open(incident);
      steps.push({ number, title, what: 'opened' });
    } else if (known.title !== title || known.body.trim() !== body.trim()) {
      await issues.update(known, { title, body });
      steps.push({ number: known.number, title, what: 'updated' });
    }
  }
  const wanted = new Set([...incidents.map(({ key }) => key), ...unknown]);
  for (const [index, issue] of open.entries()) {
    const { key, number, title } = issue;
    if (!fleets.includes(key.split('/')[1] ?? '')) continue;
    // Two runs at the same time may both have opened one: the older stays.
    const twin = open.slice(0, index).find((other) => other.key === key);
    if (wanted.has(key) && twin === undefined) continue;
    await issues.close(issue, twin === undefined ? 'This is over.' : `The same as #${twin.number}.`);
    steps.push({ number, title, what: 'closed' });
  }
  return steps;
}
