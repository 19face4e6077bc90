import { rolloutEnd, rolloutPhase } from '../../../guidance/progress.ts';
import { formatTime } from '../../../host/time.ts';
import type { Fleet } from '../../../project/configuration/config.ts';
import { unfinishedRollouts } from '../../../release/operations/pause-rollout.ts';
import { stagedOf } from '../../../release/operations/staged-rollout.ts';
import { metadataOf } from '../../../release/operations/update-entries.ts';
import { type Html, html } from '../../../release/published/dashboard/html.ts';
import type { FleetState } from '../../../release/state/state.ts';
import type { BridgeAction } from '../actions/action.ts';
import { ownForm, type PageContext } from './page-layout.ts';

/** What can be done to a fleet: put into its card on the dashboard. */
export function fleetActions(
  context: PageContext,
  options: {
    readonly fleet: Fleet;
    readonly state: FleetState;
    readonly actions: readonly BridgeAction[];
    readonly now: number;
  },
): Html {
  const { fleet, state, actions, now } = options;
  const offered = actions.filter((action) => action.offered(state, fleet, now));
  return html`<div class="change">
<h3>Change ${fleet.name}</h3>
${unfinishedRollouts(state, now).map((version) => schedule(context, { fleet: fleet.name, version, state, now }))}
<ul class="buttons">${offered.map(({ name, title }) => html`<li><a href="${context.root}act/${encodeURIComponent(fleet.name)}/${name}">${title}</a></li>`)}</ul>
</div>
`;
}

/** Start and end of a rollout, as fields. A script adds handles that can be dragged. */
function schedule(
  context: PageContext,
  rolling: {
    readonly fleet: string;
    readonly version: string;
    readonly state: FleetState;
    readonly now: number;
  },
): Html | undefined {
  const { fleet, version, state, now } = rolling;
  const { rollout } = metadataOf(state.updates, version);
  if (rollout === undefined) return undefined;
  const hasBegun = rolloutPhase(rollout, now) !== 'scheduled';
  // One that opens ring by ring has its end, and before its start also that, in its plan.
  const plan = stagedOf(state, version)?.rollout ?? rollout;
  const start = (hasBegun ? rollout : plan).start_epoch ?? 0;
  const end = rolloutEnd(plan) ?? now + 86_400;
  const id = `schedule-${fleet}-${version}`;
  return html`<form class="schedule" method="post" action="${context.root}preview" aria-label="Schedule of ${version} in ${fleet}" data-now="${now}" data-start="${start}" data-end="${end}"${hasBegun ? html` data-begun` : ''}>
${ownForm(context)}<input type="hidden" name="action" value="reschedule"><input type="hidden" name="fleet" value="${fleet}"><input type="hidden" name="version" value="${version}">
<div class="fields"><label for="${id}-start">Start of <code>${version}</code><input type="text" id="${id}-start" name="start" value="${minute(start)}"${hasBegun ? html` readonly` : ''} autocomplete="off"></label>
<label for="${id}-end">End<input type="text" id="${id}-end" name="end" value="${minute(end)}" required autocomplete="off"></label>
<button>Reschedule…</button></div>
</form>`;
}

/** Exact to the second if it is not a whole minute, because the start of a rollout that has begun must stay the same. */
function minute(seconds: number): string {
  return formatTime(seconds).replace(/:00Z$/, 'Z');
}
