import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import { architectures } from '../../world/registry/architecture.ts';
import { type Digest, isDigest } from '../../world/registry/reference.ts';

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), {
  message: 'not a sha256 digest',
});

const imageSchema = z.looseObject({
  architecture: z.enum(architectures),
  /** `repository:tag`, the tag being the release's version. */
  image: z.string().min(1),
  /** `repository@digest` of the manifest for this architecture, as read back from production. */
  digestRef: z.string().regex(/^[^@]+@sha256:[0-9a-f]{64}$/, 'not repository@sha256:…'),
  /** Digest of the evidence that this image passed the tests. */
  evidence: digest.optional(),
});

const recordSchema = z.looseObject({
  version: z.string().min(1),
  fleet: z.string().min(1),
  /** Source commit, on the fleet's branch. */
  commit: z.string().regex(/^[0-9a-f]{40,64}$/, 'not a full commit name'),
  buildKey: z.string().regex(/^[0-9a-f]{64}$/, 'not a build key (64 hex digits)'),
  baseVersion: z.string().min(1),
  /** The image's own creation time, ISO 8601: grows strictly along a fleet's releases. */
  created: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'not an ISO 8601 time'),
  /** When the release was recorded, UNIX seconds. */
  recordedAt: z.int().nonnegative(),
  /** Start of the first rollout, UNIX seconds; the update metadata no longer has it after a clean-up. */
  rolloutStart: z.int().nonnegative().optional(),
  /** When the first rollout was planned to be complete, UNIX seconds. */
  rolloutEnd: z.int().nonnegative().optional(),
  images: z.array(imageSchema).min(1),
  /** The fleet that had this version before. */
  promotedFrom: z.string().optional(),
  /** One of its images has no evidence: the reason, and who accepted it. */
  acceptedMissingEvidence: z.object({ reason: z.string().min(1), by: z.string().min(1) }).optional(),
  /** Scanners found more than the fleet allows, or a report is missing: why it was accepted, and by whom. */
  acceptedVulnerabilities: z.object({ reason: z.string().min(1), by: z.string().min(1) }).optional(),
  /** It did not soak, for this reason. */
  urgent: z.looseObject({ reason: z.string().min(1), by: z.string().min(1) }).optional(),
  /** It restores the content of an earlier release. */
  rollBack: z
    .looseObject({
      insteadOf: z.string().min(1),
      restores: z.string().min(1),
      reason: z.string().min(1),
      by: z.string().min(1),
    })
    .optional(),
});

/** The origin of a release of a fleet, which update metadata has no field for. */
export type ReleaseRecord = z.infer<typeof recordSchema>;

/** @throws InputError naming file and field */
export function parseRecord(text: string, where: string): ReleaseRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      { where, problem: 'not JSON', expected: 'the record of a release' },
      { cause: error },
    );
  }
  const parsed = recordSchema.safeParse(json);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined || parsed.data === undefined) {
    throw new InputError({
      where,
      field: issue?.path.join('.') ?? '',
      problem: `not the record of a release: ${issue?.message ?? 'wrong shape'}`,
    });
  }
  return parsed.data;
}

/** The text as it is on the state branch: indent of two spaces, a final newline. */
export function formatRecord(record: ReleaseRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
