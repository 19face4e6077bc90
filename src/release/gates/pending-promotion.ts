import { defined } from '../../host/defined.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { findFleet } from '../../project/fleets.ts';
import type { PullRequest } from '../../world/forge/forge.ts';
import type { Project } from '../project.ts';
import type { FleetState } from '../state/state.ts';
import type { UpstreamGuidance } from '../upstream/guidance.ts';
import { chooseRelease } from './choose-release.ts';
import { findPromotion } from './external-holds.ts';
import type { GateResult } from './gate.ts';
import { evaluateStateGates } from './promotion-gates.ts';
import { readLabel } from './steering-labels.ts';

/** The next promotion into a fleet. */
export interface PendingPromotion {
  /** Name of the source fleet. */
  readonly from: string;
  readonly version: string;
  /** The open pull request, if there is one. */
  readonly pullRequest?: PullRequest;
  /** The gates that need no registry and no merge. */
  readonly gates: readonly GateResult[];
}

/**
 * The release that will be promoted into a fleet next; undefined if there is none.
 * @param options.to state of the fleet
 * @param options.guidance of the base: undefined if it has none, an error if it cannot be read
 * @param options.now UNIX seconds
 */
export async function findPendingPromotion(
  project: Pick<Project, 'config' | 'forge' | 'state'>,
  target: Fleet,
  options: {
    readonly to: FleetState;
    readonly guidance: UpstreamGuidance | Error | undefined;
    readonly now: number;
  },
): Promise<PendingPromotion | undefined> {
  const { config, state } = project;
  const { to, now, guidance } = options;
  if (target.promoteFrom === undefined) return undefined;
  const source = findFleet(config, target.promoteFrom);
  const from = await state.readFleet(source.name);
  const chosen = chooseRelease(from, to, { target, now });
  const record = from.records[chosen?.version ?? ''];
  if (record === undefined || to.releases.releases.some(({ version }) => version === record.version)) {
    return undefined;
  }
  const request = await findPromotion(project, target);
  const gates = evaluateStateGates({
    source: source.name,
    target,
    release: { record, state: from, urgent: chosen?.urgent },
    to,
    freezeException: readLabel(request, 'freeze-exception'),
    guidance,
    now,
  });
  return { from: source.name, version: record.version, gates, ...defined({ pullRequest: request }) };
}
