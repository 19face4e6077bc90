import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRetryDelays } from '../../src/world/registry/retries.ts';
import { type FaultProxy, lies, startFaultProxy } from '../faults/proxy.ts';
import { useMemory } from '../support/in-memory.ts';
import { useRegistry } from '../support/registry.ts';
import {
  type Judgement,
  judgeLie,
  judgeSituation,
  pointsOf,
  runUndisturbed,
  type Verdict,
  verdicts,
} from './judge.ts';
import { situations } from './situations.ts';
import { rows, without } from './verbs.ts';
import { createWorld, type World } from './world.ts';

// Each verb, where something is missing or where the registry lies: it does what it was asked to, refuses, or
// finishes when it is run again. Nothing that was published is lost.

/** A sample. test/faults/lies.test.ts plants every lie at every request with COXSWAIN_FAULTS=all. */
const most = (lie: (typeof lies)[number]) => (lie === 'false 404' ? 3 : 1);

useMemory();
// A registry that lies is asked again after a pause. How long it is does not matter here.
const pauses = [...defaultRetryDelays];
beforeAll(
  () => void (defaultRetryDelays as number[]).splice(0, pauses.length, ...pauses.map((each) => each / 50)),
);
afterAll(() => void (defaultRetryDelays as number[]).splice(0, pauses.length, ...pauses));
const registry = useRegistry();
let proxy: FaultProxy;
let world: World;
const table = new Map<string, string[]>();

beforeAll(async () => {
  proxy = await startFaultProxy(() => registry.host);
  world = await createWorld(registry, proxy);
}, 300_000);
afterAll(async () => {
  world?.stop();
  await proxy?.stop();
  console.log(formatTable(['verb', ...situations.map(({ name }) => name), ...lies], [...table]));
});

it('has a row for every verb that asks a remote or a registry', () => {
  const folder = fileURLToPath(new URL('../../src/verbs', import.meta.url));
  const verbs = readdirSync(folder).map((file) => file.replace('.ts', ''));
  const named = new Set([...rows.map(({ name }) => name.split(' ')[0]), ...Object.keys(without)]);
  expect(verbs.filter((verb) => !named.has(verb))).toEqual([]);
});

describe.each(rows)('$name', (row) => {
  it('loses nothing, whatever is missing and whatever the registry says', async () => {
    const known = await runUndisturbed(world, row);
    const cells: string[] = [];
    const lost: string[] = [];
    const note = (column: string, what = '') => lost.push(`${row.name}, ${column}: ${what}`);
    for (const situation of situations) {
      const judged = await judgeSituation(world, row, situation, known);
      cells.push(judged.verdict);
      if (judged.verdict === 'lost') note(situation.name, judged.note);
    }
    for (const lie of lies) {
      const judged: Judgement[] = [];
      for (const at of pointsOf(lie, known, most(lie)))
        judged.push(await judgeLie(world, row, lie, at, known));
      cells.push(summary(judged.map(({ verdict }) => verdict)));
      for (const each of judged) if (each.verdict === 'lost') note(lie, each.note);
    }
    table.set(row.name, cells);
    console.log([row.name, ...cells].join(' | '));
    // A row that is refused in a fresh clone tests nothing.
    expect(known.error).toBeUndefined();
    expect(lost).toEqual([]);
  }, 3_600_000);
});

/** The verdicts of one cell and their numbers, the worst last. */
function summary(judged: readonly Verdict[]): string {
  if (judged.length === 0) return '–';
  const short: Readonly<Record<Verdict, string>> = {
    right: 'right',
    refused: 'refused',
    'finished after running again': 'again',
    lost: 'LOST',
  };
  return verdicts
    .map((verdict) => [short[verdict], judged.filter((each) => each === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(', ');
}

function formatTable(
  headings: readonly string[],
  body: readonly (readonly [string, readonly string[]])[],
): string {
  const lines = [headings, ...body.map(([name, cells]) => [name, ...cells])];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
