import { describe, expect, it } from 'vitest';
import { linkedDigest } from '../../../src/world/registry/page.ts';
import { digestOf, parseReference } from '../../../src/world/registry/reference.ts';

const digest = digestOf('x');

function link(repository: string, short = false): string {
  const image = parseReference(`${repository}@${digest}`);
  if (image.kind !== 'digest') throw new Error('no digest');
  return linkedDigest(image, { short });
}

describe('a digest for people', () => {
  it('links to the page of its registry, if that has one', () => {
    expect(link('quay.io/acme/os')).toBe(
      `[\`${digest}\`](https://quay.io/repository/acme/os/manifest/${digest})`,
    );
    expect(link('ghcr.io/acme/os', true)).toBe(
      `[\`${digest.slice(0, 19)}\`](https://ghcr.io/acme/os@${digest})`,
    );
    expect(link('registry.acme.example:5000/os')).toBe(`\`${digest}\``);
  });
});
