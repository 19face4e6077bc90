import type { UpdateEntry } from '../../guidance/metadata.ts';
import { InputError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { findTemplate, renderFleetTemplate } from '../../release/rollout-entry.ts';
import type { FleetState, ReleaseRecord } from '../../release/state/state.ts';
import type { UpstreamGuidance } from '../../release/upstream/guidance.ts';
import { barriersCrossed } from '../../release/upstream/inherited-barriers.ts';
import type { BranchStore, Sha } from '../../world/forge/forge.ts';
import { digestIn } from '../../world/registry/reference.ts';

/** What the target's template renders to if the promotion is merged as early as possible. */
export interface RolloutForecast {
  readonly entry: UpdateEntry;
  /** UNIX seconds. */
  readonly at: number;
}

/** The template that was rendered; `problem` says why it does not render. */
export interface RenderedForecast {
  readonly path: string;
  readonly problem: string | undefined;
  readonly forecast: RolloutForecast | undefined;
}

/** Renders the target's template. */
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
): Promise<RenderedForecast> {
  const { target, record, commit, before, guidance, urgent, at } = options;
  const { version, baseVersion } = record;
  const template = await findTemplate(branches, { fleet: target, commit, urgent });
  const digests = Object.fromEntries(
    record.images.map(({ architecture, digestRef }) => [architecture, digestIn(digestRef)]),
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
    return { path: template, problem: undefined, forecast: { entry, at } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { path: template, problem: error.message.split('\n')[0] ?? '', forecast: undefined };
  }
}
