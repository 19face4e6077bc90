import type { Project } from '../../../release/project.ts';
import { renderDashboard } from '../../../release/published/dashboard/dashboard.ts';
import { type Html, html } from '../../../release/published/dashboard/html.ts';
import type { Sha } from '../../../world/forge/forge.ts';
import { shortCommit } from '../../../world/git/short-commit.ts';
import type { BridgeAction } from '../actions/action.ts';
import type { LiveSite } from '../live-site.ts';
import { bridgeScript } from './bridge-script.ts';
import { bridgeStyle } from './bridge-style.ts';
import { fleetActions } from './fleet-actions.ts';
import type { PageContext } from './page-layout.ts';

/** The dashboard, made of the newest state, with what can be done to each fleet. */
export function overviewPage(
  context: PageContext,
  options: {
    readonly project: Pick<Project, 'config' | 'forge'>;
    readonly site: LiveSite;
    readonly commit: Sha | undefined;
    readonly actions: readonly BridgeAction[];
    readonly by: string;
    readonly dryRun: boolean;
  },
): string {
  const { project, site, actions } = options;
  const { now } = site.input;
  return renderDashboard(site.input, {
    actions: new Map(
      Object.values(project.config.fleets).flatMap((fleet) => {
        const state = site.states.get(fleet.name);
        return state === undefined
          ? []
          : [[fleet.name, fleetActions(context, { fleet, state, actions, now })] as const];
      }),
    ),
    banner: banner(context, { ...options, problems: site.problems }),
    styles: [bridgeStyle],
    scripts: [bridgeScript],
    nonce: context.nonce,
  });
}

function banner(
  { root }: PageContext,
  options: {
    readonly project: Pick<Project, 'config' | 'forge'>;
    readonly commit: Sha | undefined;
    readonly by: string;
    readonly dryRun: boolean;
    readonly problems: readonly string[];
  },
): Html {
  const { project, commit, by, dryRun, problems } = options;
  const state = commit === undefined ? 'does not exist yet' : html`at <code>${shortCommit(commit)}</code>`;
  return html`<section class="bridge" id="bridge" aria-label="Coxswain bridge" data-head="${root}head" data-commit="${commit ?? ''}">
<strong>Coxswain bridge.</strong> You act as <strong>${by}</strong>. Branch <code>${project.config.stateBranch}</code> ${state}, ${project.forge.place}.${dryRun ? html` <strong>Dry run: nothing is written.</strong>` : ''}
<p id="bridge-news" role="status"></p>
${problems.map((problem) => html`<p role="alert"><strong>Cannot be read:</strong> ${problem}</p>`)}</section>
`;
}
