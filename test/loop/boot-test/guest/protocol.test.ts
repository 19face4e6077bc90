import { describe, expect, it } from 'vitest';
import {
  createLineReader,
  createOutputTail,
  emptyRecord,
  readLine,
} from '../../../../src/loop/boot-test/guest/protocol.ts';

function recordOf(text: string) {
  const record = emptyRecord();
  const feed = createLineReader((line) => readLine(record, line));
  feed(Buffer.from(text));
  return record;
}

const whole = `begin 3.87 6.1.0-56-cloud-amd64
system 3.88 degraded
failed-unit broken.service
unit-log broken.service Main process exited, status=1
unit-log broken.service 
job 12 slow.device start running
start 3.93 0
output 0 one
output 0 
output 0  two, without a newline
end 4.41 0 exited 0
start 4.50 1
output 1 done 5.00
output 1 
end 6.75 1 timed-out 143
done 7.56 
`;

describe('the lines of a guest', () => {
  it('make a record', () => {
    const record = recordOf(whole);
    expect(record).toMatchObject({
      kernel: '6.1.0-56-cloud-amd64',
      systemState: 'degraded',
      failedUnits: ['broken.service'],
      details: ['broken.service: Main process exited, status=1', 'waiting: 12 slow.device start running'],
      done: true,
    });
    expect(record.tests.get(0)).toMatchObject({
      startedAt: 3.93,
      end: { at: 4.41, timedOut: false, code: 0 },
    });
    expect(record.tests.get(1)).toMatchObject({ end: { timedOut: true } });
  });

  it('give a test its output back as it was, with and without a last newline', () => {
    const { tests } = recordOf(whole);
    expect(tests.get(0)?.output.text()).toBe('one\n\n two, without a newline');
    expect(tests.get(1)?.output.text()).toBe('done 5.00\n');
  });

  it('are not done because a test prints that they are', () => {
    expect(recordOf('start 1.0 0\noutput 0 done 5.00\noutput 0 end 3.0 0 exited 0\n')).toMatchObject({
      done: false,
    });
    expect(recordOf('start 1.0 0\noutput 0 end 3.0 0 exited 0\n').tests.get(0)?.end).toBeUndefined();
  });

  it('count only when whole', () => {
    expect(recordOf('begin 1.0 6.1\ndone 2.0').done).toBe(false);
  });

  it.each([
    'Debian GNU/Linux 12 localhost ttyS1',
    'localhost login: ',
    'done',
    'done x',
    '[    0.1] begin',
    '',
  ])('leave other text alone: %j', (line) => {
    expect(recordOf(`${line}\n`)).toEqual(emptyRecord());
  });

  it('are put together from pieces, also in the middle of a character', () => {
    const lines: string[] = [];
    const feed = createLineReader((line) => lines.push(line));
    const bytes = Buffer.from('eins\nzwölf\nrest');
    for (const byte of bytes) feed(Buffer.from([byte]));
    expect(lines).toEqual(['eins', 'zwölf']);
  });
});

describe('a long output', () => {
  it('keeps its end, and says that there was more', () => {
    const tail = createOutputTail();
    for (let index = 0; index < 100_000; index += 1) tail.add(`line ${index}`);
    expect(tail.text().length).toBeLessThan(200_000);
    expect(tail.text()).toMatch(/^… /);
    expect(tail.text()).toMatch(/line 99999$/);
  });

  it('of one line is cut too', () => {
    const tail = createOutputTail();
    tail.add(`${'x'.repeat(1_000_000)}end`);
    expect(tail.text().length).toBeLessThan(200_000);
    expect(tail.text()).toMatch(/end$/);
  });
});
