import { directory } from '../cli/directory.ts';
import { many, parsed, text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { type InitReport, imageOfRemote, initRepository } from '../project/init/init.ts';
import { architectures } from '../world/registry/architecture.ts';
import {
  formatReference,
  formatRepository,
  parseReference,
  parseRepository,
} from '../world/registry/reference.ts';

const repository = (raw: string, name: string) =>
  formatRepository(parseRepository(raw, { field: `--${name}` }));

export default defineVerb({
  summary: 'Write the first files of a repository of derived images',
  about: `Writes coxswain.yaml, a Containerfile, rollout templates, a first test and the workflows for GitHub, with comments. An
existing file is never changed, so it can be run again at any time: it adds what is missing. If there is a coxswain.yaml, everything follows it.

  coxswain init                                          in a clone from GitHub
  coxswain init --image ghcr.io/acme/os --fleet stable   one fleet
  coxswain init --image registry.example.com/acme/os --architecture x86_64 --architecture aarch64`,
  inputs: {
    image: parsed(
      'production repository (default: at ghcr.io, by the name that the remote origin has)',
      repository,
      {
        placeholder: 'REF',
      },
    ),
    'test-image': parsed('test registry repository (default: the image with -test at its end)', repository, {
      placeholder: 'REF',
    }),
    base: parsed(
      'base image with the tag to follow',
      (raw, name) => formatReference(parseReference(raw, { field: `--${name}` })),
      { placeholder: 'REF', fallback: 'quay.io/fedora/fedora-coreos:stable' },
    ),
    stream: text('value of the label com.coreos.stream in every build', {
      placeholder: 'NAME',
      fallback: 'stable',
    }),
    fleet: many('a fleet; each but the first is promoted from the one before it (default: testing, stable)', {
      placeholder: 'NAME',
    }),
    architecture: many(`build for this architecture (default: ${architectures[0]})`, { placeholder: 'NAME' }),
    directory,
  },
  run: async (inputs, { log }) => {
    const { base, stream } = inputs;
    const image = inputs.image ?? (await imageOfRemote(inputs.directory));
    const report = await initRepository(
      inputs.directory,
      image === undefined
        ? undefined
        : {
            image,
            testImage: inputs['test-image'] ?? `${image}-test`,
            base,
            stream,
            fleets: inputs.fleet.length === 0 ? ['testing', 'stable'] : inputs.fleet,
            architectures: inputs.architecture.length === 0 ? [architectures[0]] : inputs.architecture,
          },
    );
    const { root, written, kept, doubt, config } = report;
    if (inputs.image !== undefined && inputs.image !== formatRepository(config.image)) {
      log.warn(
        `coxswain.yaml existed and is kept: it names ${formatRepository(config.image)}, not ${inputs.image}`,
      );
    }
    if (doubt !== undefined) log.warn(doubt);
    return { data: { directory: root, written, kept }, text: describe(report) };
  },
});

function describe({ written, kept, isRepository, config }: InitReport): string {
  const [first, ...others] = Object.values(config.fleets).map((fleet) => fleet.branch);
  const steps = [
    'Read coxswain.yaml and the Containerfile, and edit them.',
    ...(isRepository ? [] : [`git init --initial-branch ${first}`]),
    `Commit, on the branch ${first}${others.length === 0 ? '' : `; then: git branch ${others.join(' && git branch ')}`}.`,
    'coxswain build-image, then coxswain boot-test: build and test the commit on this machine.',
    'On GitHub: push, and make the settings that docs/github.md lists. Actions, Watch, Run workflow begins the loop.',
  ];
  return [
    written.length === 0 ? 'nothing is missing' : 'written:',
    ...written.map((path) => `  ${path}`),
    ...(kept.length === 0 ? [] : ['kept unchanged:', ...kept.map((path) => `  ${path}`)]),
    '',
    'Next:',
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
  ].join('\n');
}
