import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { InputError, messageOf } from '../../host/errors.ts';
import { type ExecOptions, type ExecResult, exec } from '../../host/exec.ts';
import type { Log } from '../../host/log.ts';
import { requireTools } from '../../host/tools.ts';
import { openNetwork } from './open-network.ts';
import isolatedScript from './shell/isolated.sh';

/**
 * What keeps the programs of RUN away from this machine, the strictest first. buildah's chroot isolation shows them what
 * buildah itself sees, so buildah gets less to see:
 * - `full`: no process of the host, no device with data, and a network that cannot reach the host's loopback;
 * - `processes`: the same on the host's network;
 * - `none`.
 */
export const isolations = ['full', 'processes', 'none'] as const;
export type Isolation = (typeof isolations)[number];

/** The address of the host's name servers in a network of its own, through slirp4netns. */
export const nameServer = '10.0.2.3';

/** What buildah, and the programs that it starts, need of the environment. All else may be a secret of the run. */
const kept =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|XDG_\w+|_?CONTAINERS_\w+|STORAGE_\w+|BUILDAH_\w+|REGISTR(Y_AUTH_FILE|IES_CONFIG_PATH)|DOCKER_CONFIG|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|FTP|ALL)_PROXY|(https?|no|ftp|all)_proxy)$/;

/** @returns the names of variables that a build does not get */
export function namesToUnset(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter((name) => /^[A-Za-z_]\w*$/.test(name) && !kept.test(name));
}

/**
 * The isolation that COXSWAIN_BUILD_ISOLATION asks for; otherwise the strictest one that works here, with a warning if
 * that is not `full`. coxswain.yaml cannot set it, because a pull request can change that file.
 * @param folder an existing folder for this run's files
 * @throws InputError if the variable has another value
 */
export async function chooseIsolation(
  env: NodeJS.ProcessEnv,
  { folder, log }: { readonly folder: string; readonly log: Log },
): Promise<Isolation> {
  const wanted = env.COXSWAIN_BUILD_ISOLATION || undefined;
  const found = isolations.find((each) => each === wanted);
  if (found !== undefined) return found;
  if (wanted !== undefined) {
    throw new InputError({
      field: 'COXSWAIN_BUILD_ISOLATION',
      problem: 'this isolation of builds does not exist',
      found: wanted,
      expected: `one of ${isolations.join(', ')}`,
    });
  }
  const problems: string[] = [];
  for (const isolation of ['full', 'processes'] as const) {
    try {
      await execIsolated(isolation, 'true', [], { folder, env: {} });
    } catch (error) {
      problems.push(messageOf(error));
      continue;
    }
    if (isolation === 'processes') {
      log.warn(`${seenByRun.processes}: ${problems[0]} COXSWAIN_BUILD_ISOLATION=processes accepts that.`);
    }
    return isolation;
  }
  log.warn(`${seenByRun.none}: ${problems[1]} COXSWAIN_BUILD_ISOLATION=none accepts that.`);
  return 'none';
}

const seenByRun = {
  processes: "RUN instructions share this machine's network, and reach what listens on its loopback",
  none: "RUN instructions see this machine's processes and network",
} as const;

/**
 * Runs a program as exec() does, isolated, and without the variables that may be secrets.
 * @throws InputError if a program is missing
 * @throws OutsideError if the isolation does not work on this machine, or on failure
 */
export async function execIsolated(
  isolation: Isolation,
  program: string,
  args: readonly string[],
  options: Omit<ExecOptions, 'input'> & {
    readonly folder: string;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<ExecResult> {
  const { folder, onLine, ...others } = options;
  if (isolation === 'none') return exec(program, args, options);
  requireTools([program, 'unshare', 'mount', ...(isolation === 'full' ? ['slirp4netns'] : [])]);
  const script = join(folder, 'isolated.sh');
  await writeFile(script, isolatedScript);
  const start = new PassThrough();
  let holder: string | undefined;
  let isReady = false;
  let network: ReturnType<typeof openNetwork> | undefined;
  try {
    const result = await exec('sh', [script, program, ...args], {
      ...others,
      env: {
        ...options.env,
        COXSWAIN_ISOLATION: isolation,
        COXSWAIN_UNSET: namesToUnset({ ...process.env, ...options.env }).join(' '),
      },
      input: start,
      onLine: (line) => {
        // Warnings of a shell or of mount may come before.
        if (holder === undefined && /^\d+$/.test(line)) holder = line;
        else if (isReady || holder === undefined || line !== 'isolated') onLine?.(line);
        else {
          isReady = true;
          network = isolation === 'full' ? openNetwork(Number(holder)) : undefined;
          // If the network fails, the program is not started: its input ends without a line.
          Promise.resolve(network).then(
            () => start.end('\n'),
            () => start.end(),
          );
        }
      },
    });
    await network;
    return result;
  } catch (error) {
    // Why the network failed says more than that the program was not started.
    await network;
    throw error;
  } finally {
    start.destroy();
    await network?.then(
      (opened) => opened.close(),
      () => {},
    );
  }
}
