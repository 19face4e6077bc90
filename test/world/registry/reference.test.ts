import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/host/errors.ts';
import {
  digestOf,
  formatReference,
  formatRepository,
  parseDigest,
  parseReference,
  parseRepository,
} from '../../../src/world/registry/reference.ts';

const digest = digestOf('something');

describe('parseReference', () => {
  it.each([
    ['quay.io/fedora/fedora-coreos:stable', 'quay.io', 'fedora/fedora-coreos', 'stable', undefined],
    [`quay.io/a/b@${digest}`, 'quay.io', 'a/b', undefined, digest],
    [`127.0.0.1:5000/os:44.1@${digest}`, '127.0.0.1:5000', 'os', '44.1', digest],
    ['localhost/os:1', 'localhost', 'os', '1', undefined],
    ['[::1]:5000/os:1', '[::1]:5000', 'os', '1', undefined],
    ['GHCR.io/acme/o_s__x-y.z:A_b', 'ghcr.io', 'acme/o_s__x-y.z', 'A_b', undefined],
    ['docker.io/debian:12', 'docker.io', 'library/debian', '12', undefined],
  ])('reads %s', (text, registry, path, tag, expectedDigest) => {
    const reference = parseReference(text);
    expect(reference.repository).toEqual({ registry, path });
    expect(reference.tag).toBe(tag);
    expect(reference.kind === 'digest' ? reference.digest : undefined).toBe(expectedDigest);
  });

  it.each([
    ['fedora-coreos:stable', /no registry host/],
    ['fedora/fedora-coreos:stable', /no registry host/],
    ['quay.io/fedora/fedora-coreos', /neither a tag nor a digest.*quay\.io\/fedora\/fedora-coreos:TAG/],
    ['docker://quay.io/a:b', /no scheme.*"docker:\/\/quay.*Leave out docker:\/\//],
    ['quay.io/Acme/OS:1', /not a repository path.*Write acme\/os/],
    ['quay.io/a//b:1', /not a repository path/],
    ['quay.io/a:', /not a tag/],
    ['quay.io/a:-x', /not a tag/],
    [`quay.io/a:${'x'.repeat(129)}`, /not a tag/],
    ['quay.io/a@sha256:abc', /not a digest/],
    [`quay.io/a@${digest.toUpperCase()}`, /not a digest/],
    ['quay.io:port/a:1', /not a registry host/],
    ['user@quay.io/a:1', /not a digest/],
    ['', /no registry host/],
  ])('refuses %j with what is wrong', (text, message) => {
    expect(() => parseReference(text, { where: 'coxswain.yaml:3', field: 'base' })).toThrow(message);
    expect(() => parseReference(text, { where: 'coxswain.yaml:3', field: 'base' })).toThrow(
      /^coxswain\.yaml:3: base: /,
    );
  });

  it('writes what it read', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const name = fc
      .tuple(
        part,
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.option(fc.integer({ min: 1, max: 65535 })),
      )
      .map(([host, path, port]) => `${host}.example${port === null ? '' : `:${port}`}/${path.join('/')}`);
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/);
    fc.assert(
      fc.property(name, tag, fc.boolean(), (repository, someTag, withDigest) => {
        const text = `${repository}:${someTag}${withDigest ? `@${digest}` : ''}`;
        expect(formatReference(parseReference(text))).toBe(text);
      }),
    );
  });

  it('never throws anything but an InputError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseReference(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

describe('parseRepository', () => {
  it('reads a repository with a port', () => {
    const repository = parseRepository('127.0.0.1:5000/acme/os');
    expect(repository).toEqual({ registry: '127.0.0.1:5000', path: 'acme/os' });
    expect(formatRepository(repository)).toBe('127.0.0.1:5000/acme/os');
  });

  it.each([
    ['quay.io/acme/os:latest', /no tag.*Leave out :latest/],
    [`quay.io/acme/os@${digest}`, /no digest.*Leave out @sha256/],
  ])('refuses %s', (text, message) => {
    expect(() => parseRepository(text)).toThrow(message);
  });
});

describe('parseDigest', () => {
  it('accepts only lower-case hex of the right length', () => {
    expect(parseDigest(digest)).toBe(digest);
    for (const text of [
      '',
      'sha256:',
      digest.slice(0, -1),
      `${digest}0`,
      digest.replace(/.$/, 'G'),
      `sha512:${'0'.repeat(128)}`,
    ]) {
      expect(() => parseDigest(text)).toThrow(/not a digest/);
    }
  });
});
