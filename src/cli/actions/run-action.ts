import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { defined } from '../../host/defined.ts';
import { InputError, messageOf } from '../../host/errors.ts';
import { codeBlock, plainText } from '../../host/markdown.ts';
import { runAgainAsRoot } from '../../host/root.ts';
import type { Inputs } from '../inputs.ts';
import { needsRoot, type Outcome, type Verb } from '../verb.ts';
import { inWordsOfActions, readActionInputs } from './action-inputs.ts';
import { hintFor } from './hints.ts';
import { createActionLog, harmless } from './workflow-log.ts';

/**
 * Runs a verb as the step of a workflow: inputs from `COXSWAIN_INPUTS`, answers to outputs, the job summary and
 * annotations.
 * @returns the exit code
 */
export async function runAsAction(name: string, verb: Verb, env: NodeJS.ProcessEnv): Promise<number> {
  const json = env.COXSWAIN_INPUTS ?? '{}';
  for (const secret of secretsIn(json, env)) core.setSecret(secret);
  try {
    const code = needsRoot(verb, env) ? await runAgainAsRoot() : undefined;
    if (code !== undefined) return code;
  } catch (error) {
    await tellError(name, error, { inputs: verb.inputs, directory: directoryOf(json), env });
    return 1;
  }
  // Programs that verbs start inherit the environment, so what is read is removed from it.
  delete env.COXSWAIN_INPUTS;
  try {
    const values = readActionInputs(verb.inputs, json);
    const warnings: string[] = [];
    const log = createActionLog({ verbose: core.isDebug(), onWarn: (message) => warnings.push(message) });
    const outcome = await verb.run(values, { log, env, now: readClock(env) });
    process.stdout.write(`${harmless(outcome.text).trimEnd()}\n`);
    await tell(name, verb, outcome, env);
    if (warnings.length > 0) await addSummary(warnings.map(alert).join('\n\n'), env);
    return outcome.exitCode ?? 0;
  } catch (error) {
    await tellError(name, error, { inputs: verb.inputs, directory: directoryOf(json), env });
    return 1;
  }
}

/** A warning as GitHub shows one in Markdown. */
function alert(message: string): string {
  return `> [!WARNING]\n${message
    .split('\n')
    .map((line) => `> ${plainText(line)}`)
    .join('\n')}`;
}

/** The current time, or the one that a rehearsal pretends. */
export function readClock(env: NodeJS.ProcessEnv): () => number {
  const pretended = Number(env.COXSWAIN_NOW ?? '');
  return () => (pretended > 0 ? pretended : Math.floor(Date.now() / 1000));
}

async function tell(name: string, verb: Verb, outcome: Outcome, env: NodeJS.ProcessEnv): Promise<void> {
  for (const [output, { of }] of Object.entries(verb.outputs ?? {})) {
    core.setOutput(output, of(outcome.data) ?? '');
  }
  for (const [variable, value] of Object.entries(outcome.environment ?? {})) {
    core.exportVariable(variable, value);
  }
  if (outcome.summary !== undefined) await addSummary(outcome.summary, env);
  for (const { level, title, message, file, line } of outcome.annotations ?? []) {
    const annotate = level === 'error' ? core.error : core.warning;
    annotate(harmless(message), {
      title,
      ...defined({ file, startLine: line }),
    });
  }
  const told = outcome.annotations?.some(({ level }) => level === 'error') === true;
  const [headline = 'the answer is no'] = outcome.text.split('\n');
  if ((outcome.exitCode ?? 0) !== 0 && !told) core.error(harmless(headline), { title: name });
}

async function tellError(
  name: string,
  error: unknown,
  from: { readonly inputs: Inputs; readonly directory: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const told = messageOf(error);
  const hint = hintFor(told);
  const message = harmless(inWordsOfActions(hint === undefined ? told : `${told} ${hint}`, from.inputs));
  const where = error instanceof InputError ? error.details.where : undefined;
  const listed = message
    .split('\n')
    .flatMap((line) => /^ +(\S+:\d+:\d+): (.*)$/.exec(line)?.slice(1, 3) ?? []);
  if (where === undefined || listed.length === 0) {
    core.error(message, { title: name, ...(await placeOf(where ?? '', from.directory)) });
  } else {
    process.stdout.write(`${message}\n`);
    for (let at = 0; at < listed.length; at += 2) {
      core.error(listed[at + 1] as string, {
        title: name,
        ...(await placeOf(listed[at] as string, from.directory)),
      });
    }
  }
  const known = error instanceof Error && ['InputError', 'OutsideError', 'UsageError'].includes(error.name);
  if (!known && error instanceof Error) {
    process.stdout.write(`${harmless(error.stack ?? '')}\nThis is a defect in coxswain; please report it.\n`);
  }
  await addSummary(`### ${name} did not run\n\n${codeBlock(message)}`, from.env);
}

/** GitHub accepts at most one mebibyte from a step, and drops a larger text completely. */
const summaryCharacters = 300_000;

async function addSummary(markdown: string, env: NodeJS.ProcessEnv): Promise<void> {
  if ((env.GITHUB_STEP_SUMMARY ?? '') === '') return;
  const cut = markdown.length > summaryCharacters;
  const text = cut ? `${markdown.slice(0, summaryCharacters)}\n\n(cut: the log has the rest)` : markdown;
  await core.summary.addRaw(`${text.trimEnd()}\n\n`).write();
}

/** `coxswain.yaml:3:5` as the properties of an annotation, if the checkout has such a file. */
async function placeOf(where: string, directory: string): Promise<core.AnnotationProperties> {
  const [, path, line, column] = /^([^:\s][^:]*?)(?::(\d+))?(?::(\d+))?$/.exec(where) ?? [];
  if (path === undefined || path.startsWith('/')) return {};
  const file = join(directory, path);
  const isThere = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere) return {};
  return {
    file,
    ...defined({
      startLine: line === undefined ? undefined : Number(line),
      startColumn: column === undefined ? undefined : Number(column),
    }),
  };
}

/** The token, and inputs whose names say that they are passwords. */
function secretsIn(json: string, env: NodeJS.ProcessEnv): string[] {
  const passwords = [...json.matchAll(/"[a-z-]*password"\s*:\s*("(?:[^"\\]|\\.)*")/g)].map(([, text = '']) =>
    String(JSON.parse(text)),
  );
  return [env.GITHUB_TOKEN ?? '', ...passwords].filter((secret) => secret.trim() !== '');
}

/** The input `directory`, also if other inputs are wrong. */
function directoryOf(json: string): string {
  try {
    const { directory }: { directory?: unknown } = JSON.parse(json);
    return typeof directory === 'string' && directory !== '' ? directory : '.';
  } catch {
    return '.';
  }
}
