import { isKept } from './distinct-sample.ts';
import type { NodeKey } from './node-key.ts';

/** One request of a node. */
export interface Sighting {
  /** UNIX seconds, inside the window of the table. */
  time: number;
  /** 0 for an image that the fleet does not know, otherwise the position in the release index and 1. */
  release: number;
  /** For release 0: number of the name that the node gives its image. */
  other: number;
  /** Number of the ring and the architecture. */
  place: number;
}

export interface NodeTableOptions {
  /** More nodes than this are sampled. */
  readonly limit: number;
  /** UNIX seconds: the time that the table begins with. */
  readonly from: number;
  /** Days for which the newest release of each node is kept; 0: none. */
  readonly days: number;
  /** For each curve, oldest first: its release as in Sighting. */
  readonly curves: readonly number[];
}

const daySeconds = 86_400;
const firstCapacity = 1024;

/**
 * What is known about each node, in columns of numbers. Every column is the least or the greatest of what was seen, so
 * neither the order of requests nor seeing one twice makes a difference. Above the limit only nodes with a hash below
 * a threshold are kept (see distinct-sample.ts).
 */
export class NodeTable {
  readonly firstDay: number;
  readonly days: number;
  readonly curves: readonly number[];
  readonly #limit: number;
  #slots = new Int32Array(2 * firstCapacity).fill(-1);
  #capacity = firstCapacity;
  /** Nodes that are kept: rows 0 to size - 1. */
  size = 0;
  /** Each kept node stands for 2^level nodes. */
  level = 0;
  /** Rows were moved or removed this often: numbers of rows from before are wrong. */
  generation = 0;

  high = new Uint32Array(firstCapacity);
  low = new Uint32Array(firstCapacity);
  /** UNIX seconds of the first and the last request. */
  first = new Uint32Array(firstCapacity);
  last = new Uint32Array(firstCapacity);
  /** What the last request said, as in Sighting. */
  release = new Uint16Array(firstCapacity);
  other = new Uint16Array(firstCapacity);
  place = new Uint16Array(firstCapacity);
  /** The newest release that was seen, and the last request from it. */
  top = new Uint16Array(firstCapacity);
  topLast = new Uint32Array(firstCapacity);
  /** For each day: 0 for not seen, otherwise the newest release as in Sighting, and 1. */
  byDay: Uint16Array;
  /** For each curve: UNIX seconds of the first request from that release or a newer one; 0 for never. */
  arrivals: Uint32Array;

  constructor({ limit, from, days, curves }: NodeTableOptions) {
    this.#limit = limit;
    this.firstDay = Math.floor(from / daySeconds);
    // A window that begins in the middle of a day touches one day more.
    this.days = days === 0 ? 0 : days + 1;
    this.curves = curves;
    this.byDay = new Uint16Array(firstCapacity * this.days);
    this.arrivals = new Uint32Array(firstCapacity * curves.length);
  }

  /** The row of a node; it is added if it is new. @returns -1 if the node is not in the sample */
  rowOf({ high, low }: NodeKey): number {
    if (!isKept(high, this.level)) return -1;
    const mask = this.#slots.length - 1;
    let slot = low & mask;
    for (; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] as number;
      if (row < 0) break;
      if (this.high[row] === high && this.low[row] === low) return row;
    }
    if (this.size >= this.#limit) {
      this.#halve();
      return this.rowOf({ high, low });
    }
    if (this.size === this.#capacity) {
      this.#grow();
      return this.rowOf({ high, low });
    }
    const row = this.size;
    this.size += 1;
    this.#slots[slot] = row;
    this.high[row] = high;
    this.low[row] = low;
    return row;
  }

  /** Records a request of the node in this row. */
  see(row: number, { time, release, other, place }: Sighting): void {
    const last = this.last[row] as number;
    if (last === 0 || time < (this.first[row] as number)) this.first[row] = time;
    if (time > last || (time === last && this.#isGreater(row, release, other, place))) {
      this.last[row] = time;
      this.release[row] = release;
      this.other[row] = other;
      this.place[row] = place;
    }
    const top = this.top[row] as number;
    if (release > top) {
      this.top[row] = release;
      this.topLast[row] = time;
    } else if (release === top && time > (this.topLast[row] as number)) this.topLast[row] = time;
    if (this.days > 0) {
      const at = row * this.days + Math.floor(time / daySeconds) - this.firstDay;
      if (release + 1 > (this.byDay[at] as number)) this.byDay[at] = release + 1;
    }
    if (release > 0) this.#arrive(row, time, release);
  }

  /** Removes nodes whose last request is older. @param time UNIX seconds */
  forgetBefore(time: number): void {
    this.#keep((row) => (this.last[row] as number) >= time);
  }

  #arrive(row: number, time: number, release: number): void {
    const { curves } = this;
    for (let curve = curves.length - 1; curve >= 0; curve -= 1) {
      if (release < (curves[curve] as number)) continue;
      const at = row * curves.length + curve;
      const known = this.arrivals[at] as number;
      // A node that reached a release has reached all older ones by then.
      if (known !== 0 && known <= time) return;
      this.arrivals[at] = time;
    }
  }

  /** Of two requests in one second, the greater one counts: any rule does, but it must not depend on their order. */
  #isGreater(row: number, release: number, other: number, place: number): boolean {
    const difference =
      release - (this.release[row] as number) ||
      other - (this.other[row] as number) ||
      place - (this.place[row] as number);
    return difference > 0;
  }

  #halve(): void {
    while (this.size >= this.#limit) {
      this.level += 1;
      this.#keep((row) => isKept(this.high[row] as number, this.level));
    }
  }

  #keep(wanted: (row: number) => boolean): void {
    let kept = 0;
    for (let row = 0; row < this.size; row += 1) {
      if (!wanted(row)) continue;
      if (kept !== row) this.#move(row, kept);
      kept += 1;
    }
    this.#clear(kept, this.size);
    this.size = kept;
    this.generation += 1;
    this.#index();
  }

  #move(from: number, to: number): void {
    for (const column of this.#columns()) column[to] = column[from] as number;
    const { days, curves } = this;
    this.byDay.copyWithin(to * days, from * days, (from + 1) * days);
    this.arrivals.copyWithin(to * curves.length, from * curves.length, (from + 1) * curves.length);
  }

  #clear(from: number, to: number): void {
    for (const column of this.#columns()) column.fill(0, from, to);
    this.byDay.fill(0, from * this.days, to * this.days);
    this.arrivals.fill(0, from * this.curves.length, to * this.curves.length);
  }

  #columns(): (Uint32Array | Uint16Array)[] {
    const { high, low, first, last, release, other, place, top, topLast } = this;
    return [high, low, first, last, release, other, place, top, topLast];
  }

  #grow(): void {
    const capacity = Math.min(this.#capacity * 2, Math.max(this.#limit, firstCapacity));
    const words = (before: Uint32Array, width = 1) => {
      const after = new Uint32Array(capacity * width);
      after.set(before);
      return after;
    };
    const halves = (before: Uint16Array, width = 1) => {
      const after = new Uint16Array(capacity * width);
      after.set(before);
      return after;
    };
    this.high = words(this.high);
    this.low = words(this.low);
    this.first = words(this.first);
    this.last = words(this.last);
    this.release = halves(this.release);
    this.other = halves(this.other);
    this.place = halves(this.place);
    this.top = halves(this.top);
    this.topLast = words(this.topLast);
    this.byDay = halves(this.byDay, this.days);
    this.arrivals = words(this.arrivals, this.curves.length);
    this.#capacity = capacity;
    this.#index();
  }

  /** Makes the index again, with at least two slots for each row. */
  #index(): void {
    let slots = 2;
    while (slots < 2 * this.#capacity) slots *= 2;
    this.#slots = new Int32Array(slots).fill(-1);
    const mask = slots - 1;
    for (let row = 0; row < this.size; row += 1) {
      let slot = (this.low[row] as number) & mask;
      while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row;
    }
  }
}
