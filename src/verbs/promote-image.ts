import { directory } from '../cli/directory.ts';
import { text } from '../cli/inputs.ts';
import { openProject } from '../cli/project.ts';
import { defineVerb } from '../cli/verb.ts';
import { code, table } from '../host/markdown.ts';
import { type Promotion, promoteImage } from '../production/promote-image.ts';

export default defineVerb({
  summary: "Copy the tested image of a fleet's branch to the production repository",
  about: `Refuses, and writes nothing, unless the test registry has the image of the commit with passing evidence for the
tests of that commit, it is newer than the fleet's newest release, and the fleet is not held (edit-updates). A version's tag is never re-pointed.
Run it as often as you like: it does what is missing.`,
  inputs: {
    fleet: text('the fleet to promote to', { placeholder: 'NAME', required: true }),
    commit: text("a commit on the fleet's branch; default: its newest", { placeholder: 'SHA' }),
    directory,
  },
  run: async (inputs, context) => {
    const project = await openProject({ directory: inputs.directory, env: context.env, log: context.log });
    const promotion = await context.log.task(`promoting to ${inputs.fleet}`, () =>
      promoteImage(project, { fleet: inputs.fleet, commit: inputs.commit, now: context.now() }),
    );
    return { data: promotion, text: describe(promotion), summary: summarise(promotion) };
  },
  action: { token: true },
  outputs: {
    image: { about: 'what was promoted, as `repository:version`', of: ({ image }) => image },
    version: { about: 'its version', of: ({ version }) => version },
    digest: { about: 'its digest, the one that was tested', of: ({ digest }) => digest },
    tags: { about: 'tags that point at it now, one a line', of: ({ tags }) => tags.join('\n') },
    changed: { about: 'false when it was promoted already', of: ({ changed }) => changed },
  },
});

function summarise({ fleet, version, image, digest, tags, kept, changed, images }: Promotion): string {
  return [
    `### ${changed ? 'Promoted' : 'Promoted already'}: ${version} to ${fleet}`,
    table(
      ['architecture', 'what nodes know it by'],
      images.map(({ architecture, digestRef }) => [architecture, code(digestRef)]),
    ),
    [
      `The tested digest, byte for byte: ${code(digest)} is ${code(image)}.`,
      `Tags: ${tags.map(code).join(' ')}`,
      ...(kept.length === 0
        ? []
        : [`Left alone, as a newer image or another fleet has them: ${kept.map(code).join(' ')}`]),
    ].join('  \n'),
  ].join('\n\n');
}

function describe(promotion: Promotion): string {
  const { fleet, image, digest, tags, kept, changed, attached, mounted, copied, requests } = promotion;
  const blobs = [
    mounted > 0 ? `${mounted} blobs mounted` : undefined,
    copied > 0 ? `${copied} blobs copied` : undefined,
    attached > 0 ? `${attached} attached (evidence, signatures, …)` : undefined,
    `${requests} requests`,
  ].filter((part) => part !== undefined);
  return [
    changed ? `promoted ${image} to ${fleet}` : `${image} is promoted to ${fleet} already: nothing changed`,
    `  digest  ${digest}`,
    `  tags    ${tags.join(' ')}`,
    ...(kept.length === 0 ? [] : [`  left    ${kept.join(' ')} (a newer image or another fleet has them)`]),
    `  (${blobs.join(', ')})`,
  ].join('\n');
}
