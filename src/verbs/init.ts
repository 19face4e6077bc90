import { basename, join, resolve } from 'node:path';
import { directory } from '../cli/directory.ts';
import { flag, many, parsed, text } from '../cli/inputs.ts';
import { askOnTerminal, canAsk } from '../cli/questions.ts';
import { defineVerb } from '../cli/verb.ts';
import { isRehearsal } from '../host/dry-run.ts';
import { messageOf } from '../host/errors.ts';
import { exists } from '../host/files.ts';
import { findTool } from '../host/tools.ts';
import { configFileName } from '../project/configuration/config.ts';
import { workingBranch } from '../project/init/adopt.ts';
import { explainFile } from '../project/init/explain-file.ts';
import { type InitReport, imageOfRemote, planInit, writeInit } from '../project/init/init.ts';
import { ours } from '../project/init/ours.ts';
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
everything follows it. On a terminal it asks what it cannot find out.
In an existing repository the first fleet is released from its default branch, .gitignore gets the lines that it lacks, and
your workflows keep their names.

  coxswain init                                          in a clone from GitHub
  coxswain init --image ghcr.io/acme/os --fleet stable   one fleet
  coxswain init --pull-request                           the same, offered as a pull request
  coxswain init --from acme/coxswain@v1.2.3              workflows of a fork of Coxswain, or of another version of it
  coxswain init --image registry.example.com/acme/os --architecture x86_64 --architecture aarch64`,
  writes: true,
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
    migrate: flag('bring an existing coxswain.yaml to the newest version of its format; comments stay'),
    yes: flag('ask nothing, also on a terminal'),
    'pull-request': flag('offer the files as a pull request to the repository, and write nothing here'),
    directory,
  },
  run: async (inputs, { env, log }) => {
    const { base, stream } = inputs;
    const known = inputs.image ?? (await imageOfRemote(inputs.directory));
    const asked = await askFor(known, { inputs, env });
    const image = known ?? asked?.image;
    const fleets = inputs.fleet.length > 0 ? inputs.fleet : (asked?.fleets ?? ['testing', 'stable']);
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
      { migrate: inputs.migrate },
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
      text: describe(report, await lacksBranch(report)),
    };
  },
});

/** What nobody has said, and cannot be found out, is asked of a person at a terminal. */
async function askFor(
  image: string | undefined,
  { inputs, env }: { readonly inputs: Asked; readonly env: NodeJS.ProcessEnv },
): Promise<{ readonly image: string | undefined; readonly fleets: readonly string[] } | undefined> {
  const isNew = !(await exists(join(inputs.directory, configFileName)));
  if (!isNew || inputs.yes || image !== undefined || isRehearsal() || !canAsk(env)) return undefined;
  const ask = await askOnTerminal();
  const answer = await ask.text(
    'Where do nodes get their images? (a repository in a registry, without a tag)',
    {
      suggestion: `ghcr.io/${basename(resolve(inputs.directory)).toLowerCase()}/os`,
      problemOf: (text) => {
        try {
          repository(text, 'image');
          return undefined;
        } catch (error) {
          return messageOf(error);
        }
      },
    },
  );
  const fleets =
    inputs.fleet.length > 0
      ? inputs.fleet
      : fleetsOf(
          await ask.choose('Which fleets are there?', [
            { value: 'two', about: 'testing and stable: a release soaks in testing first' },
            { value: 'one', about: 'stable alone: every merge goes to all nodes, in a rollout' },
          ]),
        );
  return { image: repository(answer, 'image'), fleets };
}

function fleetsOf(choice: 'one' | 'two'): readonly string[] {
  return choice === 'one' ? ['stable'] : ['testing', 'stable'];
}

/** The user's repository does not have our documents. */
const settingsPage = `https://github.com/${ours.repository}/blob/main/docs/github.md`;

interface Asked {
  readonly directory: string;
  readonly yes: boolean;
  readonly fleet: readonly string[];
}

/** Whether the first fleet's branch has to be made: a clone of an empty repository is on another branch, such as main. */
async function lacksBranch({ root, isRepository, config }: InitReport): Promise<boolean> {
  if (!isRepository || findTool('git') === undefined) return false;
  const git = new Git(root);
  const [first] = Object.values(config.fleets).map((fleet) => fleet.branch);
  if ((await git.try(['symbolic-ref', '--quiet', '--short', 'HEAD'])) === first) return false;
  return !(await git.try(['rev-parse', '--quiet', '--verify', `refs/heads/${first}`]));
}

function describe({ written, kept, isRepository, config }: InitReport, lacksFirst: boolean): string {
  const [first, ...others] = Object.values(config.fleets).map((fleet) => fleet.branch);
  const start = isRepository ? (lacksFirst ? [`git switch -c ${first}`] : []) : [`git init -b ${first}`];
  const more = [...start, 'git add --all', 'git commit'].join(' && ');
  const width = Math.max(...written.map((path) => path.length));
  const branches = others.map((branch) => `git branch ${branch}`);
  return [
    written.length === 0 ? 'nothing is missing' : 'written:',
    ...written.map((path) => `  ${path.padEnd(width)}  ${explainFile(path, config)}`.trimEnd()),
    ...(kept.length === 0 ? [] : ['kept unchanged:', ...kept.map((path) => `  ${path}`)]),
    '',
    'Read coxswain.yaml and the Containerfile, and edit them. Next:',
    '  coxswain check',
    `  ${[more, ...branches].join(' && ')}`,
    '  coxswain build-image && coxswain boot-test',
    `On GitHub: push ${first}, and make the settings of ${settingsPage} (coxswain doctor --github checks them). Actions, Watch, Run workflow begins the loop.`,
  ].join('\n');
}
