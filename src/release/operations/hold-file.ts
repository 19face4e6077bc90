import { parse } from 'yaml';
import { z } from 'zod';
import type { ExternalHold } from '../../guidance/operations.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { nearest } from '../../host/nearest.ts';
import { allInOrder } from '../../host/parallel.ts';
import { parseTime } from '../../host/time.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { BranchStore } from '../../world/forge/forge.ts';
import { cleanStatement } from './operator.ts';

const fileSchema = z.looseObject({
  reason: z.string().optional(),
  by: z.string().optional(),
  until: z.union([z.string(), z.date()]).optional(),
});

/** Folder of the files that hold fleets. */
export const holdFolder = '.coxswain/hold';

/** File that holds a fleet while it is on the fleet's branch. */
export function holdFile(fleet: string): string {
  return `${holdFolder}/${fleet}.yaml`;
}

/** A file in the folder of hold files that holds no fleet, although somebody may rely on it. */
export interface UnknownHoldFile {
  readonly name: string;
  /** A sentence. */
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Files that name no fleet. Hidden files and a README are allowed.
 * @param names names of the files in the folder
 */
export function unknownHoldFiles(names: readonly string[], fleets: readonly string[]): UnknownHoldFile[] {
  const known = fleets.map((fleet) => `${fleet}.yaml`);
  return names
    .filter((name) => !known.includes(name) && !name.startsWith('.') && !/^readme/i.test(name))
    .map((name) => {
      const meant = nearest(name.replace(/\.ya?ml$/i, ''), fleets);
      return {
        name,
        problem: `This file holds no fleet. The files that hold one are ${known.join(' and ')}.`,
        remedy:
          meant === undefined
            ? 'Give it the name of a fleet, or delete it.'
            : `Did you mean ${meant}.yaml? Rename it, or delete it.`,
      };
    });
}

/** What cannot be read in a hold file, as clauses; it holds the fleet anyway. */
export function examineHoldFile(text: string): string[] {
  let read: unknown;
  try {
    read = parse(text);
  } catch {
    return ['it is not YAML'];
  }
  if (read === null || read === undefined || (typeof read === 'string' && read.trim() !== '')) return [];
  const said = fileSchema.safeParse(read);
  if (!said.success) return ['its fields are not reason, by and until'];
  const strange = Object.keys(said.data).filter((key) => !['reason', 'by', 'until'].includes(key));
  const { until } = said.data;
  return [
    ...strange.map((key) => `it has a field ${key}, which nothing reads`),
    ...(until !== undefined && readUntil(until) === undefined
      ? ['its until is not a time, so the hold has no end']
      : []),
  ];
}

/**
 * The hold that a file on the fleet's branch asks for. The file alone is enough. Unreadable fields are ignored: a
 * mistake in the file must not let a release through.
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
    reason: cleanStatement(said.reason ?? '') || `see ${path}`,
    by: cleanStatement(said.by ?? '') || `the ${source}`,
    at: now,
    ...defined({ until: said.until }),
  };
}

function readHoldFile(text: string): { reason?: string; by?: string; until?: number } {
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
  return defined({
    reason: reason?.trim() === '' ? undefined : reason?.trim(),
    by: by?.trim() === '' ? undefined : by?.trim(),
    until: until === undefined ? undefined : readUntil(until),
  });
}

/** @returns undefined if it is not a time */
function readUntil(until: string | Date): number | undefined {
  try {
    return until instanceof Date ? until.getTime() / 1000 : parseTime(until);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Files in the folder of hold files on a fleet's branch that name no fleet. */
export async function findUnknownHoldFiles(
  branches: BranchStore,
  fleet: Fleet,
  fleets: readonly string[],
): Promise<UnknownHoldFile[]> {
  const tip = await branches.resolve(fleet.branch);
  if (tip === undefined) return [];
  const paths = await branches.listFiles(tip, holdFolder);
  return unknownHoldFiles(
    paths.map((path) => path.slice(holdFolder.length + 1)),
    fleets,
  );
}

/**
 * @param options.fleets names of all fleets
 * @param options.now UNIX seconds
 * @throws InputError if a file on the fleet's branch holds it, whether open-promotion has seen that or not; also if a
 *   hold file names no fleet: somebody may rely on it
 */
export async function refuseHeldByFile(
  branches: BranchStore,
  fleet: Fleet,
  { fleets, now }: { readonly fleets: readonly string[]; readonly now: number },
): Promise<void> {
  const [[unknown], stop] = await allInOrder([
    findUnknownHoldFiles(branches, fleet, fleets),
    findFileHold(branches, fleet, now),
  ]);
  if (unknown !== undefined) {
    throw new InputError({
      where: `${holdFolder}/${unknown.name} on branch ${fleet.branch}`,
      problem: unknown.problem.replace(/\.$/, ''),
      remedy: unknown.remedy,
    });
  }
  if (stop === undefined || (stop.until ?? Number.POSITIVE_INFINITY) <= now) return;
  throw new InputError({
    notYet: true,
    where: `fleet ${fleet.name}`,
    problem: `the fleet is held by the ${stop.source}: ${stop.reason}`,
    remedy: 'Remove that file when the reason is gone.',
  });
}
