import { resolve } from 'node:path';
import { architecture } from '../cli/architecture-input.ts';
import { directory } from '../cli/directory.ts';
import { text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { defined } from '../host/defined.ts';
import { InputError } from '../host/errors.ts';
import { exact, type Fact, renderReports, say } from '../host/report.ts';
import { buildImage } from '../loop/build-image/build-image.ts';
import { buildLocally, type LocalImage } from '../loop/build-image/local.ts';
import type { Config } from '../project/configuration/config.ts';
import { keepAtForge } from '../release/attestations/keep-at-forge.ts';
import { formatProvenance, provenanceType } from '../release/attestations/provenance.ts';
import { pushStatement } from '../release/attestations/push-statement.ts';
import { attestationSigner, withoutSigningSecrets } from '../release/attestations/sign.ts';
import { trustOf } from '../release/attestations/trust.ts';
import { requireSignedBase } from '../release/base-signature/verify-base.ts';
import { type Candidate, readCandidate } from '../release/candidate/candidate.ts';
import { openProject } from '../release/project.ts';
import { shortCommit } from '../world/git/short-commit.ts';
import type { Architecture } from '../world/registry/architecture.ts';
import { type Digest, formatReference } from '../world/registry/reference.ts';

export default defineVerb({
  summary: 'Build the image of this commit and push it to the test registry',
  about: `Builds the commit that is checked out, without uncommitted changes. If the test registry already has an image of
the same inputs (the same build key), nothing is built. The digest that is printed is what
boot-test tests and promote-image promotes, byte for byte.

Several architectures are built one after the other, and joined to one image. To use several machines, run it
with --architecture on each, and then once without: that joins the pushed images and builds only what is missing.

--local is for those who may not push, such as the pull request of a fork: the image goes into a folder, no credential is
needed, and boot-test --local reads it from there.`,
  writes: true,
  inputs: {
    directory,
    architecture: architecture('build only this one of the architectures, and no image of all of them'),
    local: text('build into this folder (an OCI layout) instead of the test registry', {
      placeholder: 'FOLDER',
    }),
  },
  asRoot: true,
  run: async (inputs, context) => {
    const { env, log, now } = context;
    const { git, config, client, root, forge } = await openProject({ directory: inputs.directory, env, log });
    requireConfigured(config, inputs.architecture);
    const candidate = await log.task('reading the commit and its base', () =>
      readCandidate({ git, config, client }),
    );
    await requireSignedBase({ config, client, root }, candidate.base.reference);
    if ((await git.run(['status', '--porcelain'])) !== '') {
      log.warn(
        `there are uncommitted changes: they are not part of the build of ${shortCommit(candidate.commit)}`,
      );
    }
    for (const image of candidate.unpinned) {
      log.warn(`${image} is not pinned by a digest: when it changes, nothing is built again automatically`);
    }
    const only = defined({ architecture: inputs.architecture });
    const options = { git, config, client, candidate, log, env: withoutSigningSecrets(env), ...only };
    if (inputs.local !== undefined) {
      const images = await buildLocally({ ...options, folder: resolve(inputs.local) });
      const [first] = images;
      const where = { image: first?.image, digest: first?.digest, images };
      const facts = images.map(({ image, digest }) => say`image: ${exact(image)}, digest ${exact(digest)}`);
      return outcome(candidate, { ...where, built: images.some(({ built }) => built) }, facts);
    }
    const startedAt = now();
    const signer = keepAtForge(await attestationSigner(trustOf({ config, root }), env), forge, log);
    const { image, built, joined } = await buildImage({
      ...options,
      onBuilt: async ({ architecture, descriptor }) => {
        const made = { config, candidate, architecture, digest: descriptor.digest, env };
        await pushStatement(client, {
          repository: config.testImage,
          subject: descriptor,
          predicateType: provenanceType,
          statement: formatProvenance({ ...made, startedAt, finishedAt: now() }),
          signer,
        });
      },
    });
    const name = formatReference(image);
    return outcome(candidate, { image: name, digest: image.digest, built, joined }, [
      say`image: ${exact(name)}`,
      inputs.architecture === undefined
        ? say`tag: ${exact(candidate.tag)}`
        : say`tag: ${exact(candidate.tag)} (only its part for ${inputs.architecture})`,
      ...(joined ? [say`joined from: ${config.architectures.join(', ')}`] : []),
    ]);
  },
  action: { setUp: true, token: true },
  outputs: {
    image: { about: 'the image in the test registry, as `repository@sha256:…`', of: ({ image }) => image },
    digest: { about: 'its digest', of: ({ digest }) => digest },
    version: { about: 'its version', of: ({ version }) => version },
    'build-key': { about: 'hash over everything that decides the image', of: ({ buildKey }) => buildKey },
    built: { about: 'false when it existed already', of: ({ built }) => built },
  },
});

function requireConfigured(config: Config, architecture: Architecture | undefined): void {
  if (architecture === undefined || config.architectures.includes(architecture)) return;
  throw new InputError({
    field: '--architecture',
    problem: `${config.file} has no such architecture`,
    found: architecture,
    expected: config.architectures.join(', '),
    remedy: `Add it to architectures in ${config.file}, or leave out the option.`,
  });
}

interface Made {
  readonly built: boolean;
  /** Several architectures became one image. */
  readonly joined?: boolean;
  readonly image: string | undefined;
  readonly digest: Digest | undefined;
  /** All of them, if they are in a folder. */
  readonly images?: readonly LocalImage[];
}

function outcome(candidate: Candidate, made: Made, facts: readonly Fact[]) {
  const { base, key, tag, version, commit } = candidate;
  const reference = formatReference(base.reference);
  return {
    data: {
      ...made,
      version,
      buildKey: key,
      tag,
      commit,
      base: { reference, version: base.version, digest: base.reference.digest },
    },
    ...renderReports({
      headline: `${version}: ${whatHappened(made)}`,
      facts: [
        ...facts,
        say`base: ${exact(reference)}, version ${exact(base.version)}`,
        say`build key: ${exact(key.slice(0, 16))}`,
      ],
    }),
  };
}

function whatHappened({ built, joined }: Made): string {
  if (built) return 'built';
  return joined === true ? 'joined to one image' : 'built already, from the same inputs';
}
