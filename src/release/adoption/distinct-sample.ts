/**
 * Counts different things in bounded memory: exactly up to a limit. Above it, only those are kept whose hash is below
 * a threshold, which halves whenever there are too many, and the number is an estimate (Wegman's adaptive sampling;
 * Flajolet, "On adaptive sampling", 1990). What is kept depends only on the things, not on their order or number.
 */
export interface DistinctSample {
  /** @param high @param low 64 bits of a hash in which every bit is as good as random */
  add(high: number, low: number): void;
  /** How many different things were added. */
  count(): number;
  /** Each kept thing stands for 2^level. 0: the count is exact. */
  readonly level: number;
  /** The hashes that are kept, for another sample. */
  kept(): Iterable<readonly [high: number, low: number]>;
}

/** @param limit how many are kept at most; the error of the estimate is about 1 / √(limit / 2) */
export function createDistinctSample(limit: number): DistinctSample {
  let slots = new Uint32Array(2 * 64);
  // An empty slot is 0, 0; a thing with that hash is counted here.
  let hasZero = 0;
  let used = 0;
  let level = 0;
  return {
    add(high, low) {
      if (!isKept(high, level)) return;
      if (high === 0 && low === 0) {
        hasZero = 1;
        return;
      }
      if (!insert(slots, high, low)) return;
      used += 1;
      if (used > limit) halve();
      else if (used * 4 > slots.length) slots = rebuilt(slots, slots.length * 2, level);
    },
    count: () => (used + hasZero) * 2 ** level,
    get level() {
      return level;
    },
    *kept() {
      if (hasZero === 1) yield [0, 0];
      for (let at = 0; at < slots.length; at += 2) {
        const high = slots[at] as number;
        const low = slots[at + 1] as number;
        if (high !== 0 || low !== 0) yield [high, low];
      }
    },
  };

  function halve(): void {
    while (used > limit) {
      level += 1;
      slots = rebuilt(slots, slots.length, level);
      used = 0;
      for (let at = 0; at < slots.length; at += 2) used += slots[at] !== 0 || slots[at + 1] !== 0 ? 1 : 0;
    }
  }
}

/** Whether a sample at this level has a thing: its first bits are zero. */
export function isKept(high: number, level: number): boolean {
  return level === 0 || high >>> (32 - level) === 0;
}

/** @returns false if it is there already */
function insert(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length / 2 - 1;
  // The low half: the first bits of the high one are all zero in a sample.
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * 2;
    if (slots[at] === 0 && slots[at + 1] === 0) {
      slots[at] = high;
      slots[at + 1] = low;
      return true;
    }
    if (slots[at] === high && slots[at + 1] === low) return false;
  }
}

function rebuilt(before: Uint32Array, length: number, level: number): Uint32Array<ArrayBuffer> {
  const slots = new Uint32Array(length);
  for (let at = 0; at < before.length; at += 2) {
    const high = before[at] as number;
    const low = before[at + 1] as number;
    if ((high !== 0 || low !== 0) && isKept(high, level)) insert(slots, high, low);
  }
  return slots;
}
