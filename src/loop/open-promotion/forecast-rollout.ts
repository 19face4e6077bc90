import type { UpdateEntry } from '../../guidance/metadata.ts';
import { InputError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import type { Gate } from '../../release/gates/gate.ts';
import { findTemplate, renderFleetTemplate } from '../../release/rollout-entry.ts';
import type { FleetState, ReleaseRecord } from '../../release/state/state.ts';
import { barriersCrossed } from '../../release/upstream/barriers.ts';
import type { UpstreamGuidance } from '../../release/upstream/guidance.ts';
import type { BranchStore, Sha } from '../../world/forge/forge.ts';

/** What the target's template will say, if the promotion is merged at the first moment that it can be. */
export interface RolloutForecast {
  readonly entry: UpdateEntry;
  /** UNIX seconds. */
  readonly at: number;
  /** The template that was rendered. */
  readonly template: string;
}

/** Renders the target's template. The gate is red where it does not render. */
export async function forecastRollout(
  { config, branches }: { readonly config: Config; readonly branches: BranchStore },
  options: {
    readonly target: Fleet;
    readonly record: ReleaseRecord;
    /** Commit or tree to take the template from. */
    readonly commit: Sha;
    /** The target. */
    readonly before: FleetState;
    readonly guidance: UpstreamGuidance | undefined;
    readonly urgent: boolean;
    readonly at: number;
  },
): Promise<{ readonly gate: Gate; readonly forecast: RolloutForecast | undefined }> {
  const { target, record, commit, before, guidance, urgent, at } = options;
  const name = 'template';
  const { version, baseVersion } = record;
  const template = await findTemplate(branches, { fleet: target, commit, urgent });
  const digests = Object.fromEntries(
    record.images.map(({ architecture, digestRef }) => [
      architecture,
      digestRef.slice(digestRef.indexOf('@') + 1),
    ]),
  );
  try {
    const entry = await renderFleetTemplate(branches, {
      config,
      fleet: { ...target, template },
      commit,
      release: {
        version,
        baseVersion,
        digests,
        previousVersion: before.releases.releases.at(-1)?.version,
        barriersCrossed: barriersCrossed(guidance, before, baseVersion),
      },
      now: at,
    });
    const gate: Gate = { name, state: 'green', note: `${template} renders` };
    return { gate, forecast: { entry, at, template } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const note = error.message.split('\n')[0] ?? '';
    return { gate: { name, state: 'red', note }, forecast: undefined };
  }
}
