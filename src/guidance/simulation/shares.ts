import { InputError } from '../../host/errors.ts';

interface Place {
  readonly where?: string;
  readonly field?: string;
}

/** Reads `5%`, `12.5 %`; the answer is a fraction. @throws InputError */
export function parseShare(text: string, place: Place = {}): number {
  const percent = /^(\d+(?:\.\d+)?) ?%$/.exec(text.trim())?.[1];
  const share = Number(percent) / 100;
  if (share >= 0 && share <= 1) return share;
  throw new InputError({
    ...place,
    problem: 'not a share',
    found: text,
    expected: 'a percentage, such as 5%',
  });
}

/** Reads `WHAT=20%`; without a share it is all of them. @throws InputError */
export function parseShareOf(
  text: string,
  place: Place = {},
): { readonly of: string; readonly share: number } {
  const split = text.lastIndexOf('=');
  if (split < 0) return { of: text.trim(), share: 1 };
  return { of: text.slice(0, split).trim(), share: parseShare(text.slice(split + 1), place) };
}

/**
 * Whole numbers in the given proportions that add up to `total`, by largest remainder.
 * @param shares not negative, not all 0
 */
export function distribute(total: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((one, other) => one + other, 0);
  const exact = shares.map((share) => (share / sum) * total);
  const counts = exact.map(Math.floor);
  const missing = total - counts.reduce((one, other) => one + other, 0);
  const byRemainder = [...exact.keys()].sort(
    (one, other) => remainder(other) - remainder(one) || one - other,
  );
  for (const index of byRemainder.slice(0, missing)) counts[index] = (counts[index] as number) + 1;
  return counts;

  function remainder(index: number): number {
    return (exact[index] as number) % 1;
  }
}

/** What shares leave over. @throws InputError when they are more than everything */
export function remainingShare(groups: readonly { readonly share: number }[], field: string): number {
  const sum = groups.reduce((total, { share }) => total + share, 0);
  if (sum > 1 + 1e-9) {
    throw new InputError({
      field,
      problem: 'the shares add up to more than all nodes',
      found: `${Math.round(sum * 1e6) / 1e4}%`,
      expected: 'at most 100%',
    });
  }
  return sum > 1 - 1e-9 ? 0 : 1 - sum;
}
