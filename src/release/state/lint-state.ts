import { isDeepStrictEqual } from 'node:util';
import { parseAdoption } from '../../guidance/adoption.ts';
import { type Finding, type FleetTexts, lintGuidance } from '../../guidance/lint/lint.ts';
import { tryTo } from '../../guidance/lint/lint-finding.ts';
import { defined } from '../../host/defined.ts';
import { quote } from '../../host/errors.ts';
import { nearest } from '../../host/nearest.ts';
import type { Config } from '../../project/configuration/config.ts';
import { ringGatesOf } from '../../project/configuration/ring-gates.ts';
import { formatRepository } from '../../world/registry/reference.ts';
import { fleetFolder } from './fleet-files.ts';
import { lintRings } from './lint-rings.ts';
import { parseRecord, type ReleaseRecord } from './release-record.ts';

/** Path on the state branch → text. */
export type StateFiles = ReadonlyMap<string, string>;

/** What lint found about one fleet, or, without a name, about the rest of the branch. */
export interface FleetFindings {
  readonly fleet: string | undefined;
  readonly findings: readonly Finding[];
}

const knownFiles = ['releases.json', 'updates.json', 'operations.json', 'adoption.json'] as const;

/**
 * Checks the state branch, and a change of it.
 * @param options.fleets names; none for all
 * @param options.now UNIX seconds
 */
export function lintState(
  after: StateFiles,
  before: StateFiles,
  options: {
    readonly config: Config;
    readonly fleets: readonly string[];
    readonly now: number;
    readonly timeZone: string;
  },
): FleetFindings[] {
  const { config, fleets } = options;
  const names = Object.keys(config.fleets);
  const strays = [...after.keys()].flatMap((path) => lintPlace(path, names));
  return [
    ...(fleets.length === 0 ? [{ fleet: undefined, findings: strays }] : []),
    ...names
      .filter((name) => fleets.length === 0 || fleets.includes(name))
      .map((fleet) => ({ fleet, findings: lintFleet(fleet, after, before, options) })),
  ];
}

function lintFleet(
  fleet: string,
  after: StateFiles,
  before: StateFiles,
  options: { readonly config: Config; readonly now: number; readonly timeZone: string },
): Finding[] {
  const guidance = lintGuidance(textsOf(fleet, after), textsOf(fleet, before), {
    stream: options.config.stream,
    now: options.now,
    timeZone: options.timeZone,
    repository: formatRepository(options.config.image),
  });
  const rings = lintRings(textsOf(fleet, after), textsOf(fleet, before), {
    rings: ringGatesOf(options.config, fleet),
    now: options.now,
  });
  return [...guidance, ...rings, ...lintRecords(fleet, after, before), ...lintAdoption(fleet, after)];
}

function lintAdoption(fleet: string, files: StateFiles): readonly Finding[] {
  const file = `${fleetFolder(fleet)}/adoption.json`;
  const text = files.get(file);
  return text === undefined ? [] : tryTo('adoption', file, () => parseAdoption(text, file)).findings;
}

function textsOf(fleet: string, files: StateFiles): FleetTexts {
  const textOf = (name: string) => {
    const file = `${fleetFolder(fleet)}/${name}`;
    const text = files.get(file);
    return text === undefined ? undefined : { file, text };
  };
  return {
    releases: textOf('releases.json'),
    updates: textOf('updates.json'),
    operations: textOf('operations.json'),
  };
}

/** Records say where releases come from. Promotion and the order of releases depend on them. */
function lintRecords(fleet: string, after: StateFiles, before: StateFiles): Finding[] {
  const findings: Finding[] = [];
  const folder = `${fleetFolder(fleet)}/records/`;
  const records = new Map<string, ReleaseRecord>();
  for (const [path, text] of after) {
    if (!path.startsWith(folder) || !path.endsWith('.json')) continue;
    const read = tryTo('record', path, () => parseRecord(text, path));
    findings.push(...read.findings);
    const version = path.slice(folder.length, -'.json'.length);
    if (read.value === undefined) continue;
    records.set(version, read.value);
    findings.push(...lintRewritten(path, read.value, before.get(path)));
    if (read.value.version !== version || read.value.fleet !== fleet) {
      findings.push({
        severity: 'error',
        rule: 'record',
        where: path,
        message: `this is the record of ${read.value.version} in ${read.value.fleet}`,
      });
    }
  }
  for (const path of before.keys()) {
    if (!path.startsWith(folder) || after.has(path)) continue;
    findings.push({
      severity: 'error',
      rule: 'record-removed',
      where: path,
      message: 'the record of a release is gone',
      remedy: 'Put it back: a release is never removed.',
    });
  }
  const releasesFile = `${fleetFolder(fleet)}/releases.json`;
  const versions = versionsIn(after.get(releasesFile));
  if (versions === undefined) return findings;
  for (const version of records.keys()) {
    if (versions.includes(version)) continue;
    findings.push({
      severity: 'error',
      rule: 'release-removed',
      where: `${folder}${version}.json`,
      message: `this release is not in ${releasesFile}`,
    });
  }
  let newest: ReleaseRecord | undefined;
  for (const version of versions) {
    const record = records.get(version);
    if (record === undefined) continue;
    if (newest !== undefined && Date.parse(record.created) <= Date.parse(newest.created)) {
      findings.push({
        severity: 'error',
        rule: 'created-goes-back',
        where: `${folder}${version}.json`,
        message: `created ${record.created}, not after ${newest.version} before it (${newest.created}): rpm-ostree on the nodes would refuse it as a downgrade`,
      });
    }
    newest = record;
  }
  return findings;
}

/** The facts of a record that never change. */
const fixedFacts = ['commit', 'buildKey', 'baseVersion', 'created', 'recordedAt', 'images'] as const;

function lintRewritten(where: string, record: ReleaseRecord, before: string | undefined): Finding[] {
  const old =
    before === undefined ? undefined : tryTo('record', where, () => parseRecord(before, where)).value;
  if (old === undefined) return [];
  return fixedFacts
    .filter((fact) => !isDeepStrictEqual(old[fact], record[fact]))
    .map((fact) => ({
      severity: 'error' as const,
      rule: 'record-rewritten',
      where,
      message: `${fact} of ${record.version} was ${quote(old[fact])} and is ${quote(record[fact])}`,
      remedy: 'Put the old value back: a release is made once.',
    }));
}

/** undefined if the file cannot be read: another rule reports that. */
function versionsIn(text: string | undefined): string[] | undefined {
  if (text === undefined) return [];
  try {
    const json = JSON.parse(text) as { releases?: { version?: unknown }[] };
    return json.releases?.map((release) => String(release.version));
  } catch {
    return undefined;
  }
}

/** A file that no fleet uses. */
function lintPlace(path: string, fleets: readonly string[]): Finding[] {
  const [top, fleet = '', ...rest] = path.split('/');
  if (top !== 'fleets') {
    return path === 'README.md'
      ? []
      : [{ severity: 'warning', rule: 'unknown-file', where: path, message: 'nothing reads this file' }];
  }
  if (!fleets.includes(fleet)) {
    const meant = nearest(fleet, fleets);
    return [
      {
        severity: 'error',
        rule: 'unknown-fleet',
        where: path,
        message: `coxswain.yaml has no fleet ${fleet}: nothing reads this file`,
        ...defined({ remedy: meant && `Did you mean ${meant}?` }),
      },
    ];
  }
  const name = rest.join('/');
  if (knownFiles.some((each) => each === name) || /^records\/[^/]+\.json$/.test(name)) return [];
  const meant = nearest(name, knownFiles);
  return [
    {
      severity: 'error',
      rule: 'unknown-file',
      where: path,
      message: 'this file does not belong here, and every verb refuses the branch because of it',
      remedy:
        meant === undefined
          ? 'A fleet has releases.json, updates.json, operations.json, adoption.json and records/<version>.json.'
          : `Did you mean ${meant}?`,
    },
  ];
}
