import type { Package } from './package.ts';
import { comparePackageVersions } from './rpm-version.ts';

export interface VersionChange {
  readonly name: string;
  readonly before: Package;
  readonly after: Package;
}

/** How a set of packages changed; every list is sorted by name. */
export interface PackageDifference {
  readonly added: readonly Package[];
  readonly removed: readonly Package[];
  readonly upgraded: readonly VersionChange[];
  readonly downgraded: readonly VersionChange[];
}

/**
 * Compares two sets of packages. A package can be installed in several versions (kernel) or for several
 * architectures: it is matched with its own architecture first, newest with newest.
 */
export function comparePackages(before: readonly Package[], after: readonly Package[]): PackageDifference {
  const same = new Set(before.map(identity));
  const kept = new Set(after.map(identity).filter((each) => same.has(each)));
  let removed = before.filter((each) => !kept.has(identity(each)));
  let added = after.filter((each) => !kept.has(identity(each)));
  const changes: VersionChange[] = [];
  for (const keyOf of [({ name, architecture }: Package) => `${name} ${architecture}`, nameOf]) {
    const pairs = pairUp(removed, added, keyOf);
    changes.push(...pairs);
    removed = removed.filter((each) => !pairs.some((pair) => pair.before === each));
    added = added.filter((each) => !pairs.some((pair) => pair.after === each));
  }
  const direction = ({ before: old, after: now }: VersionChange) => comparePackageVersions(now, old);
  changes.sort((one, other) => byName(one.after, other.after));
  return {
    added: [...added].sort(byName),
    removed: [...removed].sort(byName),
    // The same version for another architecture is not a downgrade.
    upgraded: changes.filter((change) => direction(change) >= 0),
    downgraded: changes.filter((change) => direction(change) < 0),
  };
}

/** Whether there is any difference at all. */
export function samePackages({ added, removed, upgraded, downgraded }: PackageDifference): boolean {
  return added.length + removed.length + upgraded.length + downgraded.length === 0;
}

/** By name, then architecture, then version. */
export function byName(one: Package, other: Package): number {
  return (
    compareText(one.name, other.name) ||
    compareText(one.architecture, other.architecture) ||
    comparePackageVersions(one, other) ||
    compareText(identity(one), identity(other))
  );
}

/** A text that is equal for equal packages only. */
export function identity({ name, epoch, version, release, architecture }: Package): string {
  return `${name} ${epoch ?? 0}:${version}-${release} ${architecture}`;
}

function pairUp(
  removed: readonly Package[],
  added: readonly Package[],
  keyOf: (each: Package) => string,
): VersionChange[] {
  const gone = grouped(removed, keyOf);
  const come = grouped(added, keyOf);
  return [...gone].flatMap(([key, olds]) => {
    const news = come.get(key) ?? [];
    return olds
      .slice(0, news.length)
      .map((before, index) => ({ name: before.name, before, after: news[index] as Package }));
  });
}

function grouped(packages: readonly Package[], keyOf: (each: Package) => string): Map<string, Package[]> {
  const groups = new Map<string, Package[]>();
  const newestFirst = [...packages].sort((one, other) => -comparePackageVersions(one, other));
  for (const each of newestFirst) {
    const key = keyOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return groups;
}

function nameOf({ name }: Package): string {
  return name;
}

// localeCompare is not used, because the order has to be the same on every machine.
function compareText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
