import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../../src/host/tools.ts';

const run = promisify(execFile);

/** Programs that copy images, as Go modules. */
const modules = {
  crane: 'github.com/google/go-containerregistry/cmd/crane@v0.22.1',
  regctl: 'github.com/regclient/regclient/cmd/regctl@v0.11.1',
} as const;

/** The program's path: from PATH, from an earlier run, or built now if Go and its module proxy are available; otherwise why not. */
export async function findCopier(
  name: keyof typeof modules,
): Promise<{ readonly path: string } | { readonly missing: string }> {
  const inPath = findTool(name);
  if (inPath !== undefined) return { path: inPath };
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'coxswain-bench');
  const path = findTool(name, { PATH: folder });
  if (path !== undefined) return { path };
  if (findTool('go') === undefined) return { missing: `neither ${name} nor Go is installed` };
  try {
    await run('go', ['install', modules[name]], { env: { ...process.env, GOBIN: folder } });
  } catch (error) {
    return { missing: `go install ${modules[name]} failed: ${String(error).split('\n')[0]}` };
  }
  return { path: join(folder, name) };
}
