import type { Ring } from '../../../project/configuration/rings.ts';

/** Rings in words: few by name, many by the first, the last and their number. */
export function nameRings(rings: readonly Pick<Ring, 'name'>[], all: number): string {
  if (rings.length === all && all > 1) return 'every node';
  const names = rings.map(({ name }) => name);
  if (names.length <= 4) return names.join(', ');
  return `${names[0]} to ${names.at(-1)} (${names.length} rings)`;
}

/** `wariness 0.1`, `wariness 0 to 0.5`. Rings are the earliest first. */
export function nameWariness(rings: readonly Pick<Ring, 'wariness'>[]): string {
  const [first, last] = [short(rings[0]?.wariness ?? 0), short(rings.at(-1)?.wariness ?? 0)];
  return first === last ? `wariness ${first}` : `wariness ${first} to ${last}`;
}

function short(value: number): string {
  return String(Number(value.toFixed(3)));
}
