import type { FleetCounter } from '../../release/adoption/fleet-counter.ts';
import type { NodeKey } from '../../release/adoption/node-key.ts';

type HashIdentifier = (identifier: Uint8Array, key: NodeKey) => void;

const firstSlots = 2 ** 12;
const mostSlots = 2 ** 22;
const identifierLength = 32;
const unknown = -2;

/**
 * Finds the rows of nodes by their identifiers. A keyed hash takes longer than all the rest of a line, so each node's
 * is computed once: after that its row is found by the identifier. Those that are not in the sample are remembered too.
 */
export class NodeRows {
  /** 64 bits of the last identifier, for counts in the memory of this process. */
  readonly identity: NodeKey = { high: 0, low: 0 };
  readonly #key: NodeKey = { high: 0, low: 0 };
  readonly #counter: FleetCounter;
  readonly #hash: HashIdentifier;
  #generation = 0;
  #used = 0;
  #high = new Uint32Array(firstSlots);
  #low = new Uint32Array(firstSlots);
  #rows = new Int32Array(firstSlots).fill(unknown);

  constructor(counter: FleetCounter, hash: HashIdentifier) {
    this.#counter = counter;
    this.#hash = hash;
  }

  /** @returns the row of the node whose identifier is at this place; -1 if it is not in the sample */
  rowAt(bytes: Buffer, from: number, to: number): number {
    const { table } = this.#counter;
    if (to - from !== identifierLength || !this.#fold(bytes, from)) {
      const row = this.#hashed(bytes, from, to);
      this.identity.high = this.#key.high;
      this.identity.low = this.#key.low;
      return row;
    }
    if (this.#generation !== table.generation) this.#forget();
    const { high, low } = this.identity;
    const mask = this.#rows.length - 1;
    let slot = (low ^ high) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const row = this.#rows[slot] as number;
      if (row === unknown) break;
      if (this.#high[slot] === high && this.#low[slot] === low) return row;
    }
    const row = this.#hashed(bytes, from, to);
    if (this.#generation !== table.generation) this.#forget();
    this.#remember(high, low, row);
    return row;
  }

  #hashed(bytes: Buffer, from: number, to: number): number {
    this.#hash(bytes.subarray(from, to), this.#key);
    return this.#counter.table.rowOf(this.#key);
  }

  /** Puts the 128 bits of 32 hexadecimal digits into 64. @returns false if they are others */
  #fold(bytes: Buffer, from: number): boolean {
    let invalid = 0;
    for (let word = 0; word < 4; word += 1) {
      let bits = 0;
      for (let index = 0; index < 8; index += 1) {
        const digit = digits[bytes[from + word * 8 + index] as number] as number;
        invalid |= digit;
        bits = (bits << 4) | (digit & 15);
      }
      words[word] = bits;
    }
    this.identity.high = ((words[0] as number) ^ Math.imul(words[2] as number, 0x9e3779b1)) >>> 0;
    this.identity.low = ((words[1] as number) ^ Math.imul(words[3] as number, 0x85ebca6b)) >>> 0;
    return (invalid & 16) === 0;
  }

  #remember(high: number, low: number, row: number): void {
    if (this.#used * 2 >= this.#rows.length) this.#grow();
    const mask = this.#rows.length - 1;
    let slot = (low ^ high) & mask;
    while (this.#rows[slot] !== unknown) slot = (slot + 1) & mask;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#rows[slot] = row;
    this.#used += 1;
  }

  #forget(): void {
    this.#generation = this.#counter.table.generation;
    this.#rows.fill(unknown);
    this.#used = 0;
  }

  #grow(): void {
    if (this.#rows.length >= mostSlots) {
      this.#forget();
      return;
    }
    const [high, low, rows] = [this.#high, this.#low, this.#rows];
    const length = rows.length * 2;
    this.#high = new Uint32Array(length);
    this.#low = new Uint32Array(length);
    this.#rows = new Int32Array(length).fill(unknown);
    this.#used = 0;
    for (const [slot, row] of rows.entries()) {
      if (row !== unknown) this.#remember(high[slot] as number, low[slot] as number, row);
    }
  }
}

const words = new Int32Array(4);

/** The value of each hexadecimal digit as Zincati writes them; 16 for all other bytes. */
const digits = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return digit < 0 ? 16 : digit;
});
