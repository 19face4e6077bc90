/**
 * What the harness in the guest has said so far. It speaks in lines, WORD UPTIME REST:
 *
 *   mark UPTIME NAME                 when it was that far: "initrd" began, the "root" file system was ready
 *   begin UPTIME KERNEL              the harness runs
 *   problem UPTIME TEXT              the root file system could not be mounted; nothing follows
 *   system UPTIME STATE              systemd's state after its boot, or "none"
 *   failed-unit NAME                 (without an uptime, as all that quotes other programs)
 *   unit-log NAME TEXT               a journal line of a failed unit
 *   job TEXT                         a job of systemd that is still waiting
 *   start UPTIME INDEX               a test begins
 *   output INDEX TEXT                a line of its output, sent when it has ended
 *   note INDEX WHAT                  about a test: "out-of-memory", "out-of-disk PLACE"
 *   end UPTIME INDEX exited|timed-out CODE
 *   identity NAME HASH               of a file that makes the machine this machine, when all tests have ended
 *   ended UPTIME                     the harness was killed
 *   done UPTIME                      everything was run and reported
 */
export interface GuestRecord {
  kernel: string | undefined;
  problem: string | undefined;
  systemState: string | undefined;
  /** Uptimes in seconds. */
  readonly marks: Map<string, number>;
  readonly identity: Map<string, string>;
  readonly failedUnits: string[];
  readonly details: string[];
  readonly tests: Map<number, GuestTest>;
  ended: boolean;
  done: boolean;
}

export interface GuestTest {
  readonly startedAt: number;
  readonly output: OutputTail;
  readonly notes: string[];
  end: { readonly at: number; readonly timedOut: boolean; readonly code: number } | undefined;
}

export function emptyRecord(): GuestRecord {
  return {
    kernel: undefined,
    problem: undefined,
    systemState: undefined,
    marks: new Map(),
    identity: new Map(),
    failedUnits: [],
    details: [],
    tests: new Map(),
    ended: false,
    done: false,
  };
}

/** Takes in one line. Anything that is not of the protocol is left alone (a serial port may carry other text). */
export function readLine(record: GuestRecord, line: string): void {
  const output = /^output (\d+) ?(.*)$/s.exec(line);
  if (output !== null) {
    record.tests.get(Number(output[1]))?.output.add(output[2] ?? '');
    return;
  }
  const quoted = /^(failed-unit|unit-log|job) (.*)$/s.exec(line);
  if (quoted?.[2] !== undefined) {
    readSystemNote(record, quoted[1] as string, quoted[2]);
    return;
  }
  const note = /^note (\d+) (.+)$/.exec(line);
  if (note !== null) {
    record.tests.get(Number(note[1]))?.notes.push(note[2] as string);
    return;
  }
  const identity = /^identity (\S+) (\S+)$/.exec(line);
  if (identity !== null) {
    record.identity.set(identity[1] as string, identity[2] as string);
    return;
  }
  const match = /^(\w+) (\d+(?:\.\d+)?)(?: (.*))?$/.exec(line);
  if (match === null) return;
  const [, word, uptime, rest = ''] = match;
  const at = Number(uptime);
  switch (word) {
    case 'mark':
      record.marks.set(rest, at);
      break;
    case 'begin':
      record.kernel = rest;
      record.marks.set('begin', at);
      break;
    case 'problem':
      record.problem = rest;
      break;
    case 'system':
      record.systemState = rest;
      record.marks.set('system', at);
      break;
    case 'start':
      record.tests.set(Number(rest), {
        startedAt: at,
        output: createOutputTail(),
        notes: [],
        end: undefined,
      });
      break;
    case 'end': {
      const [index, how, code] = rest.split(' ');
      const test = record.tests.get(Number(index));
      if (test !== undefined) test.end = { at, timedOut: how === 'timed-out', code: Number(code) };
      break;
    }
    case 'ended':
      record.ended = true;
      break;
    case 'done':
      record.done = true;
      record.marks.set('done', at);
      break;
  }
}

function readSystemNote(record: GuestRecord, word: string, text: string): void {
  if (word === 'failed-unit') record.failedUnits.push(text);
  else if (word === 'job') record.details.push(`waiting: ${text}`);
  else {
    const [, unit, message] = /^(\S+) (.+)$/s.exec(text) ?? [];
    if (message !== undefined) record.details.push(`${unit}: ${message}`);
  }
}

const keptCharacters = 64 * 1024;

/** Keeps the end of a test's output: what matters is there, and one test must not fill our memory. */
export interface OutputTail {
  add(line: string): void;
  text(): string;
}

export function createOutputTail(): OutputTail {
  const lines: string[] = [];
  let length = 0;
  let dropped = false;
  return {
    add: (line) => {
      const kept = line.slice(-keptCharacters);
      dropped ||= kept.length < line.length;
      lines.push(kept);
      length += kept.length + 1;
      if (length <= 2 * keptCharacters) return;
      // Many at once: taking them off one by one is slow where lines are short.
      let drop = 0;
      while (length > keptCharacters && drop < lines.length - 1) {
        length -= (lines[drop] as string).length + 1;
        drop += 1;
      }
      lines.splice(0, drop);
      dropped ||= drop > 0;
    },
    // The harness ends every output with one newline more: joining the lines gives it back as it was.
    text: () => `${dropped ? '… (more is in the results log)\n' : ''}${lines.join('\n')}`,
  };
}

/** Cuts a stream of bytes into lines; an unfinished last line waits for its rest. */
export function createLineReader(onLine: (line: string) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (bytes) => {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) onLine(part);
  };
}
