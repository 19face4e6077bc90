import type { Package } from './package.ts';

/**
 * Compares two versions (or releases) as rpm does: negative if `one` is older, 0 if they are equal.
 * The rules are rpm's own (rpm-version(7)): runs of digits and of letters are compared one by one, digits
 * as numbers, and numbers are newer than letters; anything else only separates; `~` is older than the end (1.0~rc1 < 1.0),
 * `^` is newer than the end and older than more of a version (1.0 < 1.0^git1 < 1.0.1).
 */
export function compareVersionText(one: string, other: string): number {
  const ours = partsOf(one);
  const theirs = partsOf(other);
  for (let index = 0; ; index++) {
    const our = ours[index];
    const their = theirs[index];
    if (our === undefined && their === undefined) return 0;
    const difference = compareParts(our, their);
    if (difference !== 0) return difference;
  }
}

/** Epoch, then version, then release. */
export function comparePackageVersions(one: Package, other: Package): number {
  return (
    (one.epoch ?? 0) - (other.epoch ?? 0) ||
    compareVersionText(one.version, other.version) ||
    compareVersionText(one.release, other.release)
  );
}

// Letters and digits of ASCII alone: to rpm every other byte is a separator.
function partsOf(version: string): string[] {
  return version.match(/[0-9]+|[A-Za-z]+|[~^]/g) ?? [];
}

function compareParts(our: string | undefined, their: string | undefined): number {
  if (our === their) return 0;
  // A tilde is older than anything else, the end included; a caret is newer than the end alone.
  if (our === '~' || their === '~') return our === '~' ? -1 : 1;
  if (our === undefined) return -1;
  if (their === undefined) return 1;
  if (our === '^' || their === '^') return our === '^' ? -1 : 1;
  const numeric = /^[0-9]/.test(our);
  if (numeric !== /^[0-9]/.test(their)) return numeric ? 1 : -1;
  return numeric ? compareNumbers(our, their) : sign(our, their);
}

/** Numbers may have any length: dates and commit counts can be too large for an exact JavaScript number. */
function compareNumbers(our: string, their: string): number {
  const [left, right] = [our.replace(/^0+/, ''), their.replace(/^0+/, '')];
  return left.length === right.length ? sign(left, right) : left.length - right.length;
}

function sign(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
