import { commonInputs } from './arguments.ts';
import { commandLineInputs } from './directory.ts';
import type { Inputs } from './inputs.ts';
import type { Verb } from './verb.ts';

/** Help for one verb. */
export function verbHelp(name: string, verb: Verb): string {
  const inputs = commandLineInputs(verb.inputs);
  const synopsis = Object.entries(inputs)
    .filter(([, input]) => input.required)
    .map(([flag, input]) => ` --${flag} ${input.placeholder}`)
    .join('');
  const parts = [
    `${verb.summary}`,
    `Usage: coxswain ${name}${synopsis}${Object.keys(inputs).length === 0 ? '' : ' [options]'}`,
    ...(verb.about === undefined ? [] : [verb.about.trim()]),
    ...(Object.keys(inputs).length === 0 ? [] : [`Options:\n${optionTable(inputs)}`]),
    `Always:\n${optionTable(commonInputs)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Help for the whole program. @param verbs name and summary of each verb */
export function programHelp(verbs: ReadonlyArray<readonly [string, string]>): string {
  const width = Math.max(...verbs.map(([name]) => name.length));
  return `coxswain: GitOps for derived Fedora CoreOS images

Usage: coxswain VERB [options]

${verbs.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

coxswain VERB --help says more about one of them. Exit codes: 0 done, 1 failed or refused, 2 wrong usage.
`;
}

function optionTable(inputs: Inputs): string {
  const rows = Object.entries(inputs).map(([name, input]) => {
    const shown = input.kind === 'flag' ? `--${name}` : `--${name} ${input.placeholder}`;
    const notes = [
      input.required ? 'required' : undefined,
      input.kind === 'many' ? 'may be repeated' : undefined,
      input.kind !== 'flag' && input.fallback !== undefined ? `default: ${input.fallback}` : undefined,
    ].filter((note) => note !== undefined);
    return [shown, `${input.about}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`] as const;
  });
  const width = Math.max(...rows.map(([shown]) => shown.length));
  return rows.map(([shown, about]) => `  ${shown.padEnd(width)}  ${about}`).join('\n');
}
