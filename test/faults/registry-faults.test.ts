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

/** A verb with more requests has only so many of those disturbed that ask or write the same kind of thing. */
const many = 100;
const sameKind = 3;

/** Requests of the same kind differ by their digest or tag alone. */
function kindOf(method: string, path: string): string {
  return `${method} ${path.replaceAll(/sha256[:-][0-9a-f]{64}|(?<=\/manifests\/)[^/?]+|uploads\/[^?]*/g, '')}`;
}

/**
 * The requests that are disturbed, the first is 1. A verb that looks at each image of a repository asks the same a hundred
 * times; of those the first and the last ones are taken, because what a run begins and what it ends differ.
 */
function disturbedRequests(requests: readonly string[], paths: readonly string[]): number[] {
  if (everything || requests.length <= many) return requests.map((_, index) => index + 1);
  const groups = new Map<string, number[]>();
  for (const [index, method] of requests.entries()) {
    const kind = kindOf(method, paths[index] ?? '');
    groups.set(kind, [...(groups.get(kind) ?? []), index]);
  }
  return [...groups.values()]
    .flatMap((each) =>
      each.filter((_, at) => at < sameKind / 2 || at >= each.length - Math.floor(sameKind / 2)),
    )
    .map((index) => index + 1)
    .sort((a, b) => a - b);
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
    for (const at of disturbedRequests(requests, paths)) {
      const [method = '', path = ''] = [requests[at - 1], paths[at - 1]];
      for (const fault of faultsAt(at, method, path)) {
        const where = `${fault} at request ${at} of ${requests.length} (${method} ${path})`;
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
        // What was under way when the run ended has an end, too: the state that is judged no longer changes.
        await proxy.settled();
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
    // At once: a reporter shows what was expected only at the end of all files.
    for (const each of broken) console.log(`wrong: ${each}`);
    expect(broken).toEqual([]);
    // A delay harms no run, and a second witness corrects some lies. Many runs must have noticed the other faults.
    expect(failed).toBeGreaterThan(points * 0.3);
  }, 2_400_000);

  it('recovers from each single failure if it may try again', async () => {
    const stage = await createStage(registry, proxy, verb);
    const { requests, paths, end } = await undisturbed(stage);
    const passing = ['error', 'lost answer', 'cut'] as const;
    for (const at of disturbedRequests(requests, paths)) {
      const fault = passing[at % passing.length] as Fault;
      stage.reset();
      proxy.arm(fault, at);
      await stage.run({ retryDelays: [1, 1] });
      proxy.disarm();
      expect(await look(stage.place), `${fault} at request ${at} of ${requests.length}`).toEqual(end);
    }
  }, 2_400_000);
});
