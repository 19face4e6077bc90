import type { UpdateMetadata } from '../../guidance/metadata.ts';
import type { Operations } from '../../guidance/operations.ts';
import type { ReleaseIndex } from '../../guidance/releases.ts';
import type { Ring } from '../../project/configuration/rings.ts';
import type { PublicationStamp } from './stamp.ts';

/** What is known of a release beside the release index; all of it optional. */
export interface SiteRecord {
  /** UNIX seconds at which the release was recorded. */
  readonly recordedAt?: number;
  /** It was promoted without evidence. */
  readonly acceptedMissingEvidence?: { readonly reason: string; readonly by: string } | undefined;
  readonly baseVersion?: string;
  readonly commit?: string;
  /** It did not soak. */
  readonly urgent?: { readonly reason: string; readonly by: string } | undefined;
  /** It restores the content of an earlier release. */
  readonly rollBack?:
    | {
        readonly insteadOf: string;
        readonly restores: string;
        readonly reason: string;
        readonly by: string;
      }
    | undefined;
}

export interface SiteFleet {
  readonly name: string;
  readonly state: {
    readonly releases: ReleaseIndex;
    readonly updates: UpdateMetadata;
    /** By version. */
    readonly records?: Readonly<Record<string, SiteRecord>>;
    readonly operations?: Operations;
  };
  /** When its guidance changed; if absent, published.json is not rendered. */
  readonly stamp?: PublicationStamp;
}

/** Everything that the published files are made from. */
export interface SiteInput {
  readonly fleets: readonly SiteFleet[];
  readonly architectures: readonly string[];
  readonly rings: readonly Ring[];
  readonly stream: string;
  /** UNIX seconds. */
  readonly now: number;
  /** URL at which the files are served. */
  readonly url?: string | undefined;
}
