import { schemaAddress } from './answer-schemas.ts';
import { commonInputs, positionalInputs } from './arguments.ts';
import { commandLineInputs } from './directory.ts';
import { exitCodes } from './exit-code.ts';
import type { Inputs } from './inputs.ts';
import type { Verb } from './verb.ts';
import { verbGroups } from './verb-groups.ts';

/** Help for one verb. */
export function verbHelp(name: string, verb: Verb): string {
  const inputs = commandLineInputs(verb);
  const parts = [
    `${verb.summary}`,
    `Usage: ${usageLine(name, verb)}`,
    ...(verb.about === undefined ? [] : [verb.about.trim()]),
    ...(Object.keys(inputs).length === 0 ? [] : [`Options:\n${optionTable(inputs)}`]),
    `Always:\n${optionTable(commonInputs)}`,
    `The JSON Schema of the answer: ${schemaAddress(name)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** How a verb is called, in one line. */
export function usageLine(name: string, verb: Verb): string {
  const inputs = commandLineInputs(verb);
  const positional = positionalInputs(inputs);
  const required = Object.entries(inputs)
    .filter(([flag, input]) => input.required && !positional.includes(flag))
    .map(([flag, input]) => ` --${flag} ${input.placeholder}`);
  const places = positional.map((flag) => {
    const input = inputs[flag];
    const shown = input?.kind === 'many' ? `${flag.toUpperCase()}…` : flag.toUpperCase();
    return input?.required === true ? ` ${shown}` : ` [${shown}]`;
  });
  const synopsis = [...places, ...required].join('');
  return `coxswain ${name}${synopsis}${Object.keys(inputs).length === 0 ? '' : ' [options]'}`;
}

/** Help for the whole program. @param verbs name and summary of each verb */
export function programHelp(verbs: ReadonlyArray<readonly [string, string]>): string {
  const width = Math.max(...verbs.map(([name]) => name.length));
  const grouped = verbGroups.flatMap((group) => group.verbs);
  const more = {
    title: 'More',
    verbs: verbs.map(([name]) => name).filter((name) => !grouped.includes(name)),
  };
  const groups = [...verbGroups, more].flatMap((group) => {
    const rows = group.verbs.flatMap((name) => verbs.filter(([verb]) => verb === name));
    const lines = rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
    return lines.length === 0 ? [] : [`${group.title}:\n${lines.join('\n')}`];
  });
  return `coxswain: GitOps for derived Fedora CoreOS images

Usage: coxswain VERB [options]

${groups.join('\n\n')}

coxswain help VERB says more about one of them; coxswain --version names this version.

Exit codes:
${Object.values(exitCodes)
  .map(({ code, about }) => `  ${String(code).padEnd(2)}  ${about}`)
  .join('\n')}
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
