import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRelease,
  emptyReleaseIndex,
  formatReleaseIndex,
  parseGraphReleases,
  parseReleaseIndex,
  type ReleaseIndex,
} from '../../src/guidance/releases.ts';
import { InputError } from '../../src/host/errors.ts';
import { digestOf, makeRelease, start, versionOf } from './histories.ts';

const index: ReleaseIndex = {
  ...emptyReleaseIndex('stable', start),
  releases: [makeRelease(0), makeRelease(1)],
};
const text = formatReleaseIndex(index);

describe('parseReleaseIndex', () => {
  it('gives back byte for byte what it read, with unknown fields in their places', () => {
    const odd = text
      .replace('"stream"', '"note": "for tools",\n  "stream"')
      .replace('"version"', '"checked-by": null,\n      "version"');
    expect(odd).not.toBe(text);
    expect(formatReleaseIndex(parseReleaseIndex(odd, 'releases.json'))).toBe(odd);
  });

  it('keeps unknown fields wherever they are', () => {
    const unknownFields = fc.dictionary(
      fc.string().map((key) => `x-${key}`),
      fc.jsonValue(),
      { maxKeys: 3 },
    );
    fc.assert(
      fc.property(unknownFields, unknownFields, unknownFields, (one, two, three) => {
        const release = makeRelease(0);
        const document = {
          ...one,
          ...index,
          releases: [
            {
              ...two,
              ...release,
              'oci-images': release['oci-images']?.map((each) => ({ ...each, ...three })),
            },
          ],
        };
        const written = `${JSON.stringify(document, null, 2)}\n`;
        expect(formatReleaseIndex(parseReleaseIndex(written, 'r'))).toBe(written);
      }),
    );
  });

  it('treats null as absent where serde does', () => {
    const read = parseReleaseIndex(
      text.replace('"oci-images": [', '"commits": null,\n "oci-images": ['),
      'r',
    );
    expect(read.releases[0]).toEqual(makeRelease(0));
  });

  it.each([
    [
      'a wrong type',
      '"image": "quay.io/example/os:stable"',
      '"image": 5',
      'releases[0].oci-images[0].image',
      'found 5',
    ],
    ['a missing field', `"version": "${versionOf(1)}",`, '', 'releases[1].version', 'missing'],
    ['an empty version', `"${versionOf(0)}"`, '""', 'releases[0].version', 'a version'],
    [
      'a tag for a digest',
      digestOf(0),
      'quay.io/example/os:stable',
      'releases[0].oci-images[0].digest-ref',
      '@sha256:',
    ],
    ['a tag before the digest', 'os@sha256', 'os:stable@sha256', 'oci-images[0].digest-ref', 'without a tag'],
    ['a short digest', digestOf(0), digestOf(0).slice(0, -1), 'oci-images[0].digest-ref', '64 hex digits'],
    ['capital hex digits', digestOf(10), digestOf(10).replace('a0', 'A0'), '', ''],
    [
      'a version twice',
      versionOf(1),
      versionOf(0),
      'releases[1].version',
      'releases[0] has this version already',
    ],
    ['a missing head', '"stream": "stable",', '', 'stream', 'missing'],
    ['a stream that is a number', '"stable"', '3', 'stream', 'found 3'],
  ])('refuses %s', (_, from, to, field, problem) => {
    const source = formatReleaseIndex({ ...index, releases: [...index.releases, makeRelease(10)] });
    const broken = source.replaceAll(from, to);
    expect(broken).not.toBe(source);
    const error = failure(() => parseReleaseIndex(broken, 'releases.json'));
    expect(error.message).toContain(field);
    expect(error.message).toContain(problem);
    expect(error.message).toMatch(/^releases\.json:\d+:\d+: /);
  });

  it('says where, in full', () => {
    const broken = text.replace(digestOf(0), 'quay.io/example/os:stable');
    expect(failure(() => parseReleaseIndex(broken, 'releases.json')).message).toBe(
      'releases.json:14:25: releases[0].oci-images[0].digest-ref: not a valid value, ' +
        'found "quay.io/example/os:stable", expected repository@sha256: and 64 hex digits, without a tag.',
    );
  });

  it.each(['[]', '"text"', 'null', '{"releases": {}}'])('refuses %s', (wrong) => {
    expect(() => parseReleaseIndex(wrong, 'r')).toThrow(InputError);
    expect(() => parseGraphReleases(wrong, 'r')).toThrow(InputError);
  });
});

describe('parseGraphReleases', () => {
  it('needs nothing but the releases', () => {
    const { metadata: _, ...bare } = makeRelease(0);
    expect(parseGraphReleases(JSON.stringify({ releases: [bare] }), 'r').releases).toEqual([bare]);
  });

  it('is as strict about them as the whole reader', () => {
    const twice = JSON.stringify({ releases: [makeRelease(0), makeRelease(0)] });
    expect(() => parseGraphReleases(twice, 'r')).toThrow('releases[1].version');
  });
});

describe('addRelease', () => {
  it('appends, and notes when', () => {
    const added = addRelease(index, makeRelease(2), start + 60);
    expect(added.releases.slice(0, 2)).toEqual(index.releases);
    expect(added.releases[2]).toEqual(makeRelease(2));
    expect(added.metadata['last-modified']).toBe('2026-07-22T14:01:00Z');
    expect(index.releases).toHaveLength(2);
  });

  it('gives the same object back for a release that exists', () => {
    expect(addRelease(index, { ...makeRelease(0) }, start + 60)).toBe(index);
  });

  it('refuses other content for a version that exists', () => {
    const other = { ...makeRelease(0), metadata: 'https://example.invalid/other' };
    expect(() => addRelease(index, other, start)).toThrow('with other content');
  });

  it('refuses an image that is another release already', () => {
    const same = { ...makeRelease(2), 'oci-images': makeRelease(1)['oci-images'] ?? [] };
    expect(() => addRelease(index, same, start)).toThrow(
      `its x86_64 image is release ${versionOf(1)} already`,
    );
  });

  it('refuses a release that could not be read again', () => {
    const image = { architecture: 'x86_64', image: 'a:b', 'digest-ref': 'quay.io/a/b:latest' };
    expect(() => addRelease(index, { ...makeRelease(2), 'oci-images': [image] }, start)).toThrow(
      'oci-images[0].digest-ref',
    );
  });
});

function failure(work: () => unknown): InputError {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
