import { beforeEach, describe, expect, it } from 'vitest';
import type { Adoption } from '../../../src/guidance/adoption.ts';
import { addUpdate } from '../../../src/guidance/metadata.ts';
import { addRelease } from '../../../src/guidance/releases.ts';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import {
  type FleetState,
  openState,
  type ReleaseRecord,
  type State,
} from '../../../src/release/state/state.ts';
import { openGitForge } from '../../../src/world/forge/git/git-forge.ts';
import type { Git } from '../../../src/world/git/git.ts';
import { createRepository } from '../../support/repository.ts';

const config = parseConfig(
  `image: registry.example.com/acme/os
base: quay.io/fedora/fedora-coreos:stable
fleets: { testing: , stable: { promote-from: testing } }
`,
  'coxswain.yaml',
);
const now = 1_785_000_000;

let git: Git;
let state: State;

beforeEach(async () => {
  git = await createRepository({ bare: true });
  state = openState((await openGitForge(git.directory)).branches, config);
});

const adoption: Adoption = {
  fleet: 'testing',
  observedAt: now,
  window: { from: now - 172_800, until: now },
  method: 'exact',
  standardError: 0,
  nodes: 7,
  requests: { counted: 2016, perNodeAndDay: 288, withoutNode: 0 },
  releases: [{ version: '1.1', nodes: 7, lastSeen: [3, 4] }],
  rings: [{ ring: 'canary', wariness: [0, 0], nodes: 7, releases: { '1.1': 7 }, cameBack: 0 }],
  days: [{ day: '2026-07-25', nodes: 7, releases: { '1.1': 7 } }],
  curves: { start: now - 172_800, step: 86_400, releases: { '1.1': [0, 3, 7] } },
  stuck: [],
  cameBack: [],
  missing: [],
};

const hex = (index: number, length: number) => index.toString(16).padStart(length, '0');

/** Adds the release 1.INDEX with its update entry and record. */
function withRelease(fleet: string, index: number): (before: FleetState) => FleetState {
  const version = `1.${index}`;
  const digestRef = `registry.example.com/acme/os@sha256:${hex(index, 64)}`;
  const record: ReleaseRecord = {
    version,
    fleet,
    commit: hex(index, 40),
    buildKey: hex(index, 64),
    baseVersion: '1',
    created: '2026-07-21T14:00:00Z',
    recordedAt: now,
    images: [{ architecture: 'x86_64', image: `registry.example.com/acme/os:${version}`, digestRef }],
  };
  const release = {
    version,
    metadata: '',
    'oci-images': [
      { architecture: 'x86_64', image: 'registry.example.com/acme/os:stable', 'digest-ref': digestRef },
    ],
  };
  const entry = { version, metadata: { rollout: { start_epoch: now, duration_minutes: 60 } } };
  return (before) => ({
    ...before,
    releases: addRelease(before.releases, release, now),
    updates: addUpdate(before.updates, entry, now),
    records: { ...before.records, [version]: record },
  });
}

/** Replaces a file on the state branch, as an operator would. */
async function edit(path: string, change: (text: string) => string | null): Promise<string> {
  const { branches } = await openGitForge(git.directory);
  const parent = await branches.resolve('coxswain');
  const text = parent === undefined ? '' : ((await branches.readFile(parent, path)) ?? '');
  return branches.commit({
    branch: 'coxswain',
    parent,
    changes: [{ path, content: change(text) }],
    message: 'By hand',
  });
}

function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => String(error),
  );
}

describe('the state branch', () => {
  it('is an orphan branch that explains itself, with the files of each fleet', async () => {
    const { changed, commit } = await state.changeFleet('testing', 'Release 1.1', withRelease('testing', 1));
    expect(changed).toBe(true);
    expect(await git.run(['rev-list', '--parents', 'coxswain'])).toBe(commit);
    expect((await git.run(['ls-tree', '-r', '--name-only', 'coxswain'])).split('\n')).toEqual([
      'README.md',
      'fleets/testing/records/1.1.json',
      'fleets/testing/releases.json',
      'fleets/testing/updates.json',
    ]);
    expect(await git.run(['show', 'coxswain:README.md'])).toContain('# State of the fleets');
    const read = await state.readFleet('testing');
    expect(read).toEqual(withRelease('testing', 1)(await state.readFleet('stable')));
  });

  it('reads a fleet without releases as empty, the same at any time', async () => {
    const empty = await state.readFleet('testing');
    expect(empty.releases).toMatchObject({ stream: 'stable', releases: [] });
    expect(empty).toEqual(await state.readFleet('testing'));
    expect(await git.try(['rev-parse', '--verify', 'coxswain'])).toBeUndefined();
  });

  it('makes no commit when nothing changes, and leaves the layout of a hand-edited file alone', async () => {
    await state.changeFleet('testing', 'Release 1.1', withRelease('testing', 1));
    const edited = await edit('fleets/testing/releases.json', (text) => JSON.stringify(JSON.parse(text)));
    expect(await state.changeFleet('testing', 'Nothing', (before) => ({ ...before }))).toEqual({
      changed: false,
      commit: edited,
    });
    await state.changeFleet('testing', 'Pause', (before) => ({
      ...before,
      updates: { ...before.updates, releases: [] },
    }));
    expect(await git.run(['diff', '--name-only', edited, 'coxswain'])).toBe('fleets/testing/updates.json');
  });

  it('loses nothing of ten writers at once', async () => {
    const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
    await Promise.all(
      numbers.map(async (number) => {
        const fleet = number % 2 === 0 ? 'testing' : 'stable';
        // Each with a repository handle of its own, as separate processes would have.
        const own = openState((await openGitForge(git.directory)).branches, config);
        await own.changeFleet(fleet, `Release 1.${number}`, withRelease(fleet, number));
      }),
    );
    const found = await Promise.all(['testing', 'stable'].map((fleet) => state.readFleet(fleet)));
    const versions = found.flatMap(({ releases }) => releases.releases.map((release) => release.version));
    expect(versions.sort()).toEqual(numbers.map((number) => `1.${number}`).sort());
    expect(found.flatMap(({ records }) => Object.keys(records))).toHaveLength(10);
    expect(found.flatMap(({ updates }) => updates.releases)).toHaveLength(10);
    expect(await git.run(['rev-list', '--count', 'coxswain'])).toBe('10');
  }, 60_000);

  it('applies a change again to what a faster writer left', async () => {
    const seen: string[][] = [];
    let interfered = false;
    const { branches } = await openGitForge(git.directory);
    const slow = openState(
      {
        ...branches,
        commit: async (commit) => {
          if (!interfered) {
            interfered = true;
            await state.changeFleet('testing', 'Faster', withRelease('testing', 1));
          }
          return branches.commit(commit);
        },
      },
      config,
    );
    await slow.changeFleet('testing', 'Slower', (before) => {
      seen.push(before.releases.releases.map((release) => release.version));
      return withRelease('testing', 2)(before);
    });
    expect(seen).toEqual([[], ['1.1']]);
    expect(Object.keys((await state.readFleet('testing')).records)).toEqual(['1.1', '1.2']);
  });

  it('keeps who runs what in a file of its own, in the form that people can compare', async () => {
    await state.changeFleet('testing', 'One', withRelease('testing', 1));
    await state.changeFleet('testing', 'Count', (before) => ({ ...before, adoption }));
    expect((await state.readFleet('testing')).adoption).toEqual(adoption);
    expect(await git.run(['show', 'coxswain:fleets/testing/adoption.json'])).toContain('"lastSeen": [3, 4]');
    await state.changeFleet('testing', 'Two', withRelease('testing', 2));
    expect((await state.readFleet('testing')).adoption).toEqual(adoption);
  });

  it('never removes or reorders a release, whatever a caller asks for', async () => {
    await state.changeFleet('testing', 'One', withRelease('testing', 1));
    await state.changeFleet('testing', 'Two', withRelease('testing', 2));
    const before = await git.run(['rev-parse', 'coxswain']);
    const change = (releases: (before: FleetState) => FleetState['releases']['releases']) =>
      state.changeFleet('testing', 'Bad', (was) => ({
        ...was,
        releases: { ...was.releases, releases: releases(was) },
      }));
    await expect(change((was) => was.releases.releases.slice(1))).rejects.toThrow(
      'removes or reorders release 1.1',
    );
    await expect(change((was) => was.releases.releases.toReversed())).rejects.toThrow('reorders');
    await expect(state.changeFleet('testing', 'Bad', (was) => ({ ...was, records: {} }))).rejects.toThrow(
      'removes the record of 1.1',
    );
    expect(await git.run(['rev-parse', 'coxswain'])).toBe(before);
  });
});

describe('a dirty state branch', () => {
  const releases = 'fleets/testing/releases.json';
  const updates = 'fleets/testing/updates.json';
  const record = 'fleets/testing/records/1.1.json';

  it.each<[string, string, (text: string) => string | null, string[]]>([
    ['broken JSON', releases, (text) => text.slice(0, -5), [`${releases}:`, 'not valid JSON']],
    [
      'a wrong type',
      updates,
      (text) => text.replace('"duration_minutes": 60', '"duration_minutes": "60"'),
      [`${updates}:`, 'releases[0].metadata.rollout.duration_minutes', 'found "60"'],
    ],
    [
      'a release without images',
      releases,
      (text) => text.replace('"oci-images"', '"images"'),
      [`${releases}: releases[0].oci-images: release 1.1 lacks an image`],
    ],
    [
      'an unknown stream',
      releases,
      (text) => text.replace('"stream": "stable"', '"stream": "next"'),
      [`${releases}: stream:`, 'found "next", expected "stable"'],
    ],
    [
      'an unknown stream',
      updates,
      (text) => text.replace('"stream": "stable"', '"stream": "next"'),
      [`${updates}: stream:`],
    ],
    [
      'a mistyped version',
      updates,
      (text) => text.replace('"1.1"', '"1.l"'),
      [`${updates}: releases[0].version:`, 'found "1.l"'],
    ],
    [
      'a release taken out',
      releases,
      (text) => JSON.stringify({ ...JSON.parse(text), releases: [] }),
      [
        // Its update entry is found first.
        `${updates}: releases[0].version: fleet testing has no such release`,
      ],
    ],
    ['a broken record', record, (text) => text.replace('"commit"', '"comit"'), [`${record}: commit:`]],
    [
      'a record of another version',
      record,
      (text) => text.replace('"version": "1.1"', '"version": "1.2"'),
      [`${record}: version:`, 'found "1.2", expected "1.1"'],
    ],
    [
      'adoption of another fleet',
      'fleets/testing/adoption.json',
      () => JSON.stringify({ ...adoption, fleet: 'stable' }),
      ['fleets/testing/adoption.json: fleet: this file is not expected here, found "stable"'],
    ],
    [
      'a file that is not expected here',
      'fleets/testing/updates.json.orig',
      () => 'x',
      ['fleets/testing/updates.json.orig: an unexpected file'],
    ],
  ])('is one clear error: %s', async (_name, path, change, expected) => {
    await state.changeFleet('testing', 'One', withRelease('testing', 1));
    const commit = await edit(path, change);
    const message = await messageOf(state.readFleet('testing'));
    expect(message).toContain(`InputError: coxswain (commit ${commit.slice(0, 12)}): `);
    for (const part of expected) expect(message).toContain(part);
    expect(await messageOf(state.changeFleet('testing', 'Two', withRelease('testing', 2)))).toBe(message);
    expect(await git.run(['rev-parse', 'coxswain'])).toBe(commit);
    // The other fleet is not affected.
    expect((await state.readFleet('stable')).releases.releases).toEqual([]);
  });

  it('reports a release that was removed although its record still exists', async () => {
    await state.changeFleet('testing', 'One', withRelease('testing', 1));
    await state.changeFleet('testing', 'Pause', (before) => ({
      ...before,
      updates: { ...before.updates, releases: [] },
    }));
    await edit(releases, (text) => JSON.stringify({ ...JSON.parse(text), releases: [] }));
    expect(await messageOf(state.readFleet('testing'))).toContain(
      `${releases}: releases: release 1.1 has a record but is missing here; a release is never removed`,
    );
  });
});
