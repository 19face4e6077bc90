import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { commonInputs, positionalInputs, readArguments, verbFirst } from './cli/arguments.ts';
import { completeWord, filesLine } from './cli/completion-protocol.ts';
import { commandLineInputs, isRehearsed, placeInputs, withForgeInputs } from './cli/directory.ts';
import { exitCodeOf, exitCodes, kindOf } from './cli/exit-code.ts';
import { programHelp, verbHelp } from './cli/help.ts';
import type { Values } from './cli/inputs.ts';
import { errorAnswer, rehearsalAnswer } from './cli/json-answers.ts';
import { askedHelp, type HelpTexts, helpFile, readTexts } from './cli/made-help.ts';
import { type Context, needsRoot, type Verb } from './cli/verb.ts';
import { answerOfRehearsal, isRehearsal, rehearsalVariable } from './host/dry-run.ts';
import { messageOf, UsageError } from './host/errors.ts';
import { writeFileAtomically } from './host/files.ts';
import { forTerminal } from './host/locale.ts';
import { createLog, styled } from './host/log.ts';
import { nearest } from './host/nearest.ts';
import { oneLine } from './host/one-line.ts';

// A verb reads each kind of document a few times: to compile the schemas takes longer than to read by them. Verbs, with nearly
// all schemas, are loaded below.
z.config({ jitless: true });

// The verbs are the files beside this one: adding a verb is adding a file. Each is loaded when it is called.
const folder = new URL('./verbs/', import.meta.url);
const ending = extname(fileURLToPath(import.meta.url));

async function verbNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => extname(file) === ending)
    .map((file) => basename(file, ending))
    .sort();
}

async function loadVerb(name: string): Promise<Verb> {
  const loaded: { default: Verb } = await import(new URL(`${name}${ending}`, folder).href);
  return loaded.default;
}

const ownOptions = ['--version', '-V', '--help', '-h'];

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] =
    args[0]?.startsWith('-') === true && !ownOptions.includes(args[0])
      ? verbFirst(args, { ...commonInputs, ...placeInputs })
      : args;
  const names = await verbNames();
  if (name === '--version' || name === '-V' || name === 'version') {
    const { versionLine } = await import('./cli/version.ts');
    process.stdout.write(`${await versionLine(fileURLToPath(import.meta.url))}\n`);
    return 0;
  }
  if (name === completeWord) {
    process.stdout.write(await answerShell(rest, names));
    return 0;
  }
  const asked = askedHelp(name === undefined ? [] : [name, ...rest]);
  if (asked !== undefined || name === undefined) {
    process.stdout.write(await helpText(asked?.verb, names));
    return asked?.exitCode ?? exitCodes.usage.code;
  }
  const verb = await loadVerb(requireVerb(name, names));
  if (process.env.COXSWAIN_INPUTS !== undefined && rest.length === 0) {
    const { runAsAction } = await import('./cli/actions/run-action.ts');
    return runAsAction(name, verb, process.env);
  }
  const values = readArguments({ ...commonInputs, ...commandLineInputs(verb) }, rest);
  if (isRehearsed(verb, values)) process.env[rehearsalVariable] = '1';
  if (needsRoot(verb, process.env)) {
    const { runAgainAsRoot } = await import('./host/root.ts');
    const code = await runAgainAsRoot();
    if (code !== undefined) return code;
  }
  const common = readCommon(values);
  const context: Context = {
    // Only these two are read here, because a verb may have an input with the name of another log setting.
    log: createLog({ verbose: common.verbose, quiet: common.quiet }),
    env: withForgeInputs(process.env, values),
    now: () => common.now ?? Math.floor(Date.now() / 1000),
    json: common.json,
  };
  const outcome = await verb.run(values, context);
  if (isRehearsal()) context.log.info('dry run: nothing was written');
  const json = jsonText(outcome.data);
  if (common['json-file'] !== undefined) await writeFileAtomically(common['json-file'], json);
  process.stdout.write(common.json ? json : forPeople(withNewline(outcome.text), process.stdout));
  return outcome.exitCode ?? 0;
}

/** @throws UsageError if there is no such verb */
function requireVerb(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const meant = nearest(name, names);
  throw new UsageError(
    `unknown verb ${JSON.stringify(name)}${meant === undefined ? '' : `. Did you mean ${meant}?`}`,
  );
}

/** @param verb absent: of the program @throws UsageError if there is no such verb */
async function helpText(verb: string | undefined, names: readonly string[]): Promise<string> {
  if (verb !== undefined) return verbHelp(verb, await loadVerb(requireVerb(verb, names)));
  return programHelp(await summaries(names));
}

/** Name and summary of each verb: of the file of help texts, or of the verbs themselves. */
async function summaries(names: readonly string[]): Promise<(readonly [string, string])[]> {
  const made = readTexts(new URL(helpFile, import.meta.url))?.verbs ?? {};
  return Promise.all(
    names.map(async (name) => [name, made[name]?.summary ?? (await loadVerb(name)).summary] as const),
  );
}

/** Every help text: `script/build` writes them to a file (cli/made-help.ts). */
export async function helpTexts(): Promise<HelpTexts> {
  const verbs: Record<string, { summary: string; help: string }> = {};
  for (const name of await verbNames()) {
    const verb = await loadVerb(name);
    verbs[name] = { summary: verb.summary, help: verbHelp(name, verb) };
  }
  return { program: programHelp(Object.entries(verbs).map(([name, { summary }]) => [name, summary])), verbs };
}

/** What the completion scripts ask: one line for each proposal. */
async function answerShell(words: readonly string[], names: readonly string[]): Promise<string> {
  const { complete } = await import('./cli/completion/complete.ts');
  const { fleets, versions } = await import('./cli/completion/checkout-values.ts');
  const { candidates, files } = await complete(words, {
    verbs: async () => [
      ...(await summaries(names)).map(([value, about]) => ({ value, about })),
      { value: 'help', about: 'Show the verbs, or what one of them does' },
    ],
    inputsOf: async (verb) =>
      names.includes(verb) ? { ...commandLineInputs(await loadVerb(verb)), ...commonInputs } : undefined,
    positionals: positionalInputs,
    fleets,
    versions,
  });
  const lines = candidates.map(({ value, about }) => `${value}\t${oneLine(about)}\n`);
  return `${lines.join('')}${files ? `${filesLine}\n` : ''}`;
}

// A verb is loaded by name, so the types of its inputs are unknown here. These inputs are always among them.
function readCommon(values: unknown): Values<typeof commonInputs> {
  return values as Values<typeof commonInputs>;
}

/** The end of a rehearsal, which is an answer. */
function tellRehearsal(error: Error): string {
  if (process.argv.includes('--json')) return jsonText(rehearsalAnswer(error));
  return forPeople(answerOfRehearsal(error), process.stdout);
}

/** A file or a pipe gets UTF-8; a terminal what it can show. */
function forPeople(text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY === true ? forTerminal(text, process.env) : text;
}

function jsonText(answer: unknown): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Runs what the command line says, and sets the exit code. */
export async function runProgram(args: readonly string[]): Promise<void> {
  try {
    process.exitCode = await main(args);
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  // By name: each chunk of the bundle may have its own copy of a class.
  if (error instanceof Error && error.name === 'Rehearsed') {
    process.stdout.write(tellRehearsal(error));
    return;
  }
  if (process.argv.includes('--json')) process.stdout.write(jsonText(errorAnswer(error)));
  const kind = kindOf(error);
  const line = `${styled('red', 'error:', process.stderr)} ${messageOf(error)}\n`;
  process.stderr.write(forPeople(line, process.stderr));
  if (kind === 'usage')
    process.stderr.write('coxswain --help lists the verbs; coxswain VERB --help the options.\n');
  if (kind === 'defect' && error instanceof Error)
    process.stderr.write(`${error.stack}\nThis is a defect in coxswain; please report it.\n`);
  process.exitCode = exitCodeOf(error);
}
