/**
 * A share of 0 to 1 as people read it: `12.5 %`. It is rounded, but never to 0 % or 100 % if that would not be true:
 * `< 0.1 %`, `> 99.9 %`.
 * @param digits how many decimals at most
 */
export function formatPercent(share: number, digits = 1): string {
  const least = 1 / 10 ** digits;
  const value = share * 100;
  if (value > 0 && value < least) return `< ${least} %`;
  if (value < 100 && value > 100 - least) return `> ${(100 - least).toFixed(digits)} %`;
  return `${Number(value.toFixed(digits))} %`;
}
