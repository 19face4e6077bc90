const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const monthNumbers = new Map(
  months.map((name, index) => [
    (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
    index,
  ]),
);

/** Length of `30/Nov/2026:13:13:05 +0000`. */
export const clfTimeLength = 26;

/**
 * Reads the time of the common log format. Successive lines have nearly the same time, so the reader remembers the last hour.
 * @returns UNIX seconds; -1 if there is no such time at this place
 */
export function createClfTimeReader(): (bytes: Buffer, at: number) => number {
  let lastHour = -1;
  let lastZone = -1;
  let hourStart = 0;
  return (bytes, at) => {
    const day = two(bytes, at);
    const year = two(bytes, at + 7) * 100 + two(bytes, at + 9);
    const hour = two(bytes, at + 12);
    const minute = two(bytes, at + 15);
    const second = two(bytes, at + 18);
    const name =
      ((bytes[at + 3] as number) << 16) | ((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number);
    const month = monthNumbers.get(name);
    const sign = bytes[at + 21];
    const zone = two(bytes, at + 22) * 60 + two(bytes, at + 24);
    if (month === undefined || !(year + day + hour + minute + second + zone >= 0)) return -1;
    if (
      bytes[at + 2] !== 0x2f ||
      bytes[at + 6] !== 0x2f ||
      bytes[at + 11] !== 0x3a ||
      bytes[at + 14] !== 0x3a ||
      bytes[at + 17] !== 0x3a ||
      bytes[at + 20] !== 0x20 ||
      (sign !== 0x2b && sign !== 0x2d) ||
      hour > 23 ||
      minute > 59 ||
      second > 60
    )
      return -1;
    const thisHour = ((year * 12 + month) * 32 + day) * 32 + hour;
    const thisZone = sign === 0x2b ? zone : -zone - 1;
    if (thisHour !== lastHour || thisZone !== lastZone) {
      const start = Date.UTC(year, month, day, hour) / 1000 - (sign === 0x2b ? zone : -zone) * 60;
      // 31 February would be a day in March.
      if (day < 1 || new Date(Date.UTC(year, month, day)).getUTCDate() !== day) return -1;
      lastHour = thisHour;
      lastZone = thisZone;
      hourStart = start;
    }
    return hourStart + minute * 60 + second;
  };
}

/** Two decimal digits; NaN if they are none. */
function two(bytes: Buffer, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
