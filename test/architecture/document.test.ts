import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** The rows of the table under a heading: cells as written. */
function rowsUnder(heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const quoted = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
const changes = rowsUnder('To change X, open Y').map(([what = '', open = '', list = '']) => ({
  what,
  files: quoted(open),
  paths: quoted(list).filter((text) => text.includes('/')),
  names: quoted(list).filter((text) => /^\w+$/.test(text)),
}));

describe('the table "to change X, open Y"', () => {
  it('has a row for each thing that grows', () => {
    const subjects = changes.map(({ what }) => what).join('\n');
    for (const subject of [
      'a verb',
      'a gate',
      'ring',
      'a tag',
      'a publisher',
      'a forge',
      'a check of doctor',
      "a promotion's pull request",
      'an ending of a VM',
    ]) {
      expect(subjects).toContain(subject);
    }
  });

  it.each(changes)('$what: every path exists', ({ files, paths }) => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(statSync(join(root, file)).isFile(), file).toBe(true);
    for (const path of paths.filter((each) => each.startsWith('src/'))) {
      expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it.each(changes.filter(({ names }) => names.length > 0))(
    '$what: one of its files exports $names',
    ({ files, names }) => {
      const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
      const folder = files.flatMap((file) =>
        readdirSync(join(root, file, '..'), { encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => readFileSync(join(root, file, '..', name), 'utf8')),
      );
      for (const name of names) {
        const declared = new RegExp(
          `^export (default )?(async )?(function|const|class|interface|type) ${name}\\b`,
          'm',
        );
        expect(
          [text, ...folder].some((each) => declared.test(each)),
          name,
        ).toBe(true);
      }
    },
  );

  it.each([
    ['a gate of a promotion', 3],
    ['a kind of ring', 4],
    ['a tag of the production repository', 2],
    ['a publisher', 3],
    ["the text of a promotion's pull request", 1],
  ])('%s takes at most %i files', (subject, most) => {
    const row = changes.find(({ what }) => what === subject);
    expect(row?.files.length).toBeLessThanOrEqual(most);
  });
});

// What the table promises is true of entries that exist: no other file of src/ names them, except what all entries share.
describe('the files that name an existing entry', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: `src/${file}`, text: readFileSync(join(root, 'src', file), 'utf8') }));
  const naming = (words: readonly string[]) =>
    sources
      .filter(({ text }) => words.some((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text)))
      .map(({ file }) => file);

  it.each([
    ['the gate for freezes', ['freezeGate'], 'a gate of a promotion', 3],
    ['the gate for the order of releases', ['orderGate'], 'a gate of a promotion', 3],
    ['rings that are slices', ['isSlice', 'slicesKey', 'sliceName'], 'a kind of ring', 4],
    ['the ring of nodes that chose none', ['noRing', 'defaultGroup'], 'a kind of ring', 4],
    ['the tag of a dead-end', ['-deadend'], 'a tag of the production repository', 2],
    ['the publisher of the folder', ['folderPublisher'], 'a publisher', 3],
    ['the publisher of the artifact', ['artifactPublisher'], 'a publisher', 3],
    ['the check of the stream tag', ['streamTag', 'stream-tag'], 'a check of doctor', 3],
    [
      'the text of a promotion',
      ['### Risk and changes', '### What a merge does'],
      "the text of a promotion's pull request",
      1,
    ],
    [
      'the text of a roll-back',
      ['### Why not simply the old one'],
      "the text of a roll-back's pull request",
      1,
    ],
  ])('%s', (_, words, subject, most) => {
    const found = naming(words);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length, found.join(' ')).toBeLessThanOrEqual(most);
    const row = changes.find(({ what }) => what === subject);
    // One of them is a file that the table says to open.
    expect(
      found.some((file) => row?.files.includes(file)),
      found.join(' '),
    ).toBe(true);
  });
});

describe('docs/architecture.md', () => {
  it('has a row for every verb, and for nothing else', () => {
    const verbs = readdirSync(join(root, 'src/verbs')).map((file) => file.replace('.ts', ''));
    const rows = rowsUnder('What each verb reads and writes').map(([verb]) => quoted(verb)[0] ?? '');
    expect(rows.toSorted()).toEqual(verbs.sort());
  });

  it('names every room at the top of src/, in the order of the floors', async () => {
    const { rooms } = await import('../../script/house/floors.ts');
    const tree = /```\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const named = [...tree.matchAll(/src\/([\w.-]+)/g)].map((match) => match[1]);
    expect(named).toEqual(rooms);
  });

  it.each(quoted(page).filter((text) => /^(src|test|script|docs)\/[\w./-]+$/.test(text)))(
    'names a path that exists: %s',
    (path) => {
      expect(existsSync(join(root, path))).toBe(true);
    },
  );
});
