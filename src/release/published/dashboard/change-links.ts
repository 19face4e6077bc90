import { operateWorkflow } from '../../../project/init/workflow-files.ts';
import type { SiteInput } from '../input.ts';
import { type Html, html } from './html.ts';

/** What the form of the workflow Operate offers, in the words of `coxswain bridge`. */
const actions = [
  'Pause',
  'Resume',
  'Roll out',
  'Set a barrier',
  'Mark a dead-end',
  'Withdraw',
  'Hold the fleet',
  'Release the hold',
  'Roll back',
];

/**
 * For the published page, which cannot change anything itself: where each fleet can be changed. Nothing for a repository
 * without web pages of GitHub.
 * @returns by name of the fleet
 */
export function changeLinks({
  fleets,
  repository,
}: Pick<SiteInput, 'fleets' | 'repository'>): ReadonlyMap<string, Html> {
  if (repository === undefined) return new Map();
  const form = `${repository}/actions/workflows/${operateWorkflow}`;
  return new Map(
    fleets.map(({ name }) => [
      name,
      html`<details class="change"><summary>Change ${name}</summary>
<p>Each is a choice in the form of the workflow Operate: ${actions.map((action, index) => html`${index === 0 ? '' : ', '}<a href="${form}" rel="noopener noreferrer">${action}</a>`)}.</p>
<p>To see first what a change does to whom, run <code>coxswain bridge</code> in a clone.</p>
</details>
`,
    ]),
  );
}
