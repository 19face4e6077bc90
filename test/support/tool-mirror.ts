import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ForeignPackages } from '../../src/demo/debian-packages.ts';
import { exec } from '../../src/host/exec.ts';
import { pinOf } from '../../src/world/tools/tool-cache.ts';

/** Debian's busybox-static for aarch64, by apt, on a web server on loopback. */
export interface ToolMirror {
  readonly url: string;
  readonly pin: ReturnType<typeof pinOf>;
  /** false: Debian has another version by now than the pinned one. */
  readonly isPinned: boolean;
  close(): void;
}

/** @param folder a new one, for the download */
export async function serveHelper(foreign: ForeignPackages, folder: string): Promise<ToolMirror> {
  const pin = pinOf('busybox-static', 'aarch64');
  await mkdir(folder, { recursive: true });
  await exec('apt-get', ['download', '--quiet', 'busybox-static'], { cwd: folder, env: foreign.env });
  const [name = ''] = await readdir(folder);
  const bytes = await readFile(join(folder, name));
  const server = createServer((_, answer) => answer.end(bytes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pin,
    isPinned: createHash('sha256').update(bytes).digest('hex') === pin.file.sha256,
    close: () => server.close(),
  };
}
