import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeLie, pointsOf, runUndisturbed } from '../first-day/judge.ts';
import { rows } from '../first-day/verbs.ts';
import { createWorld, type World } from '../first-day/world.ts';
import { useMemory } from '../support/in-memory.ts';
import { useRegistry } from '../support/registry.ts';
import { type FaultProxy, lies, startFaultProxy } from './proxy.ts';

// Every verb that asks a registry, with each lie in turn: "not there", nothing, an old list, a write that is confirmed and not
// done. It refuses, or gets to the same end when it is run again; nothing is lost.

/** COXSWAIN_FAULTS=all plants every lie at every request: half an hour. COXSWAIN_VERBS=a,b: only about these. */
const everything = process.env.COXSWAIN_FAULTS === 'all';
const only = process.env.COXSWAIN_VERBS?.split(',');

/** Otherwise the last request that a lie can be about, for verbs that write; registry-faults.test.ts has the others. */
const sampled = ['edit-updates withdraw', 'roll-back', 'sign-image', 'restore-state', 'open-promotion'];

useMemory();
const registry = useRegistry();
let proxy: FaultProxy;
let world: World;
beforeAll(async () => {
  proxy = await startFaultProxy(() => registry.host);
  world = await createWorld(registry, proxy);
}, 300_000);
afterAll(async () => {
  world?.stop();
  await proxy?.stop();
});

const told = rows.filter(({ name }) => only?.includes(name) ?? (everything || sampled.includes(name)));

describe.each(told)('$name, lied to', (row) => {
  it('loses nothing, and gets to the same end', async () => {
    const known = await runUndisturbed(world, row);
    const lost: string[] = [];
    const count = { right: 0, refused: 0, 'finished after running again': 0, lost: 0 };
    for (const lie of lies) {
      const points = pointsOf(lie, known, Number.POSITIVE_INFINITY);
      for (const at of everything ? points : points.slice(-1)) {
        const { verdict, note } = await judgeLie(world, row, lie, at, known);
        count[verdict] += 1;
        if (verdict === 'lost') lost.push(note ?? `${lie} at request ${at}`);
      }
    }
    const parts = Object.entries(count).map(([verdict, times]) => `${times} ${verdict}`);
    console.log(`${row.name}: ${known.requests.length} requests; ${parts.join(', ')}`);
    expect(lost).toEqual([]);
  }, 3_600_000);
});
