import { answerSchemaPath, schemaAddress } from '../src/cli/answer-schemas.ts';
import { commonInputs } from '../src/cli/arguments.ts';
import { commandLineInputs, placeInputs } from '../src/cli/directory.ts';
import { exitCodes } from '../src/cli/exit-code.ts';
import { usageLine } from '../src/cli/help.ts';
import type { Inputs } from '../src/cli/inputs.ts';
import type { Verb } from '../src/cli/verb.ts';
import { verbGroups } from '../src/cli/verb-groups.ts';
import { configJsonSchema } from '../src/project/configuration/schema.ts';

// docs/reference/ is made from the code, by script/build. A test compares.

const made = '<!-- Made by script/build from the code: edit src/, not this page. -->';

/** The pages of docs/reference/ that are made: path, and content. */
export function referencePages(verbs: ReadonlyMap<string, Verb>): Map<string, string> {
  return new Map([
    ['docs/reference/verbs.md', verbsPage(verbs)],
    ['docs/reference/configuration.md', configurationPage()],
    ['docs/reference/exit-codes.md', exitCodesPage()],
    ['docs/reference/answers.md', answersPage([...verbs.keys()])],
  ]);
}

function verbsPage(verbs: ReadonlyMap<string, Verb>): string {
  const global = Object.keys({ ...commonInputs, ...placeInputs });
  const groups = verbGroups.map(({ title, verbs: names }) => {
    const sections = names.flatMap((name) => {
      const verb = verbs.get(name);
      return verb === undefined ? [] : [verbSection(name, verb, global)];
    });
    return `## ${title}\n\n${sections.join('\n\n')}`;
  });
  return `${made}

# Verbs

\`coxswain help VERB\` shows the same. These options belong to every verb, and may stand before it too
(\`--directory\`, \`--remote\` and \`--forge\`: to every verb that works on a checkout):

${optionTable({ ...commonInputs, ...placeInputs })}

Three more come from the environment: \`NO_COLOR\` (no colours), \`FORCE_COLOR\` (colours also in a pipe), and \`COXSWAIN_NOW\` in workflows
(a pretended time).

${groups.join('\n\n')}
`;
}

function verbSection(name: string, verb: Verb, global: readonly string[]): string {
  const own = Object.fromEntries(
    Object.entries(commandLineInputs(verb)).filter(([input]) => !global.includes(input)),
  );
  const options = Object.keys(own).length === 0 ? [] : [optionTable(own)];
  const about = verb.about === undefined ? [] : [`\`\`\`text\n${verb.about.trim()}\n\`\`\``];
  return [
    `### ${name}`,
    `${verb.summary}.`,
    `\`\`\`text\n${usageLine(name, verb)}\n\`\`\``,
    ...about,
    ...options,
  ].join('\n\n');
}

function optionTable(inputs: Inputs): string {
  const rows = Object.entries(inputs).map(([name, input]) => {
    const shown = input.kind === 'flag' ? `--${name}` : `--${name} ${input.placeholder}`;
    const fallback = input.kind !== 'flag' && input.fallback !== undefined ? `\`${input.fallback}\`` : '';
    const need = input.required ? 'required' : fallback;
    const repeated = input.kind === 'many' ? ' (may be repeated)' : '';
    return `| \`${shown}\` | ${cell(input.about)}${repeated} | ${need} |`;
  });
  return ['| option | what it does | default |', '|---|---|---|', ...rows].join('\n');
}

/** Text inside a cell of a table; a placeholder in angle brackets would be HTML. */
function cell(text: string): string {
  return text
    .replaceAll(/<[^<>|]+>/g, (found) => `\`${found}\``)
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
}

interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

function configurationPage(): string {
  const schema = configJsonSchema() as Schema & { readonly $id: string };
  const rows = fieldRows(schema, '');
  return `${made}

# Configuration: coxswain.yaml

The JSON Schema is [schema/coxswain.schema.json](../../schema/coxswain.schema.json). \`coxswain init\` writes a copy for your editor, and
\`coxswain check\` reports everything that is wrong, references between fields included.

| field | what it says | values | default |
|---|---|---|---|
${rows.join('\n')}
`;
}

function fieldRows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const required = schema.required?.includes(name) === true;
    const shown = required ? 'required' : fallbackOf(field);
    const row = `| \`${path}\` | ${cell(field.description ?? '')} | ${valuesOf(field)} | ${shown} |`;
    const inner = innerOf(field);
    return [row, ...(inner === undefined ? [] : fieldRows(inner.schema, `${path}${inner.step}.`))];
  });
}

function fallbackOf({ default: value }: Schema): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}

/** The object inside a field: itself, the values of a map, or the items of a list. */
function innerOf(field: Schema): { readonly schema: Schema; readonly step: string } | undefined {
  if (field.properties !== undefined) return { schema: field, step: '' };
  for (const option of field.anyOf ?? []) {
    const found = innerOf(option);
    if (found !== undefined) return found;
  }
  if (typeof field.additionalProperties === 'object') {
    const found = innerOf(field.additionalProperties);
    return found === undefined ? undefined : { schema: found.schema, step: `.NAME${found.step}` };
  }
  const found = field.items === undefined ? undefined : innerOf(field.items);
  return found === undefined ? undefined : { schema: found.schema, step: `[]${found.step}` };
}

function valuesOf(field: Schema): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.anyOf !== undefined) return field.anyOf.map(valuesOf).join(', or ');
  if (field.items !== undefined) return `list of ${valuesOf(field.items)}`;
  if (field.additionalProperties !== undefined && typeof field.additionalProperties === 'object') {
    return `map of names to ${valuesOf(field.additionalProperties)}`;
  }
  return [field.type ?? 'any'].flat().join(' or ').replace('string', 'text');
}

function exitCodesPage(): string {
  const rows = Object.values(exitCodes).map(({ code, about }) => `| ${code} | ${cell(about)} |`);
  return `${made}

# Exit codes

| code | meaning |
|---|---|
${rows.join('\n')}

In a workflow run a step only passes or fails. With \`--json\` an error is also printed on standard output:

\`\`\`json
{
  "error": {
    "kind": "usage",
    "exitCode": 2,
    "message": "unknown option --flet. Did you mean --fleet?"
  }
}
\`\`\`

\`kind\` is \`input\`, \`usage\`, \`outside\`, \`not-ready\` or \`defect\`. An error about input also has \`where\` (file, line and column), \`field\`, \`problem\`,
\`found\`, \`expected\` and \`remedy\`, if they are known.
`;
}

function answersPage(verbs: readonly string[]): string {
  const rows = [...verbs, 'error', 'dry-run'].map((name) => {
    const call = { error: 'a verb that failed', 'dry-run': 'a verb that would write, with `--dry-run`' }[
      name
    ];
    return `| ${call ?? `[\`${name}\`](verbs.md#${name})`} | [${name}.schema.json](../../${answerSchemaPath(name)}) |`;
  });
  return `${made}

# Answers as JSON

With \`--json\` a verb prints one JSON document on standard output, and everything else on standard error. \`--json-file FILE\` also
writes it to a file. Each document has a JSON Schema (2020-12), made from the types of the code. The suite compares
answers of real runs with them.

| answer of | schema |
|---|---|
${rows.join('\n')}

The schemas are in the package (\`schema/answers/\`), and at an address that stays the same for a major version:

\`\`\`text
${schemaAddress('VERB')}
\`\`\`

Within a major version fields may be added, and a field that was always there stays: read what you need, and ignore the rest. A
release that removes a field, renames it or gives it another type has a new major version, so its schemas have another address.

An error is told by its only field, \`error\`, and by the [exit code](exit-codes.md). A rehearsal is told by \`dryRun\`.
\`edit-updates\`, \`import-release\` and \`restore-state\` answer with \`--dry-run\` as they do without it, and have \`dryRun\` too.
`;
}
