/** Random numbers that are the same for the same seed. */
export interface Random {
  /** At least 0, below 1. */
  uniform(): number;
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  exponential(mean: number): number;
}

/** xoshiro128** 1.1 by Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c), seeded by splitmix32. */
export function createRandom(seed: number): Random {
  let counter = seed | 0;
  let a = seedWord();
  let b = seedWord();
  let c = seedWord();
  let d = seedWord();
  return { uniform, below: (limit) => Math.floor(uniform() * limit), normal, exponential };

  function uniform(): number {
    const word = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return word / 0x1_0000_0000;
  }

  /** Box and Muller; 1 - u is never 0. */
  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  function exponential(mean: number): number {
    return -mean * Math.log(1 - uniform());
  }

  function seedWord(): number {
    counter = (counter + 0x9e3779b9) | 0;
    let word = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
