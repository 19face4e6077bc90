import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Channel,
  createGuestReader,
  emptyRecord,
} from '../../../../src/loop/boot-test/guest/protocol.ts';

const nonce = '0123456789ab';

function readerOf(lines: readonly string[], tests = 2, channel: Channel = 'port') {
  const reader = createGuestReader({ nonce, tests });
  for (const line of lines) reader.read(channel, `${nonce} ${line}`);
  return reader;
}

const recordOf = (lines: readonly string[], tests = 2) => readerOf(lines, tests).record;

const booted = ['mark 1.00 initrd', 'begin 3.87 6.1.0-56-cloud-amd64', 'system 3.88 running'];
const first = ['start 3.93 0', 'output 0 one', 'output 0 ', 'output 0  two', 'end 4.41 0 exited 0'];
const second = ['start 4.50 1', 'output 1 done 5.00 2', 'output 1 ', 'end 6.75 1 timed-out 143'];
const hash = 'a'.repeat(64);
const ending = [
  'after 7.00 degraded',
  'failed-unit late.service',
  'unit-log late.service Main process exited, status=1',
  'restarts flapping.service 31 auto-restart',
  `identity machine-id ${hash}`,
  'done 7.56 2',
];
const whole = [...booted, ...first, ...second, ...ending];

describe('the lines of a harness', () => {
  it('make a record', () => {
    const record = recordOf(whole);
    expect(record).toMatchObject({
      kernel: '6.1.0-56-cloud-amd64',
      systemState: 'running',
      stateAfter: 'degraded',
      failedUnits: [],
      failedAfter: ['late.service'],
      details: ['late.service: Main process exited, status=1'],
      restarts: [{ unit: 'flapping.service', count: 31, state: 'auto-restart' }],
      done: true,
      violation: undefined,
    });
    expect(record.tests.get(0)).toMatchObject({
      startedAt: 3.93,
      end: { at: 4.41, timedOut: false, code: 0 },
    });
    expect(record.tests.get(1)).toMatchObject({ end: { timedOut: true } });
    expect(record.identity.get('machine-id')).toBe(hash);
  });

  it('may be those of 10,000 tests', () => {
    const count = 10_000;
    const each = Array.from({ length: count }, (_, index) => [`start 4 ${index}`, `end 4 ${index} exited 0`]);
    const record = recordOf([...booted, ...each.flat(), 'after 5 running', `done 6 ${count}`], count);
    expect(record).toMatchObject({ done: true, violation: undefined });
    expect(record.tests.size).toBe(count);
  });

  it('restore the output of a test, with and without a last newline', () => {
    const { tests } = recordOf(whole);
    expect(tests.get(0)?.output.text()).toBe('one\n\n two');
    expect(tests.get(1)?.output.text()).toBe('done 5.00 2\n');
  });

  it('count on the second serial port too, if the first port never said anything', () => {
    expect(readerOf(whole, 2, 'serial').record).toMatchObject({ done: true, violation: undefined });
  });
});

/** What a test, a unit or an image may write; none of it may make the machine pass. */
const lies: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['says done before anything', ['done 1.0 2']],
  ['says done twice', [...whole, 'done 7.60 2']],
  ['says done after another number of tests', [...whole.slice(0, -1), 'done 7.56 1']],
  ['says done without its tests', [...booted, 'after 5.0 running', 'done 6.0 2']],
  ['ends a test twice', [...booted, ...first.slice(0, -1), 'end 4.40 0 exited 1', 'end 4.41 0 exited 0']],
  ['starts a test twice', [...booted, ...first, 'start 4.50 0']],
  ['starts the second test first', [...booted, 'start 4.0 1']],
  ['starts a test within a test', [...booted, 'start 4.0 0', 'start 4.1 1']],
  ['starts a test that does not exist', [...booted, ...first, ...second, 'start 6.80 2']],
  ['ends a test that does not run', [...booted, 'end 4.0 0 exited 0']],
  ['writes output for a test that has ended', [...booted, ...first, 'output 0 more']],
  ['gives a second state of the system', [...booted, 'system 4.0 running']],
  ['begins twice', [...booted, 'begin 4.0 6.1']],
  ['goes back in time', [...booted, 'start 1.0 0']],
  ['ends with an exit code that is no number', [...booted, 'start 4.0 0', 'end 4.1 0 exited zero']],
  ['has a word of its own', [...booted, 'passed 4.0']],
  ['has a word of every object', [...booted, 'constructor 4.0']],
  ['reports a problem after the boot', [...booted, 'problem 4.0 nothing']],
  ['names a hash that is none', [...whole.slice(0, -2), 'identity machine-id yes']],
  ['covers the tests', [...booted, 'tampered /run/coxswain']],
];

describe('a guest that writes false lines', () => {
  it.each(lies)('%s: no later line counts', (_title, lines) => {
    const { record, read } = readerOf(lines);
    expect(record.violation).toBeTypeOf('string');
    const before = JSON.stringify(record);
    for (const line of whole) read('port', `${nonce} ${line}`);
    expect(JSON.stringify(record)).toBe(before);
  });

  it.each(['done 9.0 2', 'end 9.0 0 exited 0', `${nonce}x done 9.0 2`, 'hello'])(
    'writes to the port without the nonce: %j',
    (line) => {
      const { record, read } = readerOf([...booted, 'start 4.0 0']);
      read('port', line);
      expect(record.violation).toMatch(/without the nonce/);
    },
  );

  it('cannot use the second serial port once the first has spoken', () => {
    const { record, read } = readerOf([...booted, 'start 4.0 0']);
    for (const line of ['end 4.1 0 exited 0', 'done 5.0 1']) read('serial', line);
    expect(record).toMatchObject({ done: false, violation: undefined });
    read('serial', `${nonce} end 4.1 0 exited 0`);
    expect(record.violation).toMatch(/second channel/);
  });

  it.each(['Debian GNU/Linux 12 localhost ttyS1', 'localhost login: ', 'done 9.0 2', ''])(
    'may write other text to the second serial port: %j',
    (line) => {
      const { record, read } = createGuestReader({ nonce, tests: 2 });
      read('serial', line);
      expect(record).toEqual(emptyRecord());
    },
  );

  it('cannot fill our memory with names', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `failed-unit u${index}.service`);
    const record = recordOf([...booted, ...lines]);
    expect(record.failedUnits.length).toBeLessThanOrEqual(10_000);
    expect(record.violation).toMatch(/too many/);
  });

  it('is done only by the whole story in its order, whatever lines are lost, repeated or mixed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...whole) }, fc.string()), {
          maxLength: 40,
        }),
        (lines) => {
          const record = recordOf(lines);
          if (!record.done || record.violation !== undefined) return;
          // Then all required lines exist, in their order.
          const needed = whole.filter((line) => /^(begin|system|start|end|after|done) /.test(line));
          expect(lines.filter((line) => needed.includes(line))).toEqual(needed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is done with any line left out only if that line need not come', () => {
    for (const [index, left] of whole.entries()) {
      const record = recordOf(whole.filter((_, at) => at !== index));
      const must = /^(begin|system|start|end|after|done) /.test(left);
      expect(record.done && record.violation === undefined, left).toBe(!must);
    }
  });
});
