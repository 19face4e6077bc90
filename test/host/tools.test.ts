import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';
import { findTool, requireTools } from '../../src/host/tools.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coxswain test-'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'hello'), '#!/bin/sh\necho "$@"; echo note >&2; exit "${CODE:-0}"\n', {
    mode: 0o755,
  });
});
afterAll(() => rm(folder, { recursive: true }));

describe('requireTools', () => {
  it('names every missing program and the package that brings it', () => {
    expect(() => requireTools(['mkfs.erofs', 'qemu-system-x86_64'], { PATH: folder })).toThrow(
      /not installed: .*qemu-system-x86_64.*apt-get install --no-install-recommends .*qemu-system-x86/,
    );
  });

  it('finds a program in PATH', () => {
    expect(findTool('hello', { PATH: join(folder, 'bin') })).toBe(join(folder, 'bin', 'hello'));
    expect(findTool('hello', { PATH: folder })).toBeUndefined();
  });
});

describe('exec', () => {
  const path = () => ({ env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` } });
  const tool = () => join(folder, 'bin', 'hello');

  it('passes arguments unchanged, without a shell', async () => {
    process.env.PATH = path().env.PATH;
    const result = await exec('hello', ['a b', '$(id)', '"quoted"', '']);
    expect(result).toEqual({ exitCode: 0, stdout: 'a b $(id) "quoted" \n', stderr: 'note\n' });
    expect(findTool('hello')).toBe(tool());
  });

  it('fails on the exit code with the end of the output', async () => {
    process.env.PATH = path().env.PATH;
    await expect(exec('hello', ['x'], { env: { CODE: '3' }, doing: 'greeting' })).rejects.toThrow(
      /^greeting failed: exit code 3\n {2}note\n/,
    );
    expect((await exec('hello', ['x'], { env: { CODE: '3' }, allow: [0, 3] })).exitCode).toBe(3);
  });

  it('survives a program that ends without reading its input', async () => {
    const result = await exec('true', [], { input: Buffer.alloc(4_000_000) });
    expect(result.exitCode).toBe(0);
  });

  it('gives lines as they come, and binary input as it is', async () => {
    const lines: string[] = [];
    const result = await exec('sha256sum', [], {
      input: new Uint8Array([0, 255, 10]),
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual([result.stdout.trimEnd()]);
    expect(result.stdout).toMatch(/^712450d3c4a79eea/);
  });

  it('names the signal that ended a program', async () => {
    await expect(exec('bash', ['-c', 'kill -9 $$'], { doing: 'sleeping' })).rejects.toThrow(
      /^sleeping failed: SIGKILL/,
    );
  });

  it('says which package brings a missing program', async () => {
    await expect(exec('no-such-program', [])).rejects.toThrow(/not installed: no-such-program/);
  });
});
