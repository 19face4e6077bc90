import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import type { BranchStore, Sha } from '../../world/forge/forge.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import { rollBackFileName } from './build-context.ts';

const markerSchema = z.looseObject({
  /** The fleet that is rolled back. Promotions copy the file to other fleets, and it has no effect there. */
  fleet: z.string().min(1),
  /** Version that is withdrawn. */
  insteadOf: z.string().min(1),
  /** Version whose content is restored. */
  restores: z.string().min(1),
  reason: z.string().min(1),
  by: z.string().min(1),
  /** ISO 8601. */
  at: z.string().min(1),
});

/**
 * What `.coxswain/roll-back.json` on a fleet's branch says: the content is that of an earlier release. The file is an
 * input of the build (src/release/candidate/build-key.ts): it makes another build of the same content, with a version
 * of its own and a newer `created`, so that nodes accept it as an update.
 */
export type RollBackMarker = z.infer<typeof markerSchema>;

/** The marker in a commit; undefined if there is none. @throws InputError */
export async function readMarker(branches: BranchStore, commit: Sha): Promise<RollBackMarker | undefined> {
  const text = await branches.readFile(commit, rollBackFileName);
  if (text === undefined) return undefined;
  const where = `${rollBackFileName} (commit ${shortCommit(commit)})`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError({ where, problem: 'not JSON' }, { cause: error });
  }
  const parsed = markerSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError({
    where,
    field: issue?.path.join('.') ?? '',
    problem: `not what coxswain roll-back writes: ${issue?.message}`,
  });
}

export function formatMarker({ fleet, insteadOf, restores, reason, by, at }: RollBackMarker): string {
  return `${JSON.stringify({ fleet, insteadOf, restores, reason, by, at }, null, 2)}\n`;
}
