import { directory } from '../cli/directory.ts';
import { flag, many, parsed, text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { workingBranch } from '../project/init/adopt.ts';
import { type InitReport, imageOfRemote, planInit, writeInit } from '../project/init/init.ts';
import { findPin, parseSource } from '../project/init/pin.ts';
import { proposeInit } from '../project/init/propose-init.ts';
import { openForge } from '../world/forge/open-forge.ts';
import { Git } from '../world/git/git.ts';
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
existing file is never changed, so it can be run again at any time: it adds what is missing. If there is a coxswain.yaml,
everything follows it.
In an existing repository the first fleet is released from its default branch, .gitignore gets the lines that it lacks, and
your workflows keep their names.

  coxswain init                                          in a clone from GitHub
  coxswain init --image ghcr.io/acme/os --fleet stable   one fleet
  coxswain init --pull-request                           the same, offered as a pull request
  coxswain init --from acme/coxswain@v1.2.3              workflows of a fork of Coxswain, or of another version of it
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
    from: parsed(
      'release of Coxswain that the workflows call (default: the one this program belongs to)',
      parseSource,
      {
        placeholder: 'OWNER/REPO@REF',
      },
    ),
    'pull-request': flag('offer the files as a pull request to the repository, and write nothing here'),
    directory,
  },
  run: async (inputs, { env, log }) => {
    const { base, stream } = inputs;
    const image = inputs.image ?? (await imageOfRemote(inputs.directory));
    const fleets = inputs.fleet.length === 0 ? ['testing', 'stable'] : inputs.fleet;
    const branch = await workingBranch(inputs.directory);
    const plan = await planInit(
      inputs.directory,
      image === undefined
        ? undefined
        : {
            image,
            testImage: inputs['test-image'] ?? `${image}-test`,
            base,
            stream,
            fleets,
            // An existing repository keeps its working branch.
            branch: branch === undefined || fleets.includes(branch) ? undefined : branch,
            architectures: inputs.architecture.length === 0 ? [architectures[0]] : inputs.architecture,
          },
      inputs.from === undefined
        ? undefined
        : await findPin(inputs.from, env.GITHUB_SERVER_URL || 'https://github.com'),
    );
    const warn = () => {
      if (inputs.image !== undefined && inputs.image !== formatRepository(plan.config.image)) {
        log.warn(
          `coxswain.yaml existed and is kept: it names ${formatRepository(plan.config.image)}, not ${inputs.image}`,
        );
      }
      for (const text of [...plan.notes, ...(plan.doubt === undefined ? [] : [plan.doubt])]) log.warn(text);
    };
    if (inputs['pull-request']) {
      const forge = await openForge(new Git(plan.root), { env, log });
      const { number, head } = await proposeInit(forge, plan);
      warn();
      return {
        data: {
          directory: plan.root,
          written: [] as readonly string[],
          kept: plan.kept,
          pullRequest: number as number | undefined,
        },
        text: `pull request #${number} (branch ${head}) offers ${plan.files.length} files; nothing was written here`,
      };
    }
    const report = await writeInit(plan);
    warn();
    return {
      data: {
        directory: report.root,
        written: report.written,
        kept: report.kept,
        pullRequest: undefined as number | undefined,
      },
      text: describe(report),
    };
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
