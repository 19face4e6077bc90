import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exec } from '../../../src/host/exec.ts';
import { fetchPinnedTool, findPinnedTool, type Pin, pinOf } from '../../../src/world/tools/tool-cache.ts';
import { temporaryFolder } from '../../support/repository.ts';

let server: Server | undefined;
let asked: string[];
let cache: string;

beforeEach(async () => {
  asked = [];
  cache = await temporaryFolder();
  process.env.RUNNER_TOOL_CACHE = join(cache, 'tools');
  process.env.RUNNER_TEMP = join(cache, 'temp');
  // The library waits 10 to 20 seconds before it tries again; its own tests shorten that in this way.
  Object.assign(globalThis, {
    TEST_DOWNLOAD_TOOL_RETRY_MIN_SECONDS: 0,
    TEST_DOWNLOAD_TOOL_RETRY_MAX_SECONDS: 0,
  });
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** @returns address of a folder on it */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    listener(request, answer);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tools/`;
}

/** A Debian package with a program in it, and its pin, which names no folder that could be asked. */
async function makeTool(script: string): Promise<{ readonly pin: Pin; readonly bytes: Buffer }> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'root/DEBIAN'), { recursive: true });
  await mkdir(join(folder, 'root/bin'));
  const control =
    'Package: small\nVersion: 1\nArchitecture: all\nMaintainer: Test <t@example.com>\nDescription: test\n';
  await writeFile(join(folder, 'root/DEBIAN/control'), control);
  await writeFile(join(folder, 'root/bin/small'), script);
  await chmod(join(folder, 'root/bin/small'), 0o755);
  await exec('dpkg-deb', ['--build', join(folder, 'root'), join(folder, 'small.deb')]);
  const bytes = await readFile(join(folder, 'small.deb'));
  const file = { name: 'small_1+b1_all.deb', folders: [], sha256: sha256(bytes), program: sha256(script) };
  return {
    bytes,
    pin: {
      name: 'small',
      architecture: 'aarch64',
      file,
      tool: { version: '1.0.0-1', path: 'bin/small', files: {} },
    },
  };
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

const script = '#!/bin/sh\necho small\n';

describe('fetchPinnedTool', () => {
  it('downloads a tool once, and finds it again without asking anyone', async () => {
    const { pin, bytes } = await makeTool(script);
    const mirror = await serve((_, answer) => answer.end(bytes));
    expect(await findPinnedTool(pin)).toBeUndefined();
    const path = await fetchPinnedTool(pin, { mirror });
    expect((await exec('sh', ['-c', path])).stdout).toBe('small\n');
    expect(asked).toEqual(['/tools/small_1%2Bb1_all.deb']);
    expect(await fetchPinnedTool(pin, { mirror })).toBe(path);
    expect(await findPinnedTool(pin)).toBe(path);
    expect(asked).toHaveLength(1);
  });

  it('downloads a tool again if somebody changed the one in the cache', async () => {
    const { pin, bytes } = await makeTool(script);
    const mirror = await serve((_, answer) => answer.end(bytes));
    const path = await fetchPinnedTool(pin, { mirror });
    await writeFile(path, '#!/bin/sh\necho evil\n');
    expect(await findPinnedTool(pin)).toBeUndefined();
    expect(await readFile(await fetchPinnedTool(pin, { mirror }), 'utf8')).toBe(script);
  });

  it('follows a redirect, and judges only the bytes', async () => {
    const { pin, bytes } = await makeTool(script);
    const mirror = await serve((request, answer) =>
      request.url?.startsWith('/tools/')
        ? answer.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end()
        : answer.end(bytes),
    );
    expect(await readFile(await fetchPinnedTool(pin, { mirror }), 'utf8')).toBe(script);
  });

  it.each<[string, (bytes: Buffer) => RequestListener, RegExp]>([
    [
      'has one wrong byte',
      (bytes) => (_, answer) => answer.end(flipped(bytes)),
      /SHA-256 \w{64} of \d+ bytes, expected/,
    ],
    ['is cut off', (bytes) => (_, answer) => answer.end(bytes.subarray(0, 100)), /of 100 bytes, expected/],
    [
      'breaks off in the middle',
      (bytes) => (_, answer) => {
        answer.writeHead(200, { 'content-length': bytes.length });
        answer.write(bytes.subarray(0, 100), () => answer.socket?.destroy());
      },
      /aborted/,
    ],
    ['is a web page', () => (_, answer) => answer.end('<html>Sign in</html>'), /of 20 bytes, expected/],
    ['is missing', () => (_, answer) => answer.writeHead(404).end(), /Unexpected HTTP response: 404/],
    [
      'is elsewhere, and wrong there',
      (bytes) => (request, answer) =>
        request.url === '/other'
          ? answer.end(flipped(bytes))
          : answer.writeHead(302, { location: `http://${request.headers.host}/other` }).end(),
      /SHA-256 \w{64} of \d+ bytes, expected/,
    ],
  ])('refuses a download that %s, and keeps no tool', async (_, listener, message) => {
    const { pin, bytes } = await makeTool(script);
    const mirror = await serve(listener(bytes));
    const error: unknown = await fetchPinnedTool(pin, { mirror }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'OutsideError' });
    expect(String(error)).toMatch(message);
    expect(String(error)).toContain('small_1%2Bb1_all.deb');
    expect(String(error)).toMatch(/Running the same command again is safe/);
    expect(await findPinnedTool(pin)).toBeUndefined();
    await expect(stat(join(cache, 'tools'))).rejects.toThrow(/ENOENT/);
  });

  it('asks the next folder if the first one no longer has the file', async () => {
    const { pin, bytes } = await makeTool(script);
    const folder = await serve((request, answer) =>
      request.url?.startsWith('/tools/old/') ? answer.end(bytes) : answer.writeHead(404).end(),
    );
    const file = { ...pin.file, folders: [folder, `${folder}old/`] };
    expect(await readFile(await fetchPinnedTool({ ...pin, file }), 'utf8')).toBe(script);
  });

  it('writes nothing to standard output on a command line, and its debug lines on a runner', async () => {
    const { pin, bytes } = await makeTool(script);
    const mirror = await serve((_, answer) => answer.end(bytes));
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await fetchPinnedTool(pin, { mirror });
      expect(write.mock.calls).toEqual([]);
      process.env.GITHUB_ACTIONS = 'true';
      await findPinnedTool(pin);
      expect(write.mock.calls.flat().join('')).toContain('::debug::');
    } finally {
      write.mockRestore();
      delete process.env.GITHUB_ACTIONS;
    }
  });

  it('names the architectures that it has, if it has none for this one', () => {
    expect(() => pinOf('busybox-static', 's390x')).toThrow(
      /busybox-static cannot be downloaded for this architecture, found "s390x", expected one of x86_64, aarch64/,
    );
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1] = (copy[copy.length >> 1] as number) ^ 1;
  return copy;
}
