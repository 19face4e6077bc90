import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execLive } from '../../src/setup/exec-live.ts';
import { temporaryFolder } from '../support/repository.ts';

async function run(script: string, allow?: readonly number[]) {
  const lines: string[] = [];
  const exitCode = await execLive('sh', ['-c', script], {
    onLine: (line) => lines.push(line),
    ...(allow === undefined ? {} : { allow }),
  });
  return { exitCode, lines: lines.slice(1) };
}

describe('execLive', () => {
  it('shows each line of both outputs, and first what is run', async () => {
    const lines: string[] = [];
    await execLive('sh', ['-c', 'echo one; echo two >&2'], { onLine: (line) => lines.push(line) });
    expect(lines[0]).toMatch(/^\[command\].*sh -c/);
    expect(lines.slice(1).sort()).toEqual(['one', 'two']);
  });

  it('shows the last line if it has no line break', async () => {
    expect((await run('printf "one\\ntwo"')).lines).toEqual(['one', 'two']);
  });

  it('shows a line before the program ends', async () => {
    const folder = await temporaryFolder();
    const script = `echo begun; while [ ! -e ${folder}/go ]; do sleep 0.05; done; echo over`;
    const lines: string[] = [];
    await execLive('sh', ['-c', script], {
      onLine: (line) => {
        lines.push(line);
        if (line === 'begun') void writeFile(join(folder, 'go'), '');
      },
    });
    expect(lines.slice(1)).toEqual(['begun', 'over']);
  });

  it('ends a program that reads its input, instead of waiting for it', async () => {
    expect((await run('cat; read answer; echo "answer: $answer"')).lines).toEqual(['answer: ']);
  });

  it('survives a program that closes its input at once', async () => {
    for (let time = 0; time < 20; time += 1) await run('exec <&-; true');
  });

  it('runs a program in a folder whose name has a space', async () => {
    const folder = join(await temporaryFolder(), 'two words');
    await mkdir(folder);
    await writeFile(join(folder, 'my-program'), '#!/bin/sh\necho "got $# words"\n');
    await chmod(join(folder, 'my-program'), 0o755);
    process.env.PATH = `${folder}:${process.env.PATH}`;
    const lines: string[] = [];
    await execLive('my-program', ['one', 'two three', '"'], { onLine: (line) => lines.push(line) });
    expect(lines.at(-1)).toBe('got 3 words');
  });

  it('answers an exit code that is allowed', async () => {
    expect((await run('exit 100', [0, 100])).exitCode).toBe(100);
  });

  it('fails on another exit code, with the last lines', async () => {
    await expect(run('for i in $(seq 30); do echo line $i; done; exit 3')).rejects.toThrow(
      /running sh -c .* failed: exit code 3\n {2}line 19\n(.*\n)+ {2}line 30\. Running the same command again is safe/,
    );
  });

  it('fails if a signal ends the program', async () => {
    await expect(run('kill -9 $$')).rejects.toThrow(/it was ended by a signal/);
  });

  it('names the package of a program that is not installed', async () => {
    await expect(execLive('qemu-system-s390x-none', [], { onLine: () => {} })).rejects.toThrow(
      /a program is not installed: qemu-system-s390x-none/,
    );
  });
});
