import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { isMissing } from '../../host/files.ts';
import { sliceName } from '../../project/configuration/rings.ts';
import {
  type FleetFiles,
  type FleetSource,
  type Guidance,
  parseGuidance,
  type SiteSource,
} from './fleet-source.ts';

/**
 * The fleets of a folder with published files, read again when size or time of a file change.
 * @param only names; none for all fleets, now or later
 */
export function folderSource(folder: string, only: readonly string[] = []): SiteSource {
  const sources = new Map<string, FleetSource>();
  return {
    where: folder,
    fleets: async () => {
      const names = await fleetNames(folder);
      for (const name of only) requireFleet(folder, name, names);
      for (const fleet of only.length === 0 ? names : only) {
        if (!sources.has(fleet)) sources.set(fleet, fleetFolder(folder, fleet));
      }
      return [...sources.values()];
    },
  };
}

/**
 * Reads a fleet from a folder with published files.
 * @param fleet may be left out if there is only one
 * @throws InputError
 */
export async function readSiteFleet(folder: string, fleet?: string): Promise<Guidance> {
  const names = await fleetNames(folder);
  const name = fleet ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    throw new InputError({
      field: '--fleet',
      problem: 'missing: the site has several fleets',
      expected: `one of ${names.join(', ')}`,
    });
  }
  requireFleet(folder, name, names);
  return parseGuidance(await readFleet(folder, name));
}

/** How many slices a fleet has in a folder with published files. @param of.fleet as for readSiteFleet */
export async function countSlices(
  folder: string,
  of: { readonly fleet: string | undefined; readonly basearch: string },
): Promise<number> {
  const [fleet = ''] = of.fleet === undefined ? await fleetNames(folder) : [of.fleet];
  const names = await readdir(join(folder, fleet, of.basearch)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const found = new Set(names);
  let slices = 0;
  while (found.has(sliceName(slices + 1))) slices += 1;
  return slices;
}

/** The folders of rings that a fleet has in a folder with published files, for any architecture. */
export async function listSiteRings(folder: string, fleet: string): Promise<string[]> {
  const found = new Set<string>();
  for (const basearch of await readdir(join(folder, fleet), { withFileTypes: true })) {
    if (!basearch.isDirectory()) continue;
    const parts = await readdir(join(folder, fleet, basearch.name), { withFileTypes: true });
    for (const part of parts) if (part.isDirectory() && part.name !== 'v1') found.add(part.name);
  }
  return [...found].sort();
}

function requireFleet(folder: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  throw new InputError({
    field: '--fleet',
    problem: `${folder} has no such fleet`,
    found: name,
    expected: `one of ${names.join(', ')}`,
  });
}

/** @throws InputError when there is none */
async function fleetNames(folder: string): Promise<string[]> {
  let entries: string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    if (!isMissing(error))
      throw new OutsideError(`reading ${folder}`, messageOf(error), undefined, { cause: error });
    throw new InputError({ field: '--site', problem: 'this folder does not exist', found: folder });
  }
  const names: string[] = [];
  for (const entry of entries.sort()) {
    if (entry.startsWith('.')) continue;
    const files = filesOf(folder, entry);
    if ((await signature(files.releases)) !== '' && (await signature(files.updates)) !== '')
      names.push(entry);
  }
  if (names.length > 0) return names;
  throw new InputError({
    field: '--site',
    problem: 'no fleet is published in this folder',
    found: folder,
    expected: '<fleet>/releases.json and <fleet>/updates.json, as publish-updates writes them',
  });
}

function fleetFolder(folder: string, fleet: string): FleetSource {
  const files = filesOf(folder, fleet);
  const signatures = async () => `${await signature(files.releases)} ${await signature(files.updates)}`;
  let last = '';
  return {
    where: join(folder, fleet),
    read: async () => {
      for (let attempt = 0; ; attempt += 1) {
        const before = await signatures();
        if (before === last) return undefined;
        const read = await readFleet(folder, fleet);
        // A publisher may write between the two reads, and files of different times do not match.
        if ((await signatures()) !== before && attempt < 3) continue;
        last = before;
        return read;
      }
    },
  };
}

async function readFleet(folder: string, fleet: string): Promise<FleetFiles> {
  const files = filesOf(folder, fleet);
  const read = async (where: string) => {
    try {
      return { where, text: await readFile(where, 'utf8') };
    } catch (error) {
      throw new OutsideError(`reading ${where}`, messageOf(error), undefined, { cause: error });
    }
  };
  return { fleet, updates: await read(files.updates), releases: await read(files.releases) };
}

function filesOf(folder: string, fleet: string): { releases: string; updates: string } {
  return { releases: join(folder, fleet, 'releases.json'), updates: join(folder, fleet, 'updates.json') };
}

/** Changes when the file does; empty if there is no file. */
async function signature(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return `${ino}-${size}-${mtimeNs}-${ctimeNs}`;
  } catch (error) {
    if (isMissing(error)) return '';
    throw new OutsideError(`reading ${file}`, messageOf(error), undefined, { cause: error });
  }
}
