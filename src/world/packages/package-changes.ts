import type { PackageDifference, VersionChange } from './compare.ts';
import { fullVersion, type Package } from './package.ts';

/** Longer lists are cut: a pull request's text has a limit (GitHub's: 65,536 characters). */
const longestList = 200;

/** The difference as Markdown, a table of what changed version and a line each for what was added and removed. */
export function describePackages(difference: PackageDifference): string {
  const { added, removed, upgraded, downgraded } = difference;
  const blocks = [
    table('upgraded', upgraded),
    table('downgraded', downgraded),
    list('added', added),
    list('removed', removed),
  ].filter((block) => block !== '');
  return blocks.length === 0 ? 'No package changed.' : blocks.join('\n\n');
}

/** `3 packages upgraded, 1 added`; `no package changed` */
export function countPackages({ added, removed, upgraded, downgraded }: PackageDifference): string {
  const counts = (
    [
      ['upgraded', uniqueChanges(upgraded).length],
      ['downgraded', uniqueChanges(downgraded).length],
      ['added', uniqueNames(added).length],
      ['removed', uniqueNames(removed).length],
    ] as const
  ).filter(([, count]) => count > 0);
  const [first, ...rest] = counts;
  if (first === undefined) return 'no package changed';
  const start = `${first[1]} ${first[1] === 1 ? 'package' : 'packages'} ${first[0]}`;
  return [start, ...rest.map(([word, count]) => `${count} ${word}`)].join(', ');
}

function table(title: string, changes: readonly VersionChange[]): string {
  const rows = uniqueChanges(changes);
  if (rows.length === 0) return '';
  const lines = rows
    .slice(0, longestList)
    .map(([name, before, after]) => `| ${code(name)} | ${code(before)} | ${code(after)} |`);
  return [
    `| ${title} (${rows.length}) | before | after |`,
    '|---|---|---|',
    ...lines,
    ...rest(rows.length, '| … and ', ' more | | |'),
  ].join('\n');
}

function list(title: string, packages: readonly Package[]): string {
  const names = uniqueNames(packages);
  if (names.length === 0) return '';
  const shown = names.slice(0, longestList).map(code).join(', ');
  return `${title} (${names.length}): ${shown}${rest(names.length, ', … and ', ' more').join('')}`;
}

function rest(count: number, before: string, after: string): string[] {
  return count > longestList ? [`${before}${count - longestList}${after}`] : [];
}

/** A package that changed alike for every architecture is one row. */
function uniqueChanges(changes: readonly VersionChange[]): [name: string, before: string, after: string][] {
  const rows = new Map<string, [string, string, string]>();
  for (const { name, before, after } of changes) {
    const moved = before.architecture !== after.architecture;
    const row: [string, string, string] = [
      name,
      `${fullVersion(before)}${moved ? `.${before.architecture}` : ''}`,
      `${fullVersion(after)}${moved ? `.${after.architecture}` : ''}`,
    ];
    rows.set(row.join(' '), row);
  }
  return [...rows.values()];
}

function uniqueNames(packages: readonly Package[]): string[] {
  return [...new Set(packages.map((each) => `${each.name} ${fullVersion(each)}`))];
}

/** Names and versions come out of an image: nothing in them is Markdown. */
function code(text: string): string {
  return `\`${text.replace(/[`|\r\n]/g, '')}\``;
}
