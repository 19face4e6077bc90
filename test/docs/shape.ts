// What a page shows is compared with what a run prints in shape: numbers, times, digests and names of commits differ
// from run to run. Versions differ too, but each version of the page stands for one version of the run.

const version = /\d+\.\d{8}\.\d+\.\d+-[0-9a-f]{8}/g;

/** What each version of a page is in this run. */
export type Names = Map<string, string>;

/** Puts the run's versions in the place of the page's, also in those that the page misspells before the build key. */
export function inThisRun(text: string, names: Names): string {
  const keys = new Map([...names].map(([shown, found]) => [shown.slice(-8), found.slice(-8)]));
  return text
    .replaceAll(version, (found) => names.get(found) ?? found)
    .replaceAll(/(?<=-)[0-9a-f]{8}\b/g, (key) => keys.get(key) ?? key);
}

/** The line without what differs from run to run. */
export function shapeOf(line: string): string {
  return line
    .replaceAll(/\b\d{4}-\d\d-\d\d(?:T| )\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC)?/g, '<time>')
    .replaceAll(/sha256:(?:[0-9a-f]{64}|…)/g, '<digest>')
    .replaceAll(/\/(?:tmp|dev\/shm|home)\/[^\s)]*/g, '<path>')
    .replaceAll(/(?:127\.0\.0\.1|localhost):\d+/g, '<host>')
    .replaceAll(version, '<version>')
    .replaceAll(/\bkey-[0-9a-f]{16}\b/g, '<key>')
    .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b…?/g, '<hash>')
    .replaceAll(/\b\d[\d,.]*(?: (?:d|h|min|s|%))?(?: \d+ (?:h|min|s))*/g, '<n>')
    .replaceAll(/[▁-█]+/g, '<chart>')
    .replaceAll(/ {2,}|\t/g, ' ')
    .trim();
}

/**
 * Compares what a page shows with what was printed. A line `…` stands for any lines, `…` inside a line for any text.
 * @param names learns what the page's versions are in this run
 * @returns the first difference, for people; undefined if there is none
 */
export function findDifference(
  shown: readonly string[],
  printed: readonly string[],
  names: Names,
): string | undefined {
  const wanted = trimmed(shown);
  const found = trimmed(printed);
  let at = 0;
  let anywhere = false;
  for (const line of wanted) {
    if (line.trim() === '…') {
      anywhere = true;
      continue;
    }
    const matches = (candidate: string | undefined) => candidate !== undefined && sameShape(line, candidate);
    const place = anywhere ? found.findIndex((each, index) => index >= at && matches(each)) : at;
    if (place < 0 || !matches(found[place])) {
      return `the page shows\n  ${line}\nand the run printed\n${found
        .slice(at, at + 12)
        .map((each) => `  ${each}`)
        .join('\n')}`;
    }
    learn(line, found[place] ?? '', names);
    at = place + 1;
    anywhere = false;
  }
  if (anywhere || at >= found.length) return undefined;
  return `the page does not show\n${found.slice(at, at + 6).join('\n')}`;
}

function sameShape(line: string, candidate: string): boolean {
  const [one, other] = [shapeOf(line), shapeOf(candidate)];
  if (!one.includes('…')) return one === other;
  const pattern = one
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(other);
}

function learn(line: string, candidate: string, names: Names): void {
  const [ours, theirs] = [line.match(version) ?? [], candidate.match(version) ?? []];
  if (ours.length !== theirs.length) return;
  for (const [index, name] of ours.entries()) {
    if (!names.has(name)) names.set(name, theirs[index] as string);
  }
}

function trimmed(lines: readonly string[]): string[] {
  const text = lines.map((line) => line.trimEnd());
  while (text.at(-1) === '') text.pop();
  while (text[0] === '') text.shift();
  return text;
}
