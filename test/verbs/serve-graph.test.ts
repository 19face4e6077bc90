import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { start } from '../guidance/histories.ts';
import { early, edgesOf, writeFleet } from '../operate/serve-graph/support.ts';
import { requireAnswer } from '../support/answers.ts';
import { cliFolder } from '../support/build-cli.ts';
import { cli } from '../support/cli.ts';

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** Starts the program and waits for the line with its URL. */
async function serve(folder: string, flags: readonly string[] = []) {
  const args = ['serve-graph', '--site', folder, '--listen', '127.0.0.1:0', '--now', String(start + 3000)];
  const child = spawn(process.execPath, [join(cliFolder, 'main.mjs'), ...args, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    void ended.then((code) => reject(new Error(`ended with ${code}`)));
  });
  return { child, url, ended };
}

describe('serve-graph', () => {
  it('prints its URL, serves, and stops in order on SIGTERM', () =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable');
      const { child, url, ended } = await serve(folder, ['--quiet']);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      expect(await edgesOf(`${url}stable/v1/graph?${early}`)).toHaveLength(2);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }));

  it('prints with --json its answer alone on standard output', () =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable');
      const args = ['serve-graph', '--json', '--site', folder, '--listen', '127.0.0.1:0'];
      const child = spawn(process.execPath, [join(cliFolder, 'main.mjs'), ...args]);
      children.add(child);
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        if (/^http:/m.test(chunk)) child.kill('SIGTERM');
      });
      await new Promise((resolve) => child.once('close', resolve));
      requireAnswer('serve-graph', JSON.parse(stdout));
    }));

  it('finishes a request that had begun when it was asked to stop', () =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable');
      const { child, url, ended } = await serve(folder, ['--quiet']);
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let answer = '';
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
      });
      socket.write(`GET /v1/graph?${early} HTTP/1.1\r\n`);
      // The half request must have been read before the signal comes.
      await sleep(200);
      child.kill('SIGTERM');
      await sleep(200);
      socket.write('host: localhost\r\n\r\n');
      await closed;
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(await ended).toBe(0);
    }));

  it('reads new files automatically', () =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable', { entries: [] });
      const { url } = await serve(folder, ['--quiet', '--refresh', '1s']);
      expect(await edgesOf(`${url}v1/graph?${early}`)).toEqual([]);
      await writeFleet(folder, 'stable');
      await expect.poll(() => edgesOf(`${url}v1/graph?${early}`), { timeout: 10_000 }).toHaveLength(2);
    }));

  it.each([
    [['serve-graph'], 2, /one of --site and --from-oci is required/],
    [
      ['serve-graph', '--site', '.', '--from-oci', 'localhost/os:x'],
      2,
      /one of --site and --from-oci is required/,
    ],
    [['serve-graph', '--site', '.'], 1, /no fleet is published in this folder/],
    [['serve-graph', '--site', '.', '--listen', '8080'], 1, /--listen: not an address to listen on/],
    [['serve-graph', '--from-oci', 'os'], 1, /--from-oci/],
  ])('refuses %j', (args, exitCode, message) =>
    withTemporaryFolder('serve', async (cwd) => {
      const result = await cli(args, { cwd });
      expect(result.exitCode).toBe(exitCode);
      expect(result.stderr).toMatch(message);
      expect(result.stderr).not.toContain('defect');
    }),
  );

  it('says so when the address is taken', () =>
    withTemporaryFolder('serve', async (folder) => {
      await writeFleet(folder, 'stable');
      const { url } = await serve(folder, ['--quiet']);
      const result = await cli(['serve-graph', '--site', folder, '--listen', new URL(url).host], {
        cwd: folder,
      });
      expect(result.exitCode).toBe(3);
      expect(result.stderr).toMatch(/listening on 127\.0\.0\.1:\d+ failed: .*EADDRINUSE/);
    }));
});
