import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BuildInputs, buildKey } from '../../../src/release/candidate/build-key.ts';
import { digestOf } from '../../../src/world/registry/reference.ts';

const inputs: BuildInputs = {
  containerfile: Buffer.from('FROM x\n'),
  baseDigest: digestOf('base'),
  context: [
    { path: 'b', mode: '100644', hash: '1'.repeat(40) },
    { path: 'a "q"', mode: '120000', hash: '2'.repeat(40) },
  ],
  buildArguments: { B: '2', A: '1 \n' },
  stream: 'stable',
  architectures: ['x86_64', 'aarch64'],
};

describe('the build key', () => {
  it('is the sha256 of the documented text', () => {
    const text = [
      'coxswain build key 1',
      `containerfile ${createHash('sha256').update('FROM x\n').digest('hex')}`,
      `base ${digestOf('base')}`,
      'stream "stable"',
      'architecture aarch64',
      'architecture x86_64',
      'argument "A" "1 \\n"',
      'argument "B" "2"',
      'rechunk chunkah 64 ""',
      `refresh ${createHash('sha256').update('r').digest('hex')}`,
      `file 120000 ${'2'.repeat(40)} "a \\"q\\""`,
      `file 100644 ${'1'.repeat(40)} "b"`,
      '',
    ].join('\n');
    const rechunk = { tool: 'chunkah', maxLayers: 64 } as const;
    expect(buildKey({ ...inputs, rechunk, refresh: Buffer.from('r') })).toBe(
      createHash('sha256').update(text).digest('hex'),
    );
  });

  it('does not depend on the order in which anything is named', () => {
    expect(
      buildKey({
        ...inputs,
        context: [...inputs.context].reverse(),
        buildArguments: { A: '1 \n', B: '2' },
        architectures: ['aarch64', 'x86_64'],
      }),
    ).toBe(buildKey(inputs));
  });

  it('changes with each input, and one text cannot pass for two', () => {
    const others: BuildInputs[] = [
      { ...inputs, containerfile: Buffer.from('FROM x') },
      { ...inputs, baseDigest: digestOf('other') },
      { ...inputs, stream: 'testing' },
      { ...inputs, architectures: ['x86_64'] },
      { ...inputs, buildArguments: { B: '2' } },
      { ...inputs, buildArguments: { B: '2', A: '1' } },
      { ...inputs, buildArguments: { B: '2"\nargument "A" "1 \\n' } },
      { ...inputs, rechunk: { tool: 'chunkah', maxLayers: 64 } },
      { ...inputs, rechunk: { tool: 'chunkah', maxLayers: 65 } },
      { ...inputs, rechunk: { tool: 'chunkah', maxLayers: 64, image: 'quay.io/coreos/chunkah:1' } },
      { ...inputs, refresh: Buffer.from('') },
      { ...inputs, refresh: Buffer.from('1') },
      { ...inputs, context: inputs.context.slice(1) },
      { ...inputs, context: inputs.context.map((entry) => ({ ...entry, mode: '100755' as const })) },
      { ...inputs, context: inputs.context.map((entry) => ({ ...entry, path: `x/${entry.path}` })) },
    ];
    const keys = [inputs, ...others].map(buildKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is the same for equal sets of files only', () => {
    const file = fc.record({
      path: fc.stringMatching(/^[a-z" \n]{1,3}$/),
      mode: fc.constantFrom('100644' as const, '100755' as const),
      hash: fc.constantFrom('1'.repeat(40), '2'.repeat(40)),
    });
    const files = fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 3 });
    const canonical = (context: BuildInputs['context']) =>
      JSON.stringify([...context].map(({ path, mode, hash }) => [path, mode, hash]).sort());
    fc.assert(
      fc.property(files, files, (one, other) => {
        const same = buildKey({ ...inputs, context: one }) === buildKey({ ...inputs, context: other });
        expect(same).toBe(canonical(one) === canonical(other));
      }),
    );
  });
});
