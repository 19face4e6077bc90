import { beforeEach, describe, expect, it } from 'vitest';
import {
  type FleetToCompare,
  publicationTime,
  refuseLess,
} from '../../../src/loop/publish-updates/refuse-less.ts';
import { type Heard, readLastPublished } from '../../../src/release/published/last-published.ts';
import type { PublishedFiles } from '../../../src/release/published/published-files.ts';
import { formatStamp } from '../../../src/release/published/stamp.ts';
import { formatBundle } from '../../../src/release/state/state-bundle.ts';
import { createProject, recordRelease, type TestProject } from '../../support/project.ts';

const now = 1_785_000_000;
const day = 86_400;
const releases = 'fleets/testing/releases.json';
const updates = 'fleets/testing/updates.json';
const record = (version: string) => `fleets/testing/records/${version}.json`;

let project: TestProject;
let texts: ReadonlyMap<string, string>;

beforeEach(async () => {
  // Nothing here asks a registry.
  project = await createProject('127.0.0.1:9');
  const rollout = { start_percentage: 1 };
  await recordRelease(project, 'testing', { version: '1-aa', time: now - 9 * day, metadata: { rollout } });
  await recordRelease(project, 'testing', { version: '1-bb', time: now - 5 * day, metadata: null });
  await recordRelease(project, 'testing', { version: '1-cc', time: now });
  texts = await project.state.readTexts('testing');
});

type Texts = ReadonlyMap<string, string>;
type Change = (texts: Texts) => Texts;
interface Index {
  releases: { version: string; 'oci-images': { architecture: string; 'digest-ref': string }[] }[];
}

/** A place that published these files at this time. @param kind whether it has the whole state, as an artifact does */
async function published(kind: 'artifact' | 'site', files: Texts, at = now): Promise<Heard> {
  const contents = new Map([
    ['testing/releases.json', files.get(releases)],
    ['testing/updates.json', files.get(updates)],
    ['testing/published.json', formatStamp({ published: at, nextChange: undefined })],
    ...(kind === 'artifact' ? [['testing/state.json', formatBundle(files)] as const] : []),
  ]);
  const place: PublishedFiles = {
    where: kind,
    whereIs: () => `the ${kind}`,
    read: async (path) => contents.get(path),
  };
  return readLastPublished(place, 'testing');
}

const silent: Heard = { answer: 'none', where: 'https://os.example/', why: 'no such host.' };
const nothing: Heard = { answer: 'nothing', where: 'the artifact' };

function compare(after: Texts, heard: readonly Heard[], more: Partial<FleetToCompare> = {}): FleetToCompare {
  return { fleet: 'testing', texts: after, releases: 3, replacedAt: undefined, heard, ...more };
}

const options = () => ({ config: project.config, now, firstRelease: false });

const edit =
  (path: string, change: (text: string) => string): Change =>
  (files) =>
    new Map([...files].map(([name, text]) => [name, name === path ? change(text) : text]));

const editIndex = (change: (index: Index) => void): Change =>
  edit(releases, (text) => {
    const index = JSON.parse(text) as Index;
    change(index);
    return JSON.stringify(index);
  });

const without =
  (...paths: string[]): Change =>
  (files) =>
    new Map([...files].filter(([name]) => !paths.includes(name)));

const both: Change = (files) => editIndex(({ releases: list }) => list.pop())(without(record('1-cc'))(files));

describe('publishing less than was published last', () => {
  const less: [string, string, Change, ('artifact' | 'site')[]][] = [
    ['a lost release', 'release-removed', both, ['artifact', 'site']],
    [
      'reordered releases',
      'release-reordered',
      editIndex(({ releases: list }) => list.reverse()),
      ['artifact', 'site'],
    ],
    [
      'another image under the same version',
      'release-rewritten',
      editIndex(({ releases: [first] }) => {
        const [image] = first?.['oci-images'] ?? [];
        if (image !== undefined) image['digest-ref'] = image['digest-ref'].replace(/.$/, '0');
      }),
      ['artifact', 'site'],
    ],
    ['a deleted updates.json', 'file-removed', without(updates), ['artifact', 'site']],
    [
      'an image with another time',
      'record-rewritten',
      edit(record('1-bb'), (text) => text.replace(/"created": "[^"]*"/, '"created": "2026-07-21T00:00:00Z"')),
      ['artifact'],
    ],
    [
      'a release that was recorded at another time',
      'record-rewritten',
      edit(record('1-bb'), (text) => text.replace(/"recordedAt": \d+/, '"recordedAt": 1')),
      ['artifact'],
    ],
    ['a lost record', 'record-removed', without(record('1-bb')), ['artifact']],
  ];
  const cases = less.flatMap(([what, rule, change, kinds]) =>
    kinds.map((kind) => ({ what, rule, change, kind })),
  );

  it.each(cases)('refuses $what that the $kind has', async ({ change, rule, kind }) => {
    const heard = [nothing, await published(kind, texts)];
    expect(() => refuseLess(compare(texts, heard), options())).not.toThrow();
    const after = change(texts);
    expect(() => refuseLess(compare(after, heard), options())).toThrow(`[${rule}]`);
    expect(() => refuseLess(compare(after, heard), options())).toThrow(
      `fleet testing: this publishes less than the ${kind} has`,
    );
    // An operator replaced what was published before.
    const replaced = compare(after, heard, { replacedAt: now + 1 });
    expect(() => refuseLess(replaced, options())).not.toThrow(/publishes less/);
  });

  it.each<[string, string, Change]>([
    [
      'a version twice',
      'format',
      editIndex(({ releases: list }) => {
        if (list[0] !== undefined) list.push(list[0]);
      }),
    ],
    [
      'two images for one architecture',
      'second-image',
      editIndex(({ releases: [first] }) => {
        const [image] = first?.['oci-images'] ?? [];
        if (image !== undefined)
          first?.['oci-images'].push({ ...image, 'digest-ref': image['digest-ref'].replace(/.$/, '0') });
      }),
    ],
    [
      'one image for two releases',
      'shared-image',
      editIndex(({ releases: [first, second] }) => {
        if (first !== undefined && second !== undefined) second['oci-images'] = first['oci-images'];
      }),
    ],
    [
      'an image of another repository',
      'other-repository',
      edit(releases, (text) => text.replaceAll('/os@sha256', '/os-test@sha256')),
    ],
    [
      'a rollout of a release that does not exist',
      'unknown-release',
      edit(updates, (text) => text.replaceAll('1-cc', '1-cd')),
    ],
    [
      'an image older than the one before',
      'created-goes-back',
      edit(record('1-cc'), (text) => text.replace(/"created": "[^"]*"/, '"created": "2020-01-01T00:00:00Z"')),
    ],
  ])('refuses %s, also if nothing was published', (_what, rule, change) => {
    expect(() => refuseLess(compare(change(texts), [nothing]), options())).toThrow(`[${rule}]`);
    // It is refused even with --replace-published: nodes could not use it.
    const replaced = compare(change(texts), [nothing], { replacedAt: now + 1 });
    expect(() => refuseLess(replaced, options())).toThrow(`[${rule}]`);
  });

  it('accepts images of another repository that were published as they are', async () => {
    const moved = edit(releases, (text) => text.replaceAll('/os@sha256', '/old-os@sha256'))(texts);
    expect(() => refuseLess(compare(moved, [nothing]), options())).toThrow('[other-repository]');
  });

  it('refuses if no place knows a release, and one of them gives no answer', async () => {
    const lonely = compare(texts, [nothing, silent]);
    expect(() => refuseLess(lonely, options())).toThrow('https://os.example/ gives no answer');
    expect(() => refuseLess(lonely, { ...options(), firstRelease: true })).not.toThrow();
    expect(() => refuseLess(compare(texts, [nothing]), options())).not.toThrow();
    const known = compare(texts, [await published('artifact', texts), silent]);
    expect(() => refuseLess(known, options())).not.toThrow();
  });
});

describe('the time of a publication', () => {
  const timeAt = async (published_: number, replacedAt?: number) =>
    publicationTime([compare(texts, [await published('site', texts, published_)], { replacedAt })], now);

  it('is the time of the clock', async () => {
    expect(await timeAt(now - day)).toBe(now);
  });

  it('is not before the last publication, if the clock is a little slow', async () => {
    expect(await timeAt(now + 60)).toBe(now + 60);
  });

  it('is refused if the clock is hours behind: offers would be withdrawn', async () => {
    await expect(timeAt(now + 7200)).rejects.toThrow('is 2 h behind the last publication');
    expect(await timeAt(now + 7200, Number.POSITIVE_INFINITY)).toBe(now);
  });
});
