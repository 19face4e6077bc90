/** How many nodes are at each place at each time. The memory does not grow with the number of nodes. */
export interface MoveCounts {
  /** @param seconds since the start, not negative */
  move(from: number, to: number, seconds: number): void;
  /**
   * Counts at evenly spaced times, from 0 to the first at or after `until`.
   * @param initial nodes per place before any move
   */
  curve(initial: ArrayLike<number>, until: number, points: number): Curve;
}

export interface Curve {
  /** Seconds since the start. */
  readonly times: readonly number[];
  /** For each place, the nodes at each time, after the moves in that second. */
  readonly counts: readonly (readonly number[])[];
}

const columns = 4096;

/**
 * Keeps the change for each place and period of time. When a move is after the last column, each two columns become
 * one: a week is kept in steps of five minutes, an hour in steps of a second.
 */
export function createMoveCounts(places: number): MoveCounts {
  const changes = new Int32Array(places * columns);
  let width = 1;
  // Column 0 is the start itself, column i what happens up to the second i * width.
  return {
    move(from, to, seconds) {
      let column = Math.ceil(seconds / width);
      while (column >= columns) {
        halve();
        column = Math.ceil(seconds / width);
      }
      changes[from * columns + column] = (changes[from * columns + column] as number) - 1;
      changes[to * columns + column] = (changes[to * columns + column] as number) + 1;
    },
    curve(initial, until, points) {
      const last = Math.min(columns - 1, Math.ceil(until / width));
      const stride = Math.max(1, Math.ceil(last / points));
      const shown = Math.ceil(last / stride) + 1;
      const times = Array.from({ length: shown }, (_, index) => index * stride * width);
      const counts = Array.from({ length: places }, (_, place) => {
        let count = initial[place] as number;
        let column = 0;
        return times.map((_, index) => {
          for (; column <= Math.min(index * stride, columns - 1); column += 1) {
            count += changes[place * columns + column] as number;
          }
          return count;
        });
      });
      return { times, counts };
    },
  };

  function halve(): void {
    for (let place = 0; place < places; place += 1) {
      const base = place * columns;
      for (let column = 1; column < columns; column += 1) {
        const value = changes[base + column] as number;
        if (value === 0) continue;
        changes[base + column] = 0;
        const merged = base + ((column + 1) >> 1);
        changes[merged] = (changes[merged] as number) + value;
      }
    }
    width *= 2;
  }
}
