import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBase, repinBase } from '../../../src/project/containerfile/base.ts';
import { parseContainerfile } from '../../../src/project/containerfile/parse.ts';
import {
  atTag,
  type Digest,
  digestOf,
  formatReference,
  parseRepository,
} from '../../../src/world/registry/reference.ts';

const repository = parseRepository('quay.io/fedora/fedora-coreos');
const base = atTag(repository, 'stable');
const name = 'quay.io/fedora/fedora-coreos';
const oldDigest = digestOf('old');
const pin = { tag: '44.20260707.3.1', digest: digestOf('new') };
const pinned = `${name}:${pin.tag}@${pin.digest}`;

function find(text: string) {
  return findBase(parseContainerfile(text, 'Containerfile'), base);
}

function repin(text: string) {
  return repinBase(text, 'Containerfile', base, pin);
}

describe('the base of a Containerfile', () => {
  it('is the configured tag', () => {
    expect(formatReference(find(`FROM ${name}:stable\n`).reference)).toBe(`${name}:stable`);
  });

  it('is any digest of the configured repository, with or without a tag', () => {
    expect(find(`FROM ${name}@${oldDigest}\n`).reference).toMatchObject({
      kind: 'digest',
      digest: oldDigest,
    });
    expect(find(`FROM ${name}:44.1@${oldDigest}\n`).reference).toMatchObject({ kind: 'digest', tag: '44.1' });
  });

  it('is found through stage names, whatever their case, and not in a build stage', () => {
    const { stage } = find(`FROM ${name}:stable AS Common\nFROM golang:1 AS build\nFROM common AS final\n`);
    expect(stage.where).toBe('Containerfile:1:6');
  });

  it.each([
    ['another stream', `FROM ${name}:testing\n`, `${name}:testing`],
    ['a version without a digest', `FROM ${name}:44.20260707.3.1\n`, `${name}:44.20260707.3.1`],
    ['another repository', 'FROM quay.io/fedora/fedora-bootc:stable\n', 'quay.io/fedora/fedora-bootc:stable'],
    ['a short name', 'FROM fedora-coreos:stable\n', 'fedora-coreos:stable'],
    ['nothing', 'FROM scratch\n', 'scratch'],
    ['the base only in a build stage', `FROM ${name}:stable AS build\nFROM scratch\n`, 'scratch'],
    ['an argument without a value', 'ARG BASE\nFROM ${BASE}\n', '${BASE}'],
  ])('is missed in %s: one error with the place, what was found and what to do', (_name, text, found) => {
    expect(() => find(text)).toThrowError(
      expect.objectContaining({
        details: {
          where: expect.stringMatching(/^Containerfile:\d+:6$/),
          field: 'FROM',
          problem: 'the image is not derived from the configured base',
          found,
          expected: `${name}:stable, or a digest of ${name}`,
          remedy: `Write FROM ${name}:stable here, or change base in coxswain.yaml.`,
        },
      }),
    );
  });
});

describe('pinning the base', () => {
  it.each([
    ['a tag', `FROM ${name}:stable AS x\n`, `FROM ${pinned} AS x\n`],
    ['an older pin', `FROM ${name}:44.1@${oldDigest}\r\nRUN true`, `FROM ${pinned}\r\nRUN true`],
    ['a digest alone', `FROM ${name}@${oldDigest}\n`, `FROM ${pinned}\n`],
    ['an ARG', `ARG BASE="${name}:stable"\nFROM $BASE\n`, `ARG BASE="${pinned}"\nFROM $BASE\n`],
    [
      'an ARG for the tag',
      `ARG TAG=stable\nFROM ${name}:\${TAG}\n`,
      `ARG TAG=${pin.tag}@${pin.digest}\nFROM ${name}:\${TAG}\n`,
    ],
    [
      'an ARG inside an ARG',
      `ARG TAG=stable\nARG BASE=${name}:$TAG\nFROM $BASE\n`,
      `ARG TAG=${pin.tag}@${pin.digest}\nARG BASE=${name}:$TAG\nFROM $BASE\n`,
    ],
    [
      'a default in place',
      `FROM ${name}:\${TAG:-stable}\n`,
      `FROM ${name}:\${TAG:-${pin.tag}@${pin.digest}}\n`,
    ],
    [
      'every stage on the base, and no other',
      `FROM ${name}:stable AS kmod\nFROM golang:1 AS go\nFROM ${name}:44.1@${oldDigest}\nCOPY --from=kmod /x /x\n`,
      `FROM ${pinned} AS kmod\nFROM golang:1 AS go\nFROM ${pinned}\nCOPY --from=kmod /x /x\n`,
    ],
    ['the base behind a stage name', `FROM ${name}:stable AS a\nFROM a\n`, `FROM ${pinned} AS a\nFROM a\n`],
  ])('rewrites %s, and again changes nothing', (_name, before, after) => {
    expect(repin(before)).toBe(after);
    expect(repin(after)).toBe(after);
  });

  it('refuses an ARG that another image needs as it is', () => {
    expect(() => repin(`ARG TAG=stable\nFROM other.example/x:$TAG AS a\nFROM ${name}:$TAG\n`)).toThrowError(
      /^Containerfile:2:6: FROM: the base cannot be pinned here.*shared with another FROM/,
    );
  });

  it('refuses a tag that is composed from pieces', () => {
    expect(() => repin(`ARG A=sta\nARG B=ble\nFROM ${name}:$A$B\n`)).toThrowError(
      /^Containerfile:3:6: FROM: the base cannot be pinned/,
    );
  });

  it('changes the bytes of the reference and no other, in any file around it', () => {
    const line = fc.constantFrom(
      '# FROM other:1',
      '',
      '  ',
      'RUN echo "FROM x" \\\n  && true',
      'RUN <<EOF\nFROM quay.io/fedora/fedora-coreos:stable\nEOF',
      'COPY a "b c"',
      'LABEL a=ä‱𝄞 b="\t"',
      'ENV TAG=stable',
      'ARG TAG=stable',
    );
    const reference = fc.oneof(
      fc.constant(`${name}:stable`),
      fc.constant(`${name}@${oldDigest}`),
      fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/).map((tag) => `${name}:${tag}@${oldDigest}`),
    );
    const keyword = fc.constantFrom('FROM ', 'from\t', 'From  --platform=linux/amd64 ', 'FROM \\\n  ');
    const tail = fc.constantFrom('', ' ', ' AS os', ' \\\n as os');
    const tagText = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,30}$/);
    fc.assert(
      fc.property(
        fc.record({
          before: fc.array(line, { maxLength: 4 }),
          keyword,
          reference,
          tail,
          after: fc.array(line, { maxLength: 6 }),
          newline: fc.constantFrom('\n', '\r\n'),
          finalNewline: fc.boolean(),
          tag: tagText,
          seed: fc.string(),
        }),
        ({ before, keyword, reference, tail, after, newline, finalNewline, tag, seed }) => {
          const withReference = (text: string) =>
            [
              ...before.filter((each) => !/^(RUN|COPY|LABEL|ENV)/.test(each)),
              `${keyword}${text}${tail}`,
              ...after,
            ]
              .join('\n')
              .concat(finalNewline ? '\n' : '')
              .replaceAll('\n', newline);
          const digest: Digest = digestOf(seed);
          const repinned = repinBase(withReference(reference), 'Containerfile', base, { tag, digest });
          expect(repinned).toBe(withReference(`${name}:${tag}@${digest}`));
          expect(repinBase(repinned, 'Containerfile', base, { tag, digest })).toBe(repinned);
        },
      ),
    );
  });
});
