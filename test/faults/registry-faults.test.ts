import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useRegistry } from '../support/registry.ts';
import { type Fault, type FaultProxy, faults, startFaultProxy } from './proxy.ts';
import { brokenInvariants, look } from './reader.ts';
import { createStage, type Stage, verbs } from './stage.ts';

// Every request of a verb is disturbed. After each disturbance whoever looks from outside sees nothing wrong, and the
// same verb run again leaves what an undisturbed run leaves.

// A registry flushes each file to the disk; here it is started some hundred times less than it is written to.
if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';

/** COXSWAIN_FAULTS=all tries every fault at every request: some minutes. */
const everything = process.env.COXSWAIN_FAULTS === 'all';

/**
 * A crash before and after each write, and a wrong "not there" to each question, are always tried; the other faults
 * take turns.
 */
function faultsAt(request: number, method: string): readonly Fault[] {
  if (everything) return faults;
  const turns = ['error', 'cut', 'delay', 'wrong digest'] as const;
  const asks = method === 'GET' || method === 'HEAD';
  return [
    ...(asks ? (['web page'] as const) : (['outage', 'lost answer'] as const)),
    turns[request % turns.length] as Fault,
  ];
}

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
  const { requests } = proxy;
  expect(await brokenInvariants(stage.place, stage.before)).toEqual([]);
  const end = await look(stage.place);
  expect(end, 'a stage on which the verb has something to do').not.toEqual(stage.before);
  return { requests, end };
}

describe.each(verbs)('%s, disturbed at each of its requests', (verb) => {
  it('breaks no invariant, and gets to the same end when run again', async () => {
    const stage = await createStage(registry, proxy, verb);
    const { requests, end } = await undisturbed(stage);
    let points = 0;
    let failed = 0;
    for (const [index, method] of requests.entries()) {
      const at = index + 1;
      for (const fault of faultsAt(at, method)) {
        const where = `${fault} at request ${at} of ${requests.length} (${method})`;
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
        expect(await brokenInvariants(stage.place, stage.before), where).toEqual([]);
        await stage.run();
        expect(await look(stage.place), where).toEqual(end);
      }
    }
    // Delays harm no run, and some answers are not looked into; most runs must have noticed.
    expect(failed).toBeGreaterThan(points * 0.6);
    console.log(
      `${verb}: ${points} injection points at ${requests.length} requests; ${failed} runs failed; no invariant broke, no end state differed`,
    );
  }, 600_000);

  it('gets over each single failure by itself where it may try again', async () => {
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
  }, 600_000);
});
