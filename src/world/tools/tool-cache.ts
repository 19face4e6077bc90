import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../host/cache-folder.ts';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { exec } from '../../host/exec.ts';
import { isMissing, withTemporaryFolder } from '../../host/files.ts';
import type { Architecture } from '../registry/architecture.ts';
import { digestOf } from '../registry/reference.ts';
import { readPackageData } from './debian-package.ts';
import { type PinnedFile, type PinnedTool, pinnedTools, type ToolName } from './pinned-tools.ts';

/** What is downloaded for one architecture. */
export interface Pin {
  readonly name: string;
  readonly architecture: Architecture;
  readonly tool: PinnedTool;
  readonly file: PinnedFile;
}

/** @throws InputError if the tool does not exist for this architecture */
export function pinOf(name: ToolName, architecture: Architecture): Pin {
  const tool: PinnedTool = pinnedTools[name];
  const file = tool.files[architecture];
  if (file !== undefined) return { name, architecture, tool, file };
  throw new InputError({
    problem: `${name} cannot be downloaded for this architecture`,
    found: architecture,
    expected: `one of ${Object.keys(tool.files).join(', ')}`,
  });
}

/**
 * The tool, if an earlier call of fetchPinnedTool left it in this machine's tool cache: on a runner RUNNER_TOOL_CACHE,
 * elsewhere the user's cache folder.
 * @returns the path of the program; undefined if it is missing, or has other bytes than the pinned ones
 */
export async function findPinnedTool({ name, architecture, tool, file }: Pin): Promise<string | undefined> {
  const folder = await withToolCache((cache) => cache.find(name, tool.version, architecture));
  if (folder === '') return undefined;
  const path = join(folder, name);
  return (await hasBytes(path, file.program)) ? path : undefined;
}

/**
 * Finds a tool in the tool cache, or downloads it there. Its bytes are checked against the pinned ones before they are
 * unpacked and again before they are used.
 * @param mirror address of a folder that has the package under its own name, in place of Debian's
 * @returns the path of the program
 * @throws OutsideError if it cannot be downloaded, or has other bytes
 */
export async function fetchPinnedTool(
  pin: Pin,
  { mirror }: { readonly mirror?: string } = {},
): Promise<string> {
  const found = await findPinnedTool(pin);
  if (found !== undefined) return found;
  const { name, architecture, tool, file } = pin;
  return withTemporaryFolder('tool', async (folder) => {
    const data = readPackageData(await download(file, mirror, folder));
    const archive = join(folder, data.name);
    await writeFile(archive, data.content);
    await exec('tar', ['--extract', '--no-same-owner', '--directory', folder, '--file', archive]);
    const program = join(folder, tool.path);
    if (!(await hasBytes(program, file.program))) {
      throw new InputError({
        where: file.name,
        problem: 'the program in it has other bytes than the pinned ones',
      });
    }
    await chmod(program, 0o755);
    const kept = await withToolCache((cache) =>
      cache.cacheFile(program, name, name, tool.version, architecture),
    );
    return join(kept, name);
  });
}

/**
 * Works with the tool cache, which is loaded only if a tool is needed. It asks for the folders of a runner, which other
 * machines do not name. On a command line, standard output is data, so what the library writes there is dropped: lines
 * such as `::debug::` are for a runner.
 */
async function withToolCache<T>(work: (cache: ToolCache) => Promise<T> | T): Promise<T> {
  const { env, stdout } = process;
  const own = cacheFolder('tools', env);
  env.RUNNER_TOOL_CACHE ||= own;
  env.RUNNER_TEMP ||= own;
  const cache = await import('@actions/tool-cache');
  if (env.GITHUB_ACTIONS === 'true') return work(cache);
  const write = stdout.write;
  stdout.write = () => true;
  try {
    return await work(cache);
  } finally {
    stdout.write = write;
  }
}

type ToolCache = typeof import('@actions/tool-cache');

async function download(file: PinnedFile, mirror: string | undefined, folder: string): Promise<Buffer> {
  const folders = mirror === undefined ? file.folders : [mirror.endsWith('/') ? mirror : `${mirror}/`];
  const failures: string[] = [];
  for (const [index, address] of folders.entries()) {
    const url = `${address}${encodeURIComponent(file.name)}`;
    try {
      const path = join(folder, `download-${index}`);
      const bytes = await readFile(await withToolCache((cache) => cache.downloadTool(url, path)));
      const sha256 = sha256Of(bytes);
      if (sha256 === file.sha256) return bytes;
      failures.push(`${url}: SHA-256 ${sha256} of ${bytes.length} bytes, expected ${file.sha256}`);
    } catch (error) {
      failures.push(`${url}: ${messageOf(error)}`);
    }
  }
  throw new OutsideError(`downloading ${file.name}`, `nothing was used of ${failures.join('; ')}`);
}

async function hasBytes(path: string, sha256: string): Promise<boolean> {
  try {
    return sha256Of(await readFile(path)) === sha256;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** In hex, as lists of packages have it. */
function sha256Of(bytes: Buffer): string {
  return digestOf(bytes).slice('sha256:'.length);
}
