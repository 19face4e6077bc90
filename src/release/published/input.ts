import type { Adoption } from '../../guidance/adoption.ts';
import type { UpdateMetadata } from '../../guidance/metadata.ts';
import type { Operations } from '../../guidance/operations.ts';
import type { ReleaseIndex } from '../../guidance/releases.ts';
import type { CourseLimits } from '../../guidance/staged-course.ts';
import type { Ring } from '../../project/configuration/rings.ts';
import type { GateResult } from '../gates/gate.ts';
import type { UpstreamStatus } from '../upstream/upstream-state.ts';
import type { PublicationStamp } from './stamp.ts';

/** What is known of a release beside the release index; all of it optional. */
export interface SiteRecord {
  /** UNIX seconds at which the release was recorded. */
  readonly recordedAt?: number;
  /** It was promoted without evidence. */
  readonly acceptedMissingEvidence?: { readonly reason: string; readonly by: string } | undefined;
  /** It was promoted with what scanners found. */
  readonly acceptedVulnerabilities?: { readonly reason: string; readonly by: string } | undefined;
  readonly baseVersion?: string;
  readonly commit?: string;
  /** Its images, and the digest of the evidence for each. */
  readonly images?: readonly { readonly digestRef: string; readonly evidence?: string | undefined }[];
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

/** What is known of a fleet beside the state branch, for the dashboard only. What is absent is not shown. */
export interface FleetFacts {
  /** The next promotion into the fleet, and what its gates say. */
  readonly promotion?: {
    readonly from: string;
    readonly version: string;
    readonly pullRequest?: number;
    readonly gates: readonly GateResult[];
  };
  /** A freeze window that is open. @property until UNIX seconds; absent for one that never ends */
  readonly freeze?: { readonly reason: string; readonly until?: number };
  /** What rollouts wait for that open ring by ring. */
  readonly rings?: readonly { readonly version: string; readonly ring?: string; readonly note: string }[];
  /** Which rings have to do well, if the fleet has a threshold. */
  readonly ringLimits?: CourseLimits;
  /** What upstream does with the base of the newest release. */
  readonly upstream?: UpstreamStatus;
  /** What must be done in time. @property at UNIX seconds */
  readonly deadlines?: readonly { readonly what: string; readonly at: number }[];
}

/** One commit of the state branch. */
export interface SiteEvent {
  readonly commit: string;
  /** UNIX seconds. */
  readonly time: number;
  /** undefined for a commit that names no fleet. */
  readonly fleet?: string;
  /** What was done. */
  readonly summary: string;
  readonly reason?: string;
  readonly by?: string;
}

export interface SiteFleet {
  readonly name: string;
  readonly state: {
    readonly releases: ReleaseIndex;
    readonly updates: UpdateMetadata;
    /** By version. */
    readonly records?: Readonly<Record<string, SiteRecord>>;
    readonly operations?: Operations;
    /** Who runs what, if it was counted. */
    readonly adoption?: Adoption;
  };
  /** When its guidance changed; if absent, published.json is not rendered. */
  readonly stamp?: PublicationStamp;
  readonly facts?: FleetFacts;
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
  /** Web page of the user's repository, such as `https://github.com/acme/os`, for links; absent: there is none. */
  readonly repository?: string | undefined;
  /** The newest commits of the state branch, newest first. */
  readonly events?: readonly SiteEvent[];
}
