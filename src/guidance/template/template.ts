import Handlebars from 'handlebars';
import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { InputError, messageOf } from '../../host/errors.ts';
import { formatDuration, longestDuration, parseDuration } from '../../host/time.ts';
import { readDocument } from '../document.ts';
import { nullableEntryFields, type UpdateEntry, updateEntry } from '../metadata.ts';
import { rolloutEnd, rolloutProgress } from '../progress.ts';
import { findUnknownName, variableNames } from './names.ts';
import { parseWhen } from './template-times.ts';

const blockHelpers = ['if', 'unless', 'each', 'with'];
const ownHelpers = ['start', 'minutes', 'json'];
const rolloutFields: ReadonlySet<string> = new Set(['start_epoch', 'start_percentage', 'duration_minutes']);

// Stricter than reading updates.json: here a person writes a policy, and an unknown field is a mistake.
const policyEntry = updateEntry.superRefine(({ metadata }, context) => {
  const { rollout, barrier, deadend } = metadata;
  for (const key of Object.keys(rollout ?? {})) {
    if (rolloutFields.has(key)) continue;
    context.addIssue({
      code: 'custom',
      path: ['metadata', 'rollout', key],
      message: [...rolloutFields].join(', '),
      params: { problem: 'no such field in a rollout' },
    });
  }
  const minutes = rollout?.duration_minutes;
  if (rollout !== undefined && minutes === undefined && (rollout.start_percentage ?? 0) < 1) {
    context.addIssue({
      code: 'custom',
      path: ['metadata', 'rollout'],
      message: '"duration_minutes": {{minutes "48h"}}, or "start_percentage": 1.0 for every node at once',
      params: { problem: 'this rollout has no duration, so it would never be complete' },
    });
  }
  if (minutes !== undefined && minutes * 60 > longestDuration) {
    context.addIssue({
      code: 'custom',
      path: ['metadata', 'rollout', 'duration_minutes'],
      message: `at most ${longestDuration / 60} minutes`,
      params: { problem: 'this duration is too long' },
    });
  }
  if (deadend !== undefined) {
    context.addIssue({
      code: 'custom',
      path: ['metadata', 'deadend'],
      message: 'a rollout or a barrier',
      params: {
        problem: 'a new release cannot be a dead-end: no node on it would get an update again',
        remedy: 'Make a release a dead-end later, by coxswain edit-updates --action deadend.',
      },
    });
  }
  if (barrier !== undefined && deadend !== undefined) {
    context.addIssue({
      code: 'custom',
      path: ['metadata'],
      message: 'a barrier or a dead-end, not both',
      params: { problem: 'nodes must pass through a barrier, and cannot leave a dead-end' },
    });
  }
  if (rollout === undefined && barrier === undefined && deadend === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['metadata'],
      message: 'a rollout, a barrier or a deadend',
      params: { problem: 'this entry says nothing, so the release would never be offered' },
    });
  }
});

/**
 * Renders a fleet's rollout template into one entry of updates.json.
 *
 * Handlebars without HTML escaping; an unknown variable is an error, also in a branch that is not taken. Helpers:
 * `{{start "next tuesday 14:00 UTC"}}` (UNIX seconds, see parseWhen), `{{minutes "48h"}}`, `{{json value}}`.
 * @param options.where the template's file name, for messages
 * @param options.variables what the template may name; `version` is the release that the entry must be for
 * @param options.now UNIX seconds
 * @throws InputError with the template's line, or with the rendered text and the place in it
 */
export function renderTemplate(options: {
  readonly source: string;
  readonly where: string;
  readonly variables: Readonly<Record<string, unknown>> & { readonly version: string };
  readonly now: number;
}): UpdateEntry {
  const { source, where, variables, now } = options;
  const text = render(options);
  const entry = explained(text, () =>
    readDocument(policyEntry, text, { where: `${where} (rendered)`, nullable: nullableEntryFields }),
  ) as UpdateEntry;
  if (entry.version !== variables.version) {
    throw new InputError({
      where: `${where}${lineOf(source, '"version"')}`,
      field: 'version',
      problem: 'the entry is for another version than the release',
      found: entry.version,
      expected: JSON.stringify(variables.version),
      remedy: 'Write "version": "{{version}}".',
    });
  }
  const { rollout } = entry.metadata;
  const start = rollout?.start_epoch ?? 0;
  if (start > now + longestDuration) {
    throw new InputError({
      where: `${where}${lineOf(source, '"start_epoch"')}`,
      field: 'metadata.rollout.start_epoch',
      problem: `this rollout would start in ${formatDuration(start - now)}`,
      found: start,
      expected: `a start in the next ${formatDuration(longestDuration)}`,
    });
  }
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  if (rollout !== undefined && end !== undefined && end < now && rolloutProgress(rollout, end - 1) < 1) {
    throw new InputError({
      where: `${where}${lineOf(source, '"start_epoch"')}`,
      field: 'metadata.rollout',
      problem: 'this rollout would end before it begins: every node would be offered the release at once',
      found: rollout,
      remedy: 'Write "start_epoch": {{start "now"}}, or, if at once is meant, only "start_percentage": 1.0.',
    });
  }
  return entry;
}

function render({ source, where, variables, now }: Parameters<typeof renderTemplate>[0]): string {
  const handlebars = Handlebars.create();
  handlebars.unregisterHelper('log');
  const place = (options: unknown) => ({ where: `${where}${callPlace(options)}` });
  handlebars.registerHelper('start', (when: unknown, call: unknown) =>
    String(parseWhen(argument(when, call, 'a time', place), now, place(call))),
  );
  handlebars.registerHelper('minutes', (duration: unknown, call: unknown) => {
    const text = argument(duration, call, 'a duration', place);
    const seconds = parseDuration(text, place(call));
    if (seconds % 60 === 0 && seconds > 0) return String(seconds / 60);
    throw new InputError({ ...place(call), problem: 'not a number of whole minutes', found: text });
  });
  handlebars.registerHelper('json', (value: unknown, call: unknown) => {
    if (call !== undefined && value !== undefined) return JSON.stringify(value);
    throw new InputError({ ...place(call ?? value), problem: 'json needs a value' });
  });

  refuseDeepNesting(source, where);
  let program: hbs.AST.Program;
  try {
    program = handlebars.parse(source);
  } catch (error) {
    const message = messageOf(error);
    const line = /on line (\d+)|- (\d+):\d+$/.exec(message);
    throw new InputError({
      where: line === null ? where : `${where}:${line[1] ?? line[2]}`,
      problem: `not a Handlebars template: ${message.split('\n').slice(1).join(' | ') || message}`,
      // `{{x}}}` is another kind of bracket to Handlebars, and common in JSON.
      ...defined({
        remedy: /CLOSE_(?:RAW|UNESCAPED)/.test(message)
          ? 'Put a space between }} and a } of JSON.'
          : undefined,
      }),
    });
  }
  const unknown = findUnknownName(program, { variables, helpers: [...ownHelpers, ...blockHelpers] });
  if (unknown !== undefined) {
    const known = unknown.kind === 'helper' ? [...ownHelpers, ...blockHelpers] : variableNames(variables);
    throw new InputError({
      where: `${where}:${unknown.line}:${unknown.column}`,
      problem: unknown.kind === 'partial' ? 'partials are not supported' : `unknown ${unknown.kind}`,
      found: unknown.name,
      ...defined({ expected: unknown.kind === 'partial' ? undefined : `one of ${known.join(', ')}` }),
    });
  }
  try {
    return handlebars.compile(program, { strict: true, noEscape: true })(variables);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message = messageOf(error);
    const place = /- (\d+):(\d+)$/.exec(message);
    // Strict mode's own words for an unknown name, and for a list entry that is not an object.
    const name =
      /^"(.+)" not defined in /.exec(message) ?? /^Cannot use 'in' operator .* '(.+)' in /.exec(message);
    const line = place === null ? lineOf(source, name?.[1] ?? '\n') : `:${place[1]}:${Number(place[2]) + 1}`;
    throw new InputError(
      {
        where: `${where}${line}`,
        ...(name === null ? { problem: message } : { problem: 'unknown variable', found: name[1] }),
        expected: `one of ${variableNames(variables).join(', ')}`,
      },
      { cause: error },
    );
  }
}

// A policy is about one page of JSON. For much larger texts Handlebars takes minutes, or overflows the stack.
const longestTemplate = 64 * 1024;
const deepestNesting = 50;

/** @throws InputError for a template that Handlebars could not parse in reasonable time */
function refuseDeepNesting(source: string, where: string): void {
  if (source.length > longestTemplate) {
    throw new InputError({
      where,
      problem: 'this template is too long',
      found: `${source.length} characters`,
      expected: `at most ${longestTemplate}`,
    });
  }
  let depth = 0;
  for (const { 0: found, index } of source.matchAll(/\{\{~?[#/]|[()[\]]/g)) {
    depth += /[#([]$/.test(found) ? 1 : -1;
    if (depth <= deepestNesting) continue;
    throw new InputError({
      where: `${where}:${source.slice(0, index).split('\n').length}`,
      problem: 'blocks are nested too deeply',
      expected: `at most ${deepestNesting} levels`,
    });
  }
}

/** Handlebars passes its options object last, so if an argument is missing, the options are in its place. */
function argument(
  value: unknown,
  call: unknown,
  expected: string,
  place: (call: unknown) => { where: string },
): string {
  if (call !== undefined && (typeof value === 'string' || typeof value === 'number')) return String(value);
  throw new InputError({ ...place(call ?? value), problem: `this helper needs ${expected} in quotes` });
}

const callOptions = z.object({
  loc: z.object({ start: z.object({ line: z.number(), column: z.number() }) }),
});

function callPlace(options: unknown): string {
  const call = callOptions.safeParse(options);
  return call.success ? `:${call.data.loc.start.line}:${call.data.loc.start.column + 1}` : '';
}

/** `:3` when a text is first found in line 3 */
function lineOf(source: string, text: string): string {
  const index = source.indexOf(text);
  return index < 0 ? '' : `:${source.slice(0, index).split('\n').length}`;
}

/** Adds the rendered text, with line numbers, to an error about it. */
function explained<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const lines = text.trimEnd().split('\n');
    const width = String(lines.length).length;
    const numbered = lines.map((line, index) => `  ${String(index + 1).padStart(width)} | ${line}`);
    const remedy = [error.details.remedy, `The template rendered to:\n${numbered.join('\n')}`];
    throw new InputError(
      { ...error.details, remedy: remedy.filter((part) => part !== undefined).join(' ') },
      { cause: error },
    );
  }
}
