import type { Place } from './edges.ts';
import { openingOf } from './openings.ts';
import { firstPoll, pollAtOrAfter, stagedTickSeconds } from './polling.ts';
import type { MissingReason } from './result.ts';
import type { Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';
import { windowAtOrAfter } from './windows.ts';

/** Follows one node from update to update, until it moves no more. */
export class NodeRun {
  readonly #scenario: Scenario;
  readonly #tally: Tally;
  readonly #node: number;
  readonly #wariness: number;
  readonly #gone: boolean;
  #position: number;
  #isOff: boolean;
  #poll: number;
  /** The last moment for which we know whether the node is off. */
  #known: number;
  #hasArrived = false;

  /**
   * @param node its number, for onMove
   * @param startPlace its first place; the number of places for a release that is in no graph
   */
  constructor(scenario: Scenario, tally: Tally, node: number, startPlace: number) {
    const { random, fleet, now } = scenario;
    this.#scenario = scenario;
    this.#tally = tally;
    this.#node = node;
    // The order of these draws decides what a seed means.
    this.#wariness = scenario.drawWariness();
    this.#gone = random.uniform() < fleet.gone;
    this.#isOff = scenario.off?.atStart() ?? false;
    this.#poll = now + firstPoll(random, fleet.poll);
    this.#position = startPlace;
    this.#known = now;
  }

  /** Counts in the tally what the node does. @param startVersion for a node that is in no graph */
  follow(startVersion: string): void {
    const { places, target } = this.#scenario;
    const start = places[this.#position];
    if (start !== undefined && start.age >= target.age) this.#arrive(0);
    let reason: MissingReason | undefined;
    while (reason === undefined) {
      const place = places[this.#position];
      if (place === undefined) reason = 'not in the graph';
      else if (place.deadend) reason = 'dead-end';
      else if (place.targets.length === 0) reason = 'no path';
      else if (this.#gone) reason = 'gone';
      else reason = this.#update(place);
    }
    if (!this.#hasArrived) this.#tally.miss(reason, places[this.#position]?.version ?? startVersion);
  }

  /** One update. Undefined if the node took it; otherwise the reason why it did not. */
  #update({ targets, version: from }: Place): MissingReason | undefined {
    const { places, random, fleet, until, schedule, off } = this.#scenario;
    let opening = Number.POSITIVE_INFINITY;
    for (const each of targets) opening = Math.min(opening, this.#seenOpening(places[each] as Place));
    if (opening === Number.POSITIVE_INFINITY) return 'never opened to it';
    this.#poll = pollAtOrAfter(random, this.#poll, opening, fleet.poll);
    for (;;) {
      if (!this.#waitUntilOn()) return this.#waits('off for now');
      if (this.#poll > until) return this.#waits('not its turn yet');
      const to = targets.find((each) => this.#seenOpening(places[each] as Place) <= this.#poll) as number;
      const offered = this.#poll;
      const reboot = rebootAfter(this.#scenario, this.#poll + fleet.staging);
      if (reboot > until) {
        return this.#waits(schedule === undefined ? 'not its turn yet' : 'no reboot window yet');
      }
      // A staged update is lost if the node goes off before it may reboot.
      if (off !== undefined && reboot > this.#known && off.at(false, reboot - this.#known)) {
        this.#known = reboot;
        this.#isOff = true;
        this.#poll = reboot;
        continue;
      }
      const booted = reboot + fleet.reboot;
      if (booted > until) return this.#waits('not its turn yet');
      this.#known = booted;
      this.#isOff = false;
      this.#poll = booted;
      this.#move(to, { from, offered, booted });
      return undefined;
    }
  }

  /** Moves the poll to a moment when the node is on. False if it is not on before the end. */
  #waitUntilOn(): boolean {
    const { off, until } = this.#scenario;
    if (off === undefined) return true;
    if (!off.at(this.#isOff, this.#poll - this.#known)) {
      this.#isOff = false;
      this.#known = this.#poll;
      return true;
    }
    this.#poll += Math.ceil(off.remaining());
    this.#isOff = false;
    this.#known = this.#poll;
    return this.#poll <= until;
  }

  #move(
    to: number,
    moved: { readonly from: string; readonly offered: number; readonly booted: number },
  ): void {
    const { places, target, now, onMove } = this.#scenario;
    const { version, age } = places[to] as Place;
    const seconds = moved.booted - now;
    this.#tally.move(this.#position, to, seconds);
    onMove?.({ node: this.#node, wariness: this.#wariness, to: version, ...moved });
    this.#position = to;
    if (!this.#hasArrived && age >= target.age) this.#arrive(seconds);
  }

  #arrive(seconds: number): void {
    this.#hasArrived = true;
    this.#tally.arrive(seconds);
  }

  #waits(reason: MissingReason): MissingReason {
    this.#tally.stillWaiting = true;
    return reason;
  }

  /** When the node can see that a release has opened: static graphs are as old as their last rendering. */
  #seenOpening(place: Place): number {
    const opening = openingOf(place.rollout, this.#wariness);
    const { publishEvery } = this.#scenario.fleet;
    return publishEvery > 0 ? Math.ceil(opening / publishEvery) * publishEvery : opening;
  }
}

/** The first moment at which Zincati checks and finds that a node with a staged update may reboot. */
function rebootAfter({ schedule, until, random }: Scenario, staged: number): number {
  if (schedule === undefined) return staged;
  let check = staged;
  while (check <= until) {
    const open = windowAtOrAfter(schedule, check);
    if (open === check) return check;
    if (open === Number.POSITIVE_INFINITY) return open;
    // A window that is shorter than the time between two checks may be missed.
    check = pollAtOrAfter(random, check, open, stagedTickSeconds);
  }
  return Number.POSITIVE_INFINITY;
}
