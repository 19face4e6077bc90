import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Input, Inputs } from '../src/cli/inputs.ts';
import type { Outputs, Verb } from '../src/cli/verb.ts';

// The generated part of actions/: everything that the verbs' schemas say.

const tokenInput = {
  description:
    "The token to work with: GitHub's own for the run, or one of a GitHub App, whose pull requests start workflows",
  required: false,
  default: '${{ github.token }}',
};

interface WrittenInput {
  readonly description: string;
  readonly required: boolean;
  readonly default?: string;
}

/** The inputs of a verb's action, as action.yml has them. */
export function actionInputs(verb: Verb): Record<string, WrittenInput> {
  const inputs = Object.entries(verb.inputs).map(([name, input]) => [name, writtenInput(input)]);
  return { ...Object.fromEntries(inputs), ...(verb.action?.token === true ? { token: tokenInput } : {}) };
}

function writtenInput(input: Input<unknown>): WrittenInput {
  const { about, kind, required, fallback } = input;
  return {
    description: `${about}${kind === 'many' ? ' (one on each line)' : ''}${kind === 'flag' ? ' (true or false)' : ''}`,
    required,
    ...(required ? {} : { default: fallback ?? '' }),
  };
}

/** Text of actions/<verb>/action.yml. */
export function actionText(name: string, verb: Verb): string {
  const action = {
    name: `Coxswain: ${name}`,
    description: verb.summary,
    inputs: actionInputs(verb),
    ...(verb.outputs === undefined ? {} : { outputs: writtenOutputs(verb.outputs) }),
    runs: {
      using: 'composite',
      steps: [
        ...(verb.action?.setUp === true ? [setUpStep(name, verb.inputs)] : []),
        {
          name,
          id: 'verb',
          shell: 'sh',
          env: {
            COXSWAIN_ACTION: '${{ github.action_path }}',
            COXSWAIN_INPUTS: '${{ toJSON(inputs) }}',
            ...(verb.action?.token === true ? { GITHUB_TOKEN: '${{ inputs.token }}' } : {}),
          },
          run: `exec sh "$COXSWAIN_ACTION/../run.sh" ${name}`,
        },
      ],
    },
  };
  return `# Made from src/verbs/${name}.ts by script/build: change it there.\n${stringify(action, { lineWidth: 110 })}`;
}

function setUpStep(name: string, inputs: Inputs) {
  const architecture = 'architecture' in inputs ? ', "architecture": ${{ toJSON(inputs.architecture) }}' : '';
  return {
    name: 'set-up-host',
    shell: 'sh',
    env: {
      COXSWAIN_ACTION: '${{ github.action_path }}',
      COXSWAIN_INPUTS: `{ "for": "${name}"${architecture} }`,
    },
    run: 'exec sh "$COXSWAIN_ACTION/../run.sh" set-up-host',
  };
}

function writtenOutputs(outputs: Outputs) {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { about }]) => [
      name,
      { description: about, value: `\${{ steps.verb.outputs.${name} }}` },
    ]),
  );
}

const markers = { start: '<!-- made by script/build -->', end: '<!-- end -->' } as const;

/**
 * The README of an action with new tables between its markers.
 * @throws Error where the file or its markers are missing: the rest of it is written by hand
 */
export function readmeText(path: string, verb: Verb): string {
  const text = readFileSync(path, 'utf8');
  const [before, rest] = text.split(markers.start);
  const after = rest?.split(markers.end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`${path} needs the lines ${markers.start} and ${markers.end}`);
  }
  return `${before}${markers.start}\n\n${tables(verb)}\n\n${markers.end}${after}`;
}

function tables(verb: Verb): string {
  const inputs = Object.entries(actionInputs(verb)).map(
    ([name, { description, required, default: value }]) => [
      `\`${name}\``,
      description,
      required ? '**required**' : value === '' || value === undefined ? '' : `\`${value}\``,
    ],
  );
  const outputs = Object.entries(verb.outputs ?? {}).map(([name, { about }]) => [`\`${name}\``, about]);
  return [
    `## Inputs\n\n${table(['input', '', 'default'], inputs)}`,
    ...(outputs.length === 0 ? [] : [`## Outputs\n\n${table(['output', ''], outputs)}`]),
  ].join('\n\n');
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
