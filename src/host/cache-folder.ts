import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** A folder for what is kept between runs: `$XDG_CACHE_HOME/coxswain/NAME`. */
export function cacheFolder(name: string, env: NodeJS.ProcessEnv): string {
  const home = env.XDG_CACHE_HOME;
  // Relative paths are to be ignored, says the XDG Base Directory Specification.
  const cache = home !== undefined && isAbsolute(home) ? home : join(env.HOME ?? homedir(), '.cache');
  return join(cache, 'coxswain', name);
}
