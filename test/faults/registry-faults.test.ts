import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useMemory } from '../support/in-memory.ts';
import { useRegistry } from '../support/registry.ts';
import { concerns, type Fault, type FaultProxy, faults, lies, startFaultProxy } from './proxy.ts';
import { brokenInvariants, look } from './reader.ts';
import { createStage, type Stage, verbs } from './stage.ts';

// Every request of a verb is disturbed. After each disturbance nothing wrong can be seen from outside, and a second
// run of the verb leaves what an undisturbed run leaves.

/** COXSWAIN_FAULTS=all tries every fault at every request: some minutes. */
const everything = process.env.COXSWAIN_FAULTS === 'all';

/**
 * A crash before and after each write, a false "not found" to each read, a wrong list for each list, and a lost write
 * are always tried; the other faults take turns.
 */
function faultsAt(request: number, method: string, path: string): readonly Fault[] {
  const told = lies.filter((lie) => concerns(lie, method, path));
  if (everything) return [...faults, ...told];
  const turns = ['error', 'cut', 'delay', 'wrong digest', 'web page', 'lost answer'] as const;
  const isList = told.includes('stale list');
  const always = told.filter((lie) => lie !== 'empty answer' || isList || request % 3 === 0);
  const crash = /^(PUT|DELETE)$/.test(method) ? (['outage'] as const) : [];
  return [...always, ...crash, ...(request % 2 === 0 ? [turns[(request / 2) % turns.length] as Fault] : [])];
}

useMemory();
const registry = useRegistry();
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(() => registry.host);
});
afterAll(() => proxy.stop());

/** Runs the verb undisturbed: how many requests that takes, and what it leaves. */
async function undisturbed(stage: Stage) {
  stage.reset();
  proxy.disarm();
  await stage.run();
  const { requests, paths } = proxy;
  expect(await brokenInvariants(stage.place, stage.before)).toEqual([]);
  const end = await look(stage.place);
  expect(end, 'a stage on which the verb has something to do').not.toEqual(stage.before);
  return { requests, paths, end };
}

describe.each(verbs)('%s, disturbed at each of its requests', (verb) => {
  it('breaks no invariant, and a second run ends in the same state', async () => {
    const stage = await createStage(registry, proxy, verb);
    const { requests, paths, end } = await undisturbed(stage);
    const broken: string[] = [];
    let points = 0;
    let failed = 0;
    for (const [index, method] of requests.entries()) {
      const at = index + 1;
      for (const fault of faultsAt(at, method, paths[index] ?? '')) {
        const where = `${fault} at request ${at} of ${requests.length} (${method} ${paths[index]})`;
        stage.reset();
        proxy.arm(fault, at);
        points += 1;
        const error: unknown = await stage.run().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error !== undefined) {
          failed += 1;
          expect(error, where).toMatchObject({ name: expect.stringMatching(/^(Input|Outside)Error$/) });
        }
        proxy.disarm();
        for (const each of await brokenInvariants(stage.place, stage.before))
          broken.push(`${where}: ${each}`);
        await stage.run().catch((thrown: unknown) => broken.push(`${where}: run again: ${String(thrown)}`));
        const last = await look(stage.place).catch((thrown: unknown) => String(thrown));
        if (!isDeepStrictEqual(last, end)) broken.push(`${where}: another end`);
      }
    }
    console.log(
      `${verb}: ${points} injection points at ${requests.length} requests; ${failed} runs failed; ${broken.length} wrong`,
    );
    expect(broken).toEqual([]);
    // A delay harms no run, and a second witness corrects some lies. Many runs must have noticed the other faults.
    expect(failed).toBeGreaterThan(points * 0.3);
  }, 2_400_000);

  it('recovers from each single failure if it may try again', async () => {
    const stage = await createStage(registry, proxy, verb);
    const { requests, end } = await undisturbed(stage);
    const passing = ['error', 'lost answer', 'cut'] as const;
    for (let at = 1; at <= requests.length; at += 1) {
      const fault = passing[at % passing.length] as Fault;
      stage.reset();
      proxy.arm(fault, at);
      await stage.run({ retryDelays: [1, 1] });
      proxy.disarm();
      expect(await look(stage.place), `${fault} at request ${at} of ${requests.length}`).toEqual(end);
    }
  }, 2_400_000);
});
