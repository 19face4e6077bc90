import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/host/errors.ts';
import { parseContainerfile } from '../../../src/project/containerfile/parse.ts';

const base = 'quay.io/fedora/fedora-coreos:stable';

function stagesOf(text: string) {
  return parseContainerfile(text, 'Containerfile').stages.map((stage) => stage.resolved);
}

describe('the stages of a Containerfile', () => {
  const cases: Array<[string, string, string[]]> = [
    ['a plain FROM', `FROM ${base}\nRUN true\n`, [base]],
    ['no final newline', `FROM ${base}`, [base]],
    ['lower case and odd spaces', `\n  from\t${base}   as   Final  \n`, [base]],
    ['comments', `# FROM other:1\n\nFROM ${base}\n# FROM other:2\n`, [base]],
    ['a platform', `FROM --platform=linux/amd64 ${base} AS x\n`, [base]],
    ['several stages', `FROM golang:1 AS build\nFROM ${base}\n`, ['golang:1', base]],
    ['a continued line', `FROM \\\n  # why\n  ${base} \\\n  AS x\n`, [base]],
    ['a reference broken over lines', 'FROM quay.io/fedora/\\\nfedora-coreos:stable\n', [base]],
    [
      'another escape character',
      `# escape=\`\nFROM \`\n ${base}\nRUN c:\\\nFROM other:1\n`,
      [base, 'other:1'],
    ],
    ['a syntax directive', `# syntax=docker/dockerfile:1\nFROM ${base}\n`, [base]],
    ['CRLF lines', `# x\r\nFROM ${base}\r\nRUN true\r\n`, [base]],
    ['a byte order mark', `\uFEFFFROM ${base}\n`, [base]],
    ['FROM inside a here-document', `FROM ${base}\nRUN <<EOF\nFROM evil:1\nEOF\n`, [base]],
    [
      'FROM inside a tabbed one',
      `FROM ${base}\nCOPY <<-"E" /x\nFROM evil:1\n\tE\nFROM other:1\n`,
      [base, 'other:1'],
    ],
    ['FROM inside one with a descriptor', `FROM ${base}\nRUN cat 3<<EOF\nFROM evil:1\nEOF\n`, [base]],
    [
      'a quoted << that begins none',
      `FROM other:1\nRUN echo "use <<EOF here"\nFROM ${base}\n`,
      ['other:1', base],
    ],
    ['a here-string', `FROM other:1\nRUN cat <<<word\nFROM ${base}\n`, ['other:1', base]],
    ['FROM in a continued RUN', `FROM ${base}\nRUN echo \\\n  FROM evil:1\n`, [base]],
    ['an ARG', `ARG BASE=${base}\nFROM \${BASE}\n`, [base]],
    ['a quoted ARG', `ARG BASE="${base}"\nFROM $BASE\n`, [base]],
    [
      'an ARG made of ARGs',
      'ARG REPO=quay.io/fedora/fedora-coreos TAG=stable\nARG BASE=$REPO:${TAG}\nFROM $BASE\n',
      [base],
    ],
    [
      'the last of two ARGs',
      'ARG TAG=next\nARG TAG=stable\nFROM quay.io/fedora/fedora-coreos:$TAG\n',
      [base],
    ],
    ['a default in place', 'FROM quay.io/fedora/fedora-coreos:${TAG:-stable}\n', [base]],
    ['an ARG before a default', 'ARG TAG=stable\nFROM quay.io/fedora/fedora-coreos:${TAG:-next}\n', [base]],
    ['an empty ARG before a default', 'ARG TAG=\nFROM quay.io/fedora/fedora-coreos:${TAG:-stable}\n', [base]],
    ['an ARG after the first FROM', 'ARG TAG=1\nFROM a:$TAG\nARG TAG=2\nFROM b:$TAG\n', ['a:1', 'b:1']],
    ['an unknown variable', 'FROM a:${TARGETARCH}\n', ['a:${TARGETARCH}']],
  ];
  it.each(cases)('are read from %s', (_name, text, stages) => {
    expect(stagesOf(text)).toEqual(stages);
  });

  it('know platform, alias, place and the arguments that decide them', () => {
    const text = `ARG TAG=stable\n\nFROM --platform=linux/arm64 --x=y quay.io/fedora/fedora-coreos:\${TAG} AS Final\n`;
    const [stage] = parseContainerfile(text, 'os/Containerfile').stages;
    expect(stage).toMatchObject({
      image: 'quay.io/fedora/fedora-coreos:${TAG}',
      platform: 'linux/arm64',
      alias: 'Final',
      where: 'os/Containerfile:3:35',
      variables: ['TAG'],
    });
    expect(text.slice(stage.range.start, stage.range.end)).toBe('quay.io/fedora/fedora-coreos:${TAG}');
  });

  it.each([
    ['an empty file', ''],
    ['only comments', '# FROM x\n'],
    ['no FROM', 'RUN true\n'],
  ])('refuses %s', (_name, text) => {
    expect(() => parseContainerfile(text, 'Containerfile')).toThrowError(
      new InputError({
        where: 'Containerfile',
        problem: 'it has no FROM',
        expected: 'FROM followed by the base image of coxswain.yaml',
      }),
    );
  });

  it('refuses a FROM without an image, saying where', () => {
    expect(() => parseContainerfile('# x\nFROM\nRUN true\n', 'Containerfile')).toThrowError(
      /^Containerfile:2:1: FROM names no image, expected FROM repository:tag\.$/,
    );
  });
});
