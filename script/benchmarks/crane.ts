import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../../src/host/tools.ts';

const run = promisify(execFile);
const crane = 'github.com/google/go-containerregistry/cmd/crane@v0.22.1';

/** crane's path: from PATH, from an earlier run, or built now if Go and its module proxy are available; otherwise why not. */
export async function findCrane(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const inPath = findTool('crane');
  if (inPath !== undefined) return { path: inPath };
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'coxswain-bench');
  const path = findTool('crane', { PATH: folder });
  if (path !== undefined) return { path };
  if (findTool('go') === undefined) return { missing: 'neither crane nor Go is installed' };
  try {
    await run('go', ['install', crane], { env: { ...process.env, GOBIN: folder } });
  } catch (error) {
    return { missing: `go install ${crane} failed: ${String(error).split('\n')[0]}` };
  }
  return { path: join(folder, 'crane') };
}
