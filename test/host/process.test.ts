import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess } from '../../src/host/process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain-process-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A process that has ended but was not yet collected by its new parent does not count as alive. */
function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('startProcess', () => {
  it('stops by pid, also a program that ignores SIGTERM', async () => {
    const logFile = join(folder, 'stubborn.log');
    const started = await startProcess(
      'bash',
      ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'],
      { logFile },
    );
    await expect.poll(() => readFile(logFile, 'utf8')).toContain('ready');
    expect(alive(started.pid)).toBe(true);
    await started.stop(200);
    expect(alive(started.pid)).toBe(false);
    expect(await started.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('reports how a program ended without a signal from us', async () => {
    const started = await startProcess('bash', ['-c', 'exit 7'], { logFile: join(folder, 'seven.log') });
    expect(await started.ended).toEqual({ code: 7, signal: null });
    await started.stop();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)('stops its processes when this process gets %s', async (signal, exitCode) => {
    // A built entry that starts a long process through our code, then is interrupted.
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({
      input: 'test/support/starts-a-process.ts',
      platform: 'node',
      logLevel: 'silent',
    });
    const file = join(folder, 'starts.mjs');
    await bundle.write({ file, format: 'esm' });
    const child = spawn(process.execPath, [file, join(folder, 'child.log')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    await expect.poll(() => readFile(`/proc/${pid}/comm`, 'utf8')).toBe('sleep\n');
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(exitCode);
    await expect.poll(() => alive(pid)).toBe(false);
  });
});
