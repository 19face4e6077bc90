import { defined } from '../host/defined.ts';
import { choice, type Inputs, text, type Values } from './inputs.ts';

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

/** The inputs of a verb on the command line, without those that all verbs have. */
export function commandLineInputs(inputs: Inputs): Inputs {
  return inputs.directory === directory ? { ...inputs, ...forgeInputs } : inputs;
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
