import { choice, flag, text } from '../cli/inputs.ts';
import { defineVerb, type Outcome } from '../cli/verb.ts';
import { quote } from '../host/errors.ts';
import { compareImages, type ExplainedLayer, type Explanation } from '../operate/explain/compare-images.ts';
import { explainSize, type SizeExplanation } from '../operate/explain/explain-size.ts';
import { inMegabytes } from '../release/download-size.ts';
import { countPackages } from '../world/packages/packages.ts';
import { architectures } from '../world/registry/architecture.ts';
import { createRegistryClient } from '../world/registry/client.ts';
import { digestIn, parseReference } from '../world/registry/reference.ts';

export default defineVerb({
  summary: 'Say where two images differ: settings, layers, files, packages',
  about: `For two builds that should have been the same. Layers that both have are not fetched; in the others every file is compared
by type, mode, owner, size, time, extended attributes and content. Exit code 1 if they differ.

  coxswain explain --image ghcr.io/acme/os-test:key-3f9a1c0212345678 --with ghcr.io/acme/os:44.20260707.3.1-3f9a1c02

With --size: what a node on the first image downloads to update to the second. Only manifests are read.`,
  inputs: {
    image: text('an image, by tag or digest', { placeholder: 'REF', required: true }),
    with: text('the image to compare it with', { placeholder: 'REF', required: true }),
    size: flag('say what a node downloads for the update from --image to --with; exit code 0'),
    architecture: choice(
      'which image to compare, if there are images for several architectures',
      architectures,
      {
        placeholder: 'NAME',
        fallback: 'x86_64',
      },
    ),
  },
  run: async (inputs, context): Promise<Outcome<Explanation | SizeExplanation>> => {
    const client = createRegistryClient({ env: context.env, log: context.log });
    const one = parseReference(inputs.image, { field: '--image' });
    const other = parseReference(inputs.with, { field: '--with' });
    if (inputs.size) {
      const data = await context.log.task('reading the manifests', () =>
        explainSize(client, { one, other }, inputs.architecture),
      );
      return { data, text: describeSize(data) };
    }
    const data = await context.log.task('comparing', () =>
      compareImages(client, { one, other }, inputs.architecture),
    );
    return { data, text: describe(data), exitCode: data.same ? 0 : 1 };
  },
});

function describeSize({ one, other, download, summary, versions }: SizeExplanation): string {
  const rows = download.layers.map(({ position, bytes, of }) =>
    [`layer ${position}`, inMegabytes(bytes), ...(of === undefined ? [] : [of])].join('  '),
  );
  return [
    `from  ${versions.one ?? one}`,
    `to    ${versions.other ?? other}`,
    `a node downloads ${summary}; it has ${inMegabytes(download.shared)} already`,
    ...rows.slice(0, shown).map((row) => `  ${row}`),
    ...(rows.length > shown ? [`  … and ${rows.length - shown} more (--json has them all)`] : []),
  ].join('\n');
}

/** Longer lists are cut; --json shows all of them. */
const shown = 40;

function describe({ one, other, same, settings, layers, packages }: Explanation): string {
  if (same) return `the same image: ${digestIn(one)}`;
  return [
    `A  ${one}`,
    `B  ${other}`,
    ...settings.map((each) => `${each.path}: ${quote(each.one)} in A, ${quote(each.other)} in B`),
    ...layers.flatMap(describeLayer),
    ...(packages === undefined ? [] : [`packages, from A to B: ${countPackages(packages)}`]),
    ...(settings.length + layers.length === 0 ? ['only the form of the manifests differs'] : []),
  ].join('\n');
}

function describeLayer({ position, one, other, onlyCompression, files, madeBy }: ExplainedLayer): string[] {
  const by = madeBy === undefined ? '' : ` (${madeBy.length > 100 ? `${madeBy.slice(0, 99)}…` : madeBy})`;
  const title = `layer ${position}${by}`;
  if (one === undefined || other === undefined) return [`${title}: only in ${one === undefined ? 'B' : 'A'}`];
  if (onlyCompression) return [`${title}: the same files, compressed in another way`];
  if (files === undefined) return [title];
  const lines = [
    ...files.changed.map(({ path, differs, one: a, other: b }) => {
      const facts = differs.map((name) =>
        name === 'content' ? name : `${name} ${a[name] ?? 'none'} → ${b[name] ?? 'none'}`,
      );
      return `  ${path}: ${facts.join(', ')}`;
    }),
    ...files.onlyInOne.map((path) => `  ${path}: only in A`),
    ...files.onlyInOther.map((path) => `  ${path}: only in B`),
    ...(files.reordered ? ['  the same files in another order'] : []),
  ];
  const rest = lines.length - shown;
  return [
    `${title}: ${files.reordered ? 'no file differs' : `${lines.length} ${lines.length === 1 ? 'file differs' : 'files differ'}`}`,
    ...lines.slice(0, shown),
    ...(rest > 0 ? [`  … and ${rest} more (--json has them all)`] : []),
  ];
}
