import type { Log } from '../../host/log.ts';
import type { AttestationSigner } from '../../release/attestations/sign.ts';
import type { Project } from '../../release/project.ts';
import type { FleetArtifact } from '../../release/published/publishers/publisher.ts';

/** What publish-updates did. */
export interface PublishAnswer {
  /** Paths inside the folder. */
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly artifacts: readonly FleetArtifact[];
  /** Symbolic tags of barriers and dead-ends that were set. */
  readonly tagged: readonly string[];
  /** Rollouts that went on because their pause had ended, by fleet; each is a commit on the state branch. */
  readonly resumed: readonly { readonly fleet: string; readonly what: string }[];
  /** UNIX seconds; undefined if nothing changes until somebody releases or edits the updates. */
  readonly nextChange: number | undefined;
}

export type PublishParts = Pick<
  Project,
  'config' | 'root' | 'forge' | 'client' | 'state' | 'readUpstream'
> & {
  readonly log: Log;
};

export interface PublishOptions {
  readonly folder: string;
  /** Names; none for all. */
  readonly fleets: readonly string[];
  /** UNIX seconds. */
  readonly now: number;
  /** A place that gives no answer does not matter. */
  readonly firstRelease?: boolean;
  /** What was published may be replaced by less, for this reason. */
  readonly replace?: { readonly reason: string; readonly by: string };
  /** Signs the artifacts; needed if publish.signed-by is set. */
  readonly signer?: AttestationSigner | undefined;
}
