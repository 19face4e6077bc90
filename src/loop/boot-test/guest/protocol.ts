import { createOutputTail, type OutputTail } from './output-tail.ts';

/**
 * What the harness in the guest has reported so far. It writes lines, NONCE WORD UPTIME REST, in this order:
 *
 *   mark UPTIME NAME                 when the machine was that far: "initrd" began, the "root" file system was ready
 *   begin UPTIME KERNEL              the harness runs
 *   problem UPTIME TEXT              the machine could not be set up; nothing follows
 *   system UPTIME STATE              systemd's state after its boot, or "none"
 *     failed-unit NAME               (without an uptime, as all lines that quote other programs)
 *     unit-log NAME TEXT             a journal line of a failed unit
 *     job TEXT                       a job of systemd that is still waiting
 *   start UPTIME INDEX               a test begins; the tests come one by one, from 0
 *     output INDEX TEXT              a line of its output, sent when it has ended
 *     note INDEX WHAT                about the test: "out-of-memory", "out-of-disk PLACE"
 *   end UPTIME INDEX exited|timed-out CODE
 *   after UPTIME STATE               systemd's state after the tests, or "none"
 *     failed-unit, unit-log, job     as before
 *     restarts NAME COUNT STATE      how often systemd started a unit again, and the unit's state now
 *     identity NAME HASH of a file that identifies the machine
 *   done UPTIME COUNT everything was run and reported; the number of tests
 *
 * and at any time after `system`:
 *
 *   tampered PLACE                   something covers the files of the harness; nothing follows
 *
 * The nonce is random, and only the harness knows it. The harness also keeps the port open, because the kernel opens a
 * port only once. A line that does not fit into this order was not written by the harness, and no later line counts
 * (`violation`).
 */
export interface GuestRecord {
  kernel: string | undefined;
  problem: string | undefined;
  systemState: string | undefined;
  /** The state after the tests. */
  stateAfter: string | undefined;
  /** Uptimes in seconds. */
  readonly marks: Map<string, number>;
  readonly identity: Map<string, string>;
  /** Units that had failed when the boot was complete. */
  readonly failedUnits: string[];
  /** Units that had failed after the tests. */
  readonly failedAfter: string[];
  readonly restarts: UnitRestarts[];
  readonly details: string[];
  readonly tests: Map<number, GuestTest>;
  done: boolean;
  /** A line that the harness cannot have written. No later line counts. */
  violation: string | undefined;
}

export interface UnitRestarts {
  readonly unit: string;
  readonly count: number;
  /** The detailed state of the unit: `running`, `auto-restart`. */
  readonly state: string;
}

export interface GuestTest {
  readonly startedAt: number;
  readonly output: OutputTail;
  readonly notes: string[];
  end: { readonly at: number; readonly timedOut: boolean; readonly code: number } | undefined;
}

/** The virtio-serial port, or the second serial port if the kernel lacks the driver of the first. */
export type Channel = 'port' | 'serial';

export interface GuestReader {
  readonly record: GuestRecord;
  /** Reads one line that was written to a channel. */
  read(channel: Channel, line: string): void;
}

/** How far a machine is in that order. */
type Phase = 'boot' | 'begun' | 'system' | 'test' | 'after' | 'end';

const uptime = '(\\d+(?:\\.\\d+)?)';

interface LineRule {
  readonly phases: readonly Phase[];
  readonly pattern: RegExp;
  /** @returns what is wrong with the line, or undefined */
  readonly take: (state: State, groups: readonly string[]) => string | undefined;
}

interface State {
  readonly record: GuestRecord;
  readonly tests: number;
  phase: Phase;
  lastUptime: number;
}

const rule = (
  phases: readonly Phase[],
  pattern: string,
  take: (state: State, groups: readonly string[]) => string | undefined,
): LineRule => ({ phases, pattern: new RegExp(`^${pattern}$`, 's'), take });

/** Every word of the protocol, when it may come, and what it means. */
const rules: Readonly<Record<string, LineRule>> = {
  mark: rule(['boot'], `mark ${uptime} (\\S+)`, (state, [at = '', name = '']) => {
    state.record.marks.set(name, Number(at));
    return undefined;
  }),
  begin: rule(['boot'], `begin ${uptime} (.+)`, (state, [at = '', kernel]) => {
    state.record.kernel = kernel;
    state.phase = 'begun';
    return pass(state, 'begin', at);
  }),
  problem: rule(['boot', 'begun'], `problem ${uptime} (.+)`, (state, [, text]) => {
    state.record.problem = text;
    state.phase = 'end';
    return undefined;
  }),
  system: rule(['begun'], `system ${uptime} (\\S+)`, (state, [at = '', systemState]) => {
    state.record.systemState = systemState;
    state.phase = 'system';
    return pass(state, 'system', at);
  }),
  'failed-unit': rule(['system', 'after'], 'failed-unit (\\S+)', (state, [unit = '']) => {
    const { failedUnits, failedAfter } = state.record;
    return append(state.phase === 'system' ? failedUnits : failedAfter, unit);
  }),
  'unit-log': rule(['system', 'after'], 'unit-log (\\S+) ?(.*)', (state, [unit = '', text = '']) =>
    text === '' ? undefined : append(state.record.details, `${unit}: ${text}`),
  ),
  job: rule(['system', 'after'], 'job (.+)', (state, [text = '']) =>
    append(state.record.details, `waiting: ${text}`),
  ),
  start: rule(['system'], `start ${uptime} (\\d+)`, (state, [at = '', index]) => {
    const { tests } = state.record;
    if (Number(index) !== tests.size || tests.size >= state.tests) return 'this test was not next';
    tests.set(tests.size, {
      startedAt: Number(at),
      output: createOutputTail(),
      notes: [],
      end: undefined,
    });
    state.phase = 'test';
    return passed(state, at);
  }),
  output: rule(['test'], 'output (\\d+) ?(.*)', (state, [index, text = '']) => {
    const test = running(state, index);
    test?.output.add(text);
    return test === undefined ? 'this test does not run' : undefined;
  }),
  note: rule(['test'], 'note (\\d+) (.+)', (state, [index, text = '']) => {
    const test = running(state, index);
    return test === undefined ? 'this test does not run' : append(test.notes, text);
  }),
  end: rule(
    ['test'],
    `end ${uptime} (\\d+) (exited|timed-out) (\\d+)`,
    (state, [at = '', index, how, code]) => {
      const test = running(state, index);
      if (test === undefined) return 'this test does not run';
      test.end = { at: Number(at), timedOut: how === 'timed-out', code: Number(code) };
      state.phase = 'system';
      return passed(state, at);
    },
  ),
  after: rule(['system'], `after ${uptime} (\\S+)`, (state, [at = '', stateAfter]) => {
    state.record.stateAfter = stateAfter;
    state.phase = 'after';
    return state.record.tests.size === state.tests ? passed(state, at) : 'tests are missing';
  }),
  restarts: rule(['after'], 'restarts (\\S+) (\\d+) (\\S*)', (state, [unit = '', count, unitState = '']) => {
    state.record.restarts.push({ unit, count: Number(count), state: unitState });
    return undefined;
  }),
  identity: rule(['after'], 'identity (\\S+) ([0-9a-f]{64})', (state, [name = '', hash = '']) => {
    state.record.identity.set(name, hash);
    return undefined;
  }),
  done: rule(['after'], `done ${uptime} (\\d+)`, (state, [at = '', count]) => {
    if (Number(count) !== state.tests) return 'another number of tests';
    state.record.done = true;
    state.phase = 'end';
    return pass(state, 'done', at);
  }),
};

const mostEntries = 10_000;

function append(list: string[], text: string): string | undefined {
  if (list.length >= mostEntries) return 'too many lines';
  list.push(text);
  return undefined;
}

function running({ record }: State, index: string | undefined): GuestTest | undefined {
  return Number(index) === record.tests.size - 1 ? record.tests.get(Number(index)) : undefined;
}

function pass(state: State, name: string, at: string): string | undefined {
  state.record.marks.set(name, Number(at));
  return passed(state, at);
}

function passed(state: State, at: string): string | undefined {
  if (Number(at) < state.lastUptime) return 'its time is before that of the line before';
  state.lastUptime = Number(at);
  return undefined;
}

export function emptyRecord(): GuestRecord {
  return {
    kernel: undefined,
    problem: undefined,
    systemState: undefined,
    stateAfter: undefined,
    marks: new Map(),
    identity: new Map(),
    failedUnits: [],
    failedAfter: [],
    restarts: [],
    details: [],
    tests: new Map(),
    done: false,
    violation: undefined,
  };
}

/**
 * Reads what a guest writes, and accepts only what the harness of this machine can have written.
 * @param about.nonce begins each line of the harness
 * @param about.tests how many tests the machine runs
 */
export function createGuestReader(about: { readonly nonce: string; readonly tests: number }): GuestReader {
  const record = emptyRecord();
  const state: State = { record, tests: about.tests, phase: 'boot', lastUptime: 0 };
  const start = `${about.nonce} `;
  let trusted: Channel | undefined;
  return {
    record,
    read: (channel, line) => {
      if (record.violation !== undefined || line === '') return;
      if (!line.startsWith(start)) {
        // A serial port may carry other text. Nothing but the harness has a reason to write to the port.
        if (channel === 'port')
          record.violation = violation('a line without the nonce of this machine', line);
        return;
      }
      trusted ??= channel;
      const text = line.slice(start.length);
      if (channel !== trusted) record.violation = violation(`a result on the second channel`, text);
      else record.violation = take(state, text);
    },
  };
}

function take(state: State, text: string): string | undefined {
  const word = text.split(' ', 1)[0] ?? '';
  const tampered = /^tampered (.+)$/.exec(text);
  if (tampered !== null && ['system', 'begun', 'after'].includes(state.phase)) {
    return `something covered the files of the harness in ${tampered[1]}`;
  }
  const known = Object.hasOwn(rules, word) ? rules[word] : undefined;
  const groups = known?.pattern.exec(text);
  if (known === undefined || groups === null || groups === undefined)
    return violation('not a line of the harness', text);
  if (!known.phases.includes(state.phase)) return violation('not in the order of the protocol', text);
  const problem = known.take(state, groups.slice(1));
  return problem === undefined ? undefined : violation(problem, text);
}

const shownCharacters = 120;

function violation(what: string, line: string): string {
  return `${what}: ${JSON.stringify(line.slice(0, shownCharacters))}`;
}
