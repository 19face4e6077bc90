import { writeSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatTable } from '../../../../src/demo/table.ts';
import { findTool } from '../../../../src/host/tools.ts';
import {
  type Entry,
  type Merged,
  mergeByOstree,
  mergeByRehearsal,
  type Situation,
  type Tree,
} from '../../../support/etc-merge.ts';
import { useMemory } from '../../../support/in-memory.ts';

// The same update twice: by the rehearsal in the mode direct, and by real ostree. No machine is needed for it.

useMemory();
const missing =
  findTool('ostree') === undefined ? 'no ostree' : process.getuid?.() === 0 ? undefined : 'not root';

const rows: string[][] = [];
afterAll(() => {
  // Writes directly to the terminal, because vitest shows what a test file prints only with some reporters.
  if (rows.length > 0)
    writeSync(2, `\n${formatTable(['/etc of a machine that updates', 'rehearsal', 'ostree'], rows)}\n`);
});

function described({ refused, etc }: Merged): string {
  if (refused !== undefined) return 'refused';
  return Object.entries(etc)
    .map(([path, entry]) => `${path}: ${entry}`)
    .join('; ');
}

async function both(situation: Situation): Promise<[string, string]> {
  const [rehearsal, ostree] = await Promise.all([mergeByRehearsal(situation), mergeByOstree(situation)]);
  return [described(rehearsal), described(ostree)];
}

/** measured-2026-11.md found the rehearsal to differ in the first three. */
const situations: Readonly<Record<string, readonly [Situation, string]>> = {
  'a file that was rewritten with the same content': [
    { image: { foo: 'old' }, machine: { foo: 'old' }, next: { foo: 'new' } },
    'foo: new 644',
  ],
  'a folder that was removed and made again': [
    { image: { 'd/old': '1' }, machine: { d: 'FOLDER', 'd/own': '1' }, next: { d: 'FOLDER', 'd/new': '1' } },
    'd: folder; d/new: 1 644; d/own: 1 644',
  ],
  'a changed file, and a folder in the new image': [
    { image: { foo: 'old' }, machine: { foo: 'mine' }, next: { foo: 'FOLDER', 'foo/inside': 'new' } },
    'refused',
  ],
  'a removed file, and a file in the new image instead of its folder': [
    { image: { 'd/a': 'old' }, machine: { 'd/a': undefined }, next: { d: 'new' } },
    'refused',
  ],
  'a removed file, and a link to itself in the new image instead of its folder': [
    { image: { 'd/a': 'old' }, machine: { 'd/a': undefined }, next: { d: { to: 'd' } } },
    'refused',
  ],
  'a file made a folder, and a folder in the new image': [
    {
      image: { d: 'old' },
      machine: { d: 'FOLDER', 'd/mine': 'mine' },
      next: { d: 'FOLDER', 'd/new': 'new' },
    },
    'd: folder; d/new: new 644',
  ],
  'a folder made a file, and a file in the new image': [
    { image: { 'd/a': 'old' }, machine: { d: 'mine' }, next: { d: 'new' } },
    'd: mine 644',
  ],
  'the first file of all': [{ image: {}, machine: { a: 'mine' }, next: {} }, 'a: mine 644'],
  'a changed, a removed and an added file': [
    {
      image: { a: 'old', b: 'old' },
      machine: { a: 'mine', b: undefined, c: 'mine' },
      next: { a: 'new', b: 'new', d: 'new' },
    },
    'a: mine 644; c: mine 644; d: new 644',
  ],
};

/** Few names and contents, so that most trees have something in common. */
const names = fc.constantFrom('a', 'b', 'c d');
/** Links lead nowhere, because what is removed below a link of a new image is removed at its target. */
const leaf: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ text: fc.constantFrom('x', 'y'), mode: fc.constantFrom(0o644, 0o600) }),
  fc.record({ to: fc.constantFrom('nowhere', 'elsewhere') }),
);
const { folder } = fc.letrec<{ folder: Tree; entry: { leaf: Entry } | { folder: Tree } }>((tie) => ({
  folder: fc.dictionary(names, tie('entry'), { maxKeys: 3, noNullPrototype: true }).map(flat),
  entry: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'etc' },
    fc.record({ leaf }),
    fc.record({ folder: tie('folder') }),
  ),
}));

function flat(entries: Record<string, { leaf: Entry } | { folder: Tree }>): Tree {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, entry]): [string, Entry][] =>
      'leaf' in entry
        ? [[name, entry.leaf]]
        : [
            [name, 'FOLDER'],
            ...Object.entries(entry.folder).map(([path, below]): [string, Entry] => [
              `${name}/${path}`,
              below,
            ]),
          ],
    ),
  );
}

/** The differences that make a tree another one, names at the top first removed. */
const instead = (before: Tree, after: Tree): Tree => ({
  ...Object.fromEntries(
    Object.keys(before)
      .filter((path) => !path.includes('/'))
      .map((path) => [path, undefined]),
  ),
  ...after,
});

describe.skipIf(missing !== undefined)(
  `an update of /etc${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each(Object.entries(situations))(
      'is the same in a rehearsal as on real ostree: %s',
      async (title, [situation, expected]) => {
        const [rehearsal, ostree] = await both(situation);
        rows.push([title, rehearsal, ostree]);
        expect([rehearsal, ostree]).toEqual([expected, expected]);
      },
    );

    it('is the same in a rehearsal as on real ostree, whatever image and machine changed', async () => {
      let refusals = 0;
      await fc.assert(
        fc.asyncProperty(folder, folder, folder, async (image, machine, next) => {
          const situation = { image, machine: instead(image, machine), next: instead(image, next) };
          const [rehearsal, ostree] = await both(situation);
          if (ostree === 'refused') refusals += 1;
          expect(rehearsal).toBe(ostree);
        }),
        { numRuns: 15 },
      );
      rows.push(['15 at random', `${refusals} refused`, 'the same']);
    }, 120_000);
  },
);
