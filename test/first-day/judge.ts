import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../../src/host/errors.ts';
import { concerns, type Lie } from '../faults/proxy.ts';
import type { Situation } from './situations.ts';
import type { Row } from './verbs.ts';
import { type Answer, now, runVerb, type Sight, timeless, type World } from './world.ts';

/** From the best to the worst. */
export const verdicts = ['right', 'refused', 'finished after running again', 'lost'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Judgement {
  readonly verdict: Verdict;
  /** What is lost, or why the verdict is right. */
  readonly note?: string;
}

/** A verb in a fresh clone: what every other run is compared with. */
export interface Undisturbed {
  readonly before: Sight;
  readonly end: Sight;
  readonly text: string;
  readonly exitCode: number | undefined;
  /** Undefined for a verb that fails here too, with that message. */
  readonly error: string | undefined;
  /** What is missing before, and what it removes on purpose. */
  readonly losses: readonly string[];
  readonly requests: readonly { readonly method: string; readonly path: string }[];
}

/** Exit code 1 is an answer for a verb that also answers so in a fresh clone, such as explain of two images. */
const failed = ({ error, outcome }: Answer, known: Undisturbed) =>
  error !== undefined || (outcome?.exitCode === 1 && known.exitCode !== 1);
const messageOf = ({ error, outcome }: Answer) =>
  timeless(error === undefined ? (outcome?.text ?? '') : String(error));

async function arrange(world: World, { at, prepare }: Row): Promise<void> {
  world.reset(at);
  world.proxy.disarm();
  await prepare?.(world);
}

export async function runUndisturbed(world: World, row: Row): Promise<Undisturbed> {
  await arrange(world, row);
  const before = await world.see();
  const missing = await world.losses(before, before);
  const answer = await runVerb(world, row.verb, row.args, now, row);
  const requests = world.proxy.requests.map((method, index) => ({
    method,
    path: world.proxy.paths[index] ?? '',
  }));
  const end = await world.see();
  const { error } = answer;
  if (error instanceof UsageError) throw new Error(`the row ${row.name} never runs: ${error.message}`);
  return {
    before,
    end,
    text: messageOf(answer),
    exitCode: answer.outcome?.exitCode,
    error: error === undefined ? undefined : String(error),
    losses: [...missing, ...(await world.losses(before, end))],
    requests,
  };
}

/** Tests a verb while something is missing or wrong the whole time. */
export async function judgeSituation(
  world: World,
  row: Row,
  situation: Situation,
  known: Undisturbed,
): Promise<Judgement> {
  await arrange(world, row);
  await situation.arrange(world);
  const before = await world.see();
  const already = await world.losses(before, before);
  const folder = situation.emptyFolder === true ? mkdtempSync(join(tmpdir(), 'coxswain-empty-')) : undefined;
  const answer = await runVerb(world, row.verb, row.args, now, {
    ...row,
    ...(folder === undefined ? {} : { folder }),
  });
  const after = await world.see();
  const excused = new Set([...already, ...known.losses]);
  const losses = (await world.losses(before, after)).filter((loss) => !excused.has(loss));
  const left = folder === undefined ? [] : readdirSync(folder);
  if (folder !== undefined) rmSync(folder, { recursive: true });
  if (losses.length > 0) return { verdict: 'lost', note: losses.join('; ') };
  const excuse = row.otherwise?.[situation.name];
  if (failed(answer, known)) {
    if (!isKnownError(answer)) return { verdict: 'lost', note: `crashed: ${messageOf(answer)}` };
    if (left.length > 0) return { verdict: 'lost', note: `refused, and left ${left.join(', ')}` };
    return { verdict: 'refused', note: messageOf(answer).split('\n')[0] ?? '' };
  }
  if (excuse !== undefined) return { verdict: 'right', note: excuse };
  const same =
    messageOf(answer) === known.text &&
    isDeepStrictEqual(changes(before, after), changes(known.before, known.end));
  return same
    ? { verdict: 'right' }
    : { verdict: 'lost', note: `believed, without an error: ${messageOf(answer)}` };
}

/** Tests a verb whose at-th request (the first is 1) gets a wrong answer. */
export async function judgeLie(
  world: World,
  row: Row,
  lie: Lie,
  at: number,
  known: Undisturbed,
): Promise<Judgement> {
  await arrange(world, row);
  world.proxy.arm(lie, at);
  const answer = await runVerb(world, row.verb, row.args, now, row);
  world.proxy.disarm();
  const after = await world.see();
  const losses = (await world.losses(known.before, after)).filter((loss) => !known.losses.includes(loss));
  const { method = '', path = '' } = known.requests[at - 1] ?? {};
  const where = `${lie} at request ${at} of ${known.requests.length} (${method} ${path.replace(/sha256:(.{8})\w+/, '$1')})`;
  if (losses.length > 0) return { verdict: 'lost', note: `${where}: ${losses.join('; ')}` };
  if (failed(answer, known)) {
    if (!isKnownError(answer)) return { verdict: 'lost', note: `${where}: crashed: ${messageOf(answer)}` };
    if (isDeepStrictEqual(after, known.before)) return { verdict: 'refused' };
    await runVerb(world, row.verb, row.args, now, row);
    return isDeepStrictEqual(await world.see(), known.end)
      ? { verdict: 'finished after running again' }
      : { verdict: 'lost', note: `${where}: another end, after running again` };
  }
  if (!isDeepStrictEqual(after, known.end)) {
    await runVerb(world, row.verb, row.args, now, row);
    const end = await world.see();
    return isDeepStrictEqual(end, known.end)
      ? { verdict: 'finished after running again', note: `${where}: believed at first` }
      : { verdict: 'lost', note: `${where}: believed: ${difference(end, known.end)}` };
  }
  const reads = isDeepStrictEqual(known.before, known.end);
  return reads && messageOf(answer) !== known.text && row.otherwise?.[lie] === undefined
    ? { verdict: 'lost', note: `${where}: another answer, without an error` }
    : { verdict: 'right' };
}

/** The requests that can get this wrong answer; at most this many, evenly spread. */
export function pointsOf(lie: Lie, { requests }: Undisturbed, most: number): number[] {
  const all = requests.flatMap(({ method, path }, index) => (concerns(lie, method, path) ? [index + 1] : []));
  const step = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function isKnownError({ error }: Answer): boolean {
  return error === undefined || (error instanceof Error && /^(Input|Outside|Usage)Error$/.test(error.name));
}

type Changes = Readonly<Record<string, string | undefined>>;

function flat(sight: Sight): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sight).flatMap(([kind, entries]) =>
      Object.entries(entries as Record<string, unknown>).map(([key, value]) => [
        `${kind} ${key}`,
        JSON.stringify(value),
      ]),
    ),
  );
}

function changes(before: Sight, after: Sight): Changes {
  const [one, other] = [flat(before), flat(after)];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return Object.fromEntries(keys.filter((key) => one[key] !== other[key]).map((key) => [key, other[key]]));
}

function difference(after: Sight, end: Sight): string {
  return Object.keys(changes(after, end)).slice(0, 4).join(', ');
}
