import { InputError, messageOf } from '../../../host/errors.ts';
import type { Project } from '../../../release/project.ts';
import { renderDashboard } from '../../../release/published/dashboard/dashboard.ts';
import { type Html, html } from '../../../release/published/dashboard/html.ts';
import type { FleetState } from '../../../release/state/state.ts';
import { shortCommit } from '../../../world/git/short-commit.ts';
import type { BridgeAction } from '../actions/action.ts';
import { fleetOf, type Snapshot } from '../snapshot.ts';
import { bridgeScript } from './bridge-script.ts';
import { bridgeStyle } from './bridge-style.ts';
import { fleetActions } from './fleet-actions.ts';
import type { PageContext } from './page-layout.ts';

/** The dashboard, made of the newest state, with what can be done to each fleet. */
export function overviewPage(
  context: PageContext,
  options: {
    readonly project: Pick<Project, 'config' | 'forge'>;
    readonly snapshot: Snapshot;
    readonly actions: readonly BridgeAction[];
    readonly by: string;
    readonly dryRun: boolean;
    readonly now: number;
  },
): string {
  const { project, snapshot, actions, now } = options;
  const { config } = project;
  const states = new Map<string, FleetState>();
  const problems: string[] = [];
  for (const name of Object.keys(config.fleets)) {
    try {
      states.set(name, fleetOf(snapshot, config, name));
    } catch (error) {
      // The other fleets can still be steered.
      if (!(error instanceof InputError)) throw error;
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  return renderDashboard(
    {
      fleets: [...states].map(([name, state]) => ({ name, state })),
      architectures: config.architectures,
      rings: config.rings,
      stream: config.stream,
      now,
      url: config.publish.url,
    },
    {
      actions: new Map(
        [...states].map(([name, state]) => {
          const fleet = config.fleets[name];
          return [
            name,
            fleet === undefined ? html`` : fleetActions(context, { fleet, state, actions, now }),
          ] as const;
        }),
      ),
      banner: banner(context, { ...options, problems }),
      styles: [bridgeStyle],
      scripts: [bridgeScript],
      nonce: context.nonce,
    },
  );
}

function banner(
  { root }: PageContext,
  options: {
    readonly project: Pick<Project, 'config' | 'forge'>;
    readonly snapshot: Snapshot;
    readonly by: string;
    readonly dryRun: boolean;
    readonly problems: readonly string[];
  },
): Html {
  const { project, snapshot, by, dryRun, problems } = options;
  const { commit } = snapshot;
  const state = commit === undefined ? 'does not exist yet' : html`at <code>${shortCommit(commit)}</code>`;
  return html`<section class="bridge" id="bridge" aria-label="Coxswain bridge" data-head="${root}head" data-commit="${commit ?? ''}">
<strong>Coxswain bridge.</strong> You act as <strong>${by}</strong>. Branch <code>${project.config.stateBranch}</code> ${state}, ${project.forge.place}.${dryRun ? html` <strong>Dry run: nothing is written.</strong>` : ''}
<p id="bridge-news" role="status"></p>
${problems.map((problem) => html`<p role="alert"><strong>Cannot be read:</strong> ${problem}</p>`)}</section>
`;
}
