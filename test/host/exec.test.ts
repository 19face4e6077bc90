import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-exec-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sh = (script: string, options: Parameters<typeof exec>[2] = {}) => exec('sh', ['-c', script], options);

describe('exec', () => {
  it('gives both outputs and the exit code, byte for byte', async () => {
    expect(await sh("printf 'ä\\n\\n'; printf '€' >&2; exit 7", { allow: [7] })).toEqual({
      exitCode: 7,
      stdout: 'ä\n\n',
      stderr: '€',
    });
  });

  it('adds to the environment, and runs in the folder', async () => {
    const { stdout } = await sh('echo "$ONE ${HOME:+home} $PWD"', { env: { ONE: '1' }, cwd: folder });
    expect(stdout).toBe(`1 home ${folder}\n`);
  });

  it('shows each whole line of both outputs', async () => {
    const lines: string[] = [];
    await sh("printf 'one\\ntw'; sleep 0.1; printf 'o\\nend'; echo other >&2", {
      onLine: (line) => lines.push(line),
    });
    expect(lines.sort()).toEqual(['end', 'one', 'other', 'two']);
  });

  it.each([
    ['a text', 'x'.repeat(200_000)],
    ['bytes', Buffer.alloc(200_000, 'x')],
    ['a stream', () => Readable.from([Buffer.alloc(200_000, 'x')])],
    ['nothing', ''],
  ])('hands on %s as input', async (_, input) => {
    const given = typeof input === 'function' ? input() : input;
    const { stdout } = await sh('wc -c', { input: given });
    expect(stdout.trim()).toBe(input === '' ? '0' : '200000');
  });

  it.each([
    ['a text', 'x'.repeat(1_000_000)],
    ['a stream', () => Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(10_000)))],
  ])('survives a program that ends without reading %s', async (_, input) => {
    const given = typeof input === 'function' ? input() : input;
    expect(await sh('exec <&-; echo done', { input: given })).toMatchObject({ stdout: 'done\n' });
  });

  it('gives no input without one, so that a question ends', async () => {
    expect(await sh('read answer || echo none')).toMatchObject({ stdout: 'none\n' });
  });

  it('fails with the last lines for an exit code that is not allowed', async () => {
    await expect(sh('echo reason >&2; exit 3')).rejects.toThrow(/running sh -c .*exit code 3\n {2}reason/s);
    await expect(sh('exit 3', { doing: 'trying' })).rejects.toThrow(/^trying.*exit code 3/s);
  });

  it('names the signal that ended the program', async () => {
    await expect(sh('kill -9 $$', { allow: [0, 137] })).rejects.toThrow(/SIGKILL/);
  });

  it('fails if the system cannot start the program', async () => {
    const file = join(folder, 'program');
    await writeFile(file, '#!/no/such/interpreter\n', { mode: 0o755 });
    await expect(exec(file, [])).rejects.toMatchObject({ name: 'OutsideError' });
  });

  it('names the package of a program that is not installed', async () => {
    await expect(exec('no-such-program', [])).rejects.toMatchObject({ name: 'InputError' });
  });

  it('ends the program if its input breaks off', async () => {
    const input = new PassThrough();
    const ended = sh('cat; sleep 60', { input });
    input.destroy(new Error('the disk is gone'));
    await expect(ended).rejects.toThrow('the disk is gone');
  });

  it('ends a program that prints without end', async () => {
    await expect(exec('cat', ['/dev/zero'])).rejects.toThrow('it printed more than 100000000 bytes');
  });

  it('does not wait for a program, and what it started, when its time is over', async () => {
    await expect(sh('trap "" TERM; sleep 60 & sleep 60', { seconds: 0.2 })).rejects.toThrow(
      'did not end within 0.2 s',
    );
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'exit'])(
    'ends the program when %s ends this process',
    async (how) => {
      await build({
        input: 'src/host/exec.ts',
        platform: 'node',
        logLevel: 'silent',
        output: { file: join(folder, 'exec.mjs') },
      });
      const script = `import { exec } from ${JSON.stringify(join(folder, 'exec.mjs'))};
      exec('sh', ['-c', 'echo $$; exec sleep 600'], { onLine: (pid) => {
        console.log(pid);
        if (${how === 'exit'}) process.exit(0);
      } }).catch(() => {});`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      if (how !== 'exit') child.kill(how as NodeJS.Signals);
      await once(child, 'close');
      await expect.poll(() => isRunning(Number(line)), { timeout: 10_000 }).toBe(false);
    },
  );
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
