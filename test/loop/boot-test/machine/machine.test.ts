import { describe, expect, it } from 'vitest';
import { runMachine } from '../../../../src/loop/boot-test/machine/machine.ts';
import type { MachineFiles } from '../../../../src/loop/boot-test/machine/machine-types.ts';
import { temporaryFolder } from '../../../support/repository.ts';

const nonce = '0123456789ab';

/** Runs a shell script in place of an emulator; it writes to the files that a machine writes to. */
async function run(
  script: (files: MachineFiles) => string,
  more: { readonly deadlineSeconds?: number } = {},
) {
  return runMachine({
    program: 'sh',
    argumentsFor: (files) => ['-c', script(files)],
    outputFolder: await temporaryFolder(),
    deadlineSeconds: 60,
    nonce,
    tests: 0,
    onProgress: () => undefined,
    ...more,
  });
}

const story = ['begin 1.0 6.1', 'system 2.0 none', 'after 3.0 none', 'done 4.0 0'];
const say = (file: string, lines: readonly string[], start = `${nonce} `) =>
  lines.map((line) => `echo '${start}${line}' >>'${file}'`).join('\n');

describe('runMachine', () => {
  it('is done at the word of the harness, and does not wait for the machine', async () => {
    const { record, end, seconds } = await run(({ results }) => `${say(results, story)}\nexec sleep 100`);
    expect(record).toMatchObject({ done: true, violation: undefined });
    expect(end.kind).toBe('done');
    expect(seconds).toBeLessThan(50);
  });

  it('ends a machine at the first line that is not of its harness', async () => {
    const { record } = await run(
      ({ results }) =>
        `${say(results, story.slice(0, 2))}\n${say(results, ['done 3.0 0'], '')}\nexec sleep 100`,
    );
    expect(record.violation).toMatch(/without the nonce/);
    expect(record.done).toBe(false);
  });

  it.each(['console', 'results', 'fallback', 'journal'] as const)(
    'ends a machine that writes to its %s without end',
    async (name) => {
      const { end, record } = await run(
        // The output ends: on a busy machine, endless output would fill the disk within seconds.
        (files) =>
          `${name === 'results' ? `yes '${nonce} output 0 x'` : 'yes'} | head -c 200000000 >'${files[name]}'; exec sleep 100`,
      );
      expect(record.done).toBe(false);
      if (name === 'results') expect(record.violation).toBeTypeOf('string');
      else expect(end.kind).toBe('flooded');
    },
  );

  it('reads all that a machine wrote before it ended, however much', async () => {
    const { record } = await run(
      ({ results, fallback }) =>
        `head -c 40000000 /dev/zero | tr '\\0' 'x' >'${fallback}'; ${say(results, story)}`,
    );
    expect(record.done).toBe(true);
  });

  it('gives up at the deadline', async () => {
    expect((await run(() => 'exec sleep 100', { deadlineSeconds: 1 })).end.kind).toBe('deadline');
  });
});
