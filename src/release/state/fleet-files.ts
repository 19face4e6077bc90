import { type Adoption, formatAdoption, parseAdoption } from '../../guidance/adoption.ts';
import {
  emptyUpdateMetadata,
  formatUpdateMetadata,
  parseUpdateMetadata,
  type UpdateMetadata,
} from '../../guidance/metadata.ts';
import {
  formatOperations,
  noOperations,
  type Operations,
  parseOperations,
} from '../../guidance/operations.ts';
import {
  emptyReleaseIndex,
  formatReleaseIndex,
  parseReleaseIndex,
  type ReleaseIndex,
} from '../../guidance/releases.ts';
import { InputError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { FileChange, Sha } from '../../world/forge/forge.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import { formatRecord, parseRecord, type ReleaseRecord } from './release-record.ts';

/** Everything that is known about one fleet's releases. */
export interface FleetState {
  readonly releases: ReleaseIndex;
  readonly updates: UpdateMetadata;
  /** By version. */
  readonly records: Readonly<Record<string, ReleaseRecord>>;
  /** What is paused, held and withdrawn. */
  readonly operations: Operations;
  /** Who runs what, if `observe --record` counted it. */
  readonly adoption?: Adoption;
}

/** Folder of a fleet on the state branch. */
export function fleetFolder(fleet: string): string {
  return `fleets/${fleet}`;
}

/**
 * Reads a fleet's files, and refuses files that contradict each other: people may edit them, and a mistake must not
 * reach a node.
 * @param files path on the state branch → text
 * @throws InputError naming branch, commit, file and field
 */
export function parseFleet(
  files: ReadonlyMap<string, string>,
  options: { readonly fleet: string; readonly config: Config; readonly commit: Sha | undefined },
): FleetState {
  const { fleet, config, commit } = options;
  const folder = fleetFolder(fleet);
  const place = (file: string) =>
    `${config.stateBranch} (commit ${commit === undefined ? 'none' : shortCommit(commit)}): ${file}`;
  const releasesFile = `${folder}/releases.json`;
  const updatesFile = `${folder}/updates.json`;
  const operationsFile = `${folder}/operations.json`;
  const adoptionFile = `${folder}/adoption.json`;
  const releasesText = files.get(releasesFile);
  const updatesText = files.get(updatesFile);
  const records: Record<string, ReleaseRecord> = {};
  for (const [path, text] of files) {
    if ([releasesFile, updatesFile, operationsFile, adoptionFile].includes(path)) continue;
    const version = /^records\/([^/]+)\.json$/.exec(path.slice(folder.length + 1))?.[1];
    if (version === undefined) throw unexpected(place(path));
    const record = parseRecord(text, place(path));
    expectSame(place(path), 'version', record.version, version);
    expectSame(place(path), 'fleet', record.fleet, fleet);
    records[version] = record;
  }
  // No clock here, because files that were never written must read the same at any time.
  const releases =
    releasesText === undefined
      ? emptyReleaseIndex(config.stream, 0)
      : parseReleaseIndex(releasesText, place(releasesFile));
  const updates =
    updatesText === undefined
      ? emptyUpdateMetadata(config.stream, 0)
      : parseUpdateMetadata(updatesText, place(updatesFile));
  expectSame(place(releasesFile), 'stream', releases.stream, config.stream);
  expectSame(place(updatesFile), 'stream', updates.stream, config.stream);
  const versions = new Set<string>();
  for (const [index, release] of releases.releases.entries()) {
    const field = `releases[${index}]`;
    const images = release['oci-images'] ?? [];
    if (images.length === 0 || images.some((image) => image['digest-ref'] === '')) {
      throw new InputError({
        where: place(releasesFile),
        field: `${field}.oci-images`,
        problem: `release ${release.version} lacks an image, so no node could find itself or update to it`,
        expected: 'one {architecture, image, digest-ref} for each architecture',
      });
    }
    versions.add(release.version);
  }
  for (const [index, entry] of updates.releases.entries()) {
    if (versions.has(entry.version)) continue;
    throw new InputError({
      where: place(updatesFile),
      field: `releases[${index}].version`,
      problem: `fleet ${fleet} has no such release, so this entry would have no effect`,
      found: entry.version,
      expected: 'a version that releases.json has',
    });
  }
  const operationsText = files.get(operationsFile);
  const operations =
    operationsText === undefined ? noOperations : parseOperations(operationsText, place(operationsFile));
  for (const list of ['paused', 'staged', 'withdrawn'] as const) {
    for (const [index, { version }] of (operations[list] ?? []).entries()) {
      if (versions.has(version)) continue;
      throw new InputError({
        where: place(operationsFile),
        field: `${list}[${index}].version`,
        problem: `fleet ${fleet} has no such release`,
        found: version,
        expected: 'a version that releases.json has',
      });
    }
  }
  for (const version of Object.keys(records)) {
    if (versions.has(version)) continue;
    throw new InputError({
      where: place(releasesFile),
      field: 'releases',
      problem: `release ${version} has a record but is missing here; a release is never removed`,
      remedy: `Restore it at its old position (git log ${config.stateBranch} -- ${releasesFile}).`,
    });
  }
  const adoptionText = files.get(adoptionFile);
  if (adoptionText === undefined) return { releases, updates, records, operations };
  const adoption = parseAdoption(adoptionText, place(adoptionFile));
  expectSame(place(adoptionFile), 'fleet', adoption.fleet, fleet);
  return { releases, updates, records, operations, adoption };
}

/**
 * The files that differ. A part that is the same object keeps its text and format.
 * @throws Error if the change removes or reorders releases, which no caller may do
 */
export function changedFleetFiles(
  fleet: string,
  before: FleetState,
  after: FleetState,
  files: ReadonlyMap<string, string>,
): FileChange[] {
  refuseLoss(fleet, before, after);
  const folder = fleetFolder(fleet);
  const wanted = new Map<string, string | null>();
  if (after.releases !== before.releases)
    wanted.set(`${folder}/releases.json`, formatReleaseIndex(after.releases));
  if (after.updates !== before.updates)
    wanted.set(`${folder}/updates.json`, formatUpdateMetadata(after.updates));
  if (after.operations !== before.operations)
    wanted.set(`${folder}/operations.json`, formatOperations(after.operations) ?? null);
  if (after.adoption !== before.adoption)
    wanted.set(
      `${folder}/adoption.json`,
      after.adoption === undefined ? null : formatAdoption(after.adoption),
    );
  for (const [version, record] of Object.entries(after.records)) {
    if (record !== before.records[version])
      wanted.set(`${folder}/records/${version}.json`, formatRecord(record));
  }
  return [...wanted]
    .filter(([path, content]) => (files.get(path) ?? null) !== content)
    .map(([path, content]) => ({ path, content }));
}

function refuseLoss(fleet: string, before: FleetState, after: FleetState): void {
  for (const [index, release] of before.releases.releases.entries()) {
    if (after.releases.releases[index]?.version === release.version) continue;
    throw new Error(`a change to fleet ${fleet} removes or reorders release ${release.version}`);
  }
  for (const version of Object.keys(before.records)) {
    if (after.records[version] === undefined)
      throw new Error(`a change to fleet ${fleet} removes the record of ${version}`);
  }
}

function unexpected(where: string): InputError {
  return new InputError({
    where,
    problem: 'an unexpected file on the state branch',
    expected: 'releases.json, updates.json, operations.json, adoption.json and records/<version>.json only',
    remedy: 'Remove it with a commit on that branch.',
  });
}

function expectSame(where: string, field: string, found: string, expected: string): void {
  if (found !== expected)
    throw new InputError({
      where,
      field,
      problem: 'this file is not expected here',
      found,
      expected: JSON.stringify(expected),
    });
}
