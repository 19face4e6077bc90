import { defined } from '../host/defined.ts';
import { choice, flag, type Inputs, text, type Values } from './inputs.ts';
import type { Verb } from './verb.ts';

/** The input for the checkout, for every verb that works on one. */
export const directory = text('the checkout to work on', { placeholder: 'DIR', fallback: '.' });

/** Further inputs of every such verb on the command line; in a workflow run GitHub is the forge. */
const forgeInputs = {
  remote: text(
    "the git remote whose branches are used (default: origin, else the only one; '.': this clone alone)",
    {
      placeholder: 'NAME',
    },
  ),
  forge: choice(
    'git or github (default: GitHub if the remote is on GitHub and there is a token)',
    ['git', 'github'],
    {
      placeholder: 'KIND',
    },
  ),
} as const satisfies Inputs;

/** Options that may stand before the verb too; those of `commonInputs` may as well. */
export const placeInputs = { directory, ...forgeInputs } as const satisfies Inputs;

/** Of every verb that writes. */
const rehearsalInput = {
  'dry-run': flag('check everything, say what would be written first, and write nothing'),
} as const satisfies Inputs;

/** The inputs of a verb on the command line, without those that all verbs have. */
export function commandLineInputs({ inputs, writes }: Pick<Verb, 'inputs' | 'writes'>): Inputs {
  return {
    ...(writes === true ? rehearsalInput : {}),
    ...inputs,
    ...(inputs.directory === directory ? forgeInputs : {}),
  };
}

/** Whether a run of a verb ends before its first write. Verbs with an input of their own for it do not. */
export function isRehearsed(verb: Pick<Verb, 'inputs'>, values: object): boolean {
  return !('dry-run' in verb.inputs) && 'dry-run' in values && values['dry-run'] === true;
}

/**
 * The environment of a verb: these inputs become COXSWAIN_REMOTE and COXSWAIN_FORGE, for the verb and for programs
 * that it starts.
 * @param values of the inputs of commandLineInputs
 */
export function withForgeInputs(env: NodeJS.ProcessEnv, values: object): NodeJS.ProcessEnv {
  const { remote, forge } = values as Partial<Values<typeof forgeInputs>>;
  return {
    ...env,
    ...defined({ COXSWAIN_REMOTE: remote, COXSWAIN_FORGE: forge }),
  };
}
