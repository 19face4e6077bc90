import type { AcceptedBy } from '../../release/evidence/acceptance.ts';
import type { Digest } from '../../world/registry/reference.ts';

/** What promote-image did. */
export interface Promotion {
  readonly fleet: string;
  readonly version: string;
  /** Of the image, or of the index over its architectures. */
  readonly digest: Digest;
  /** `repository:version` */
  readonly image: string;
  /** What nodes know the image of each architecture by, as read back from production. */
  readonly images: readonly { readonly architecture: string; readonly digestRef: string }[];
  /** Tags that point at the digest now. */
  readonly tags: readonly string[];
  /** Tags that are not moved, because a newer image or another fleet has them. */
  readonly kept: readonly string[];
  /** Whether anything was written. */
  readonly changed: boolean;
  /** Somebody accepted that evidence is missing: why, and who. */
  readonly accepted?: AcceptedBy;
  /** Somebody accepted what scanners found: why, who, and what (ids; `no report: ARCHITECTURE`). */
  readonly acceptedVulnerabilities?: AcceptedBy & { readonly accepts: readonly string[] };
  /** How many attachments (evidence, signatures, SBOMs …) were copied to production now. */
  readonly attached: number;
  /** Public keys whose signatures the image has: files of the repository. */
  readonly signed: readonly string[];
  /** How many of these signatures were added. */
  readonly signatures: number;
  /** How many digests nodes were asked about by their policy, and accept; 0 if the fleet does not sign. */
  readonly acceptedByNodes: number;
  readonly mounted: number;
  readonly copied: number;
  readonly requests: number;
  /** How many of them were for signatures, and for the nodes' policy. */
  readonly signingRequests: number;
}
