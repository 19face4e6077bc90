import { existsSync, readFileSync } from 'node:fs';

declare module 'vitest' {
  interface TaskMeta {
    /** Seconds of a processor that a test file took, with the programs that it started and that ended. */
    processorSeconds?: number;
  }
}

/** Clock ticks for each second in /proc/PID/stat: 100 on every Linux that Node.js runs on (USER_HZ, proc_pid_stat(5)). */
const ticks = 100;

/**
 * Seconds of a processor that this process and its ended children took so far; undefined if this is not Linux. Node.js
 * itself has no figure for children.
 */
export function processorSeconds(): number | undefined {
  const file = '/proc/self/stat';
  if (!existsSync(file)) return undefined;
  // The name of the program, in brackets, may have spaces. utime, stime, cutime and cstime are fields 14 to 17.
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0) / ticks;
}
