import { parse } from 'yaml';
import { z } from 'zod';
import type { ExternalHold } from '../../guidance/operations.ts';
import { InputError } from '../../host/errors.ts';
import { parseTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { BranchStore } from '../../world/forge/forge.ts';

const fileSchema = z.looseObject({
  reason: z.string().optional(),
  by: z.string().optional(),
  until: z.union([z.string(), z.date()]).optional(),
});

/** File that holds a fleet as long as it is on the fleet's branch. */
export function holdFile(fleet: string): string {
  return `.coxswain/hold/${fleet}.yaml`;
}

/**
 * The hold that a file on the fleet's branch asks for. The file being there is enough: what in it cannot be read is
 * left out, for a slip in it must not let anything through.
 * @param now UNIX seconds
 */
export async function findFileHold(
  branches: BranchStore,
  fleet: Fleet,
  now: number,
): Promise<ExternalHold | undefined> {
  const tip = await branches.resolve(fleet.branch);
  if (tip === undefined) return undefined;
  const path = holdFile(fleet.name);
  const text = await branches.readFile(tip, path);
  if (text === undefined) return undefined;
  const said = readHoldFile(text);
  const source = `file ${path} on branch ${fleet.branch}`;
  return {
    source,
    reason: said.reason ?? `see ${path}`,
    by: said.by ?? `the ${source}`,
    at: now,
    ...said.until,
  };
}

function readHoldFile(text: string): { reason?: string; by?: string; until?: { until: number } } {
  let read: unknown;
  try {
    read = parse(text);
  } catch {
    return {};
  }
  if (typeof read === 'string' && read.trim() !== '') return { reason: read.trim() };
  const said = fileSchema.safeParse(read);
  if (!said.success) return {};
  const { reason, by, until } = said.data;
  return {
    ...(reason === undefined || reason.trim() === '' ? {} : { reason: reason.trim() }),
    ...(by === undefined || by.trim() === '' ? {} : { by: by.trim() }),
    ...(until === undefined ? {} : readUntil(until)),
  };
}

function readUntil(until: string | Date): { until?: { until: number } } {
  try {
    return { until: { until: until instanceof Date ? until.getTime() / 1000 : parseTime(until) } };
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}

/** @throws InputError where a file on the fleet's branch holds it, whether open-promotion has seen that or not */
export async function refuseHeldByFile(branches: BranchStore, fleet: Fleet, now: number): Promise<void> {
  const stop = await findFileHold(branches, fleet, now);
  if (stop === undefined || (stop.until ?? Number.POSITIVE_INFINITY) <= now) return;
  throw new InputError({
    where: `fleet ${fleet.name}`,
    problem: `the fleet is held by the ${stop.source}: ${stop.reason}`,
    remedy: 'Remove that file when it is over.',
  });
}
