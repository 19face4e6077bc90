import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure } from './measure.ts';
import { median, prepare, program, shapes } from './promote.ts';
import { withRegistryStage } from './registry-stage.ts';
import { prepareWatch } from './watch-base.ts';

const execute = promisify(execFile);
const rounds = 7;

/**
 * Whole processes, by processor time (of them and of what they start), which other work on the machine hardly changes, and by the
 * clock: help texts, each verb's start (until it refuses an option that it does not have), and two verbs that find nothing to do. Other Node.js versions beside this
 * one: BENCH_NODES=/path/to/node:/path/to/another. Files and kilobytes are those of the bundle that were loaded.
 */
export async function benchStart(report: (figure: Figure) => void): Promise<void> {
  const nodes = [process.execPath, ...(process.env.BENCH_NODES ?? '').split(':')].filter(
    (each) => each !== '',
  );
  const verbs = (await readdir(join(dirname(program), 'verbs'))).map((file) => file.replace(/\.mjs$/, ''));
  for (const node of nodes) {
    const { stdout } = await run(node, ['--version']);
    const measure = async (what: string, args: readonly string[], cwd = '.') => {
      const name = `${stdout.trim()} ${what}`;
      report({ what: name, value: await milliseconds(node, args, cwd), unit: 'ms' });
      report({ what: `${name}: processor`, value: await processorMilliseconds(node, args, cwd), unit: 'ms' });
      if (args[0] !== program) return;
      const { files, bytes } = await loadedFiles(node, args, cwd);
      report({ what: `${name}: loaded`, value: files, unit: 'files' });
      report({ what: `${name}: loaded`, value: bytes / 1000, unit: 'kB' });
    };
    await measure('node -e 0', ['-e', '0']);
    await measure('--help', [program, '--help']);
    await measure('promote-image --help', [program, 'promote-image', '--help']);
    for (const verb of verbs) await measure(`${verb} started`, [program, verb, '--no-such-option']);
    await withRegistryStage(async (stage) => {
      await prepareWatch(stage);
      await measure('watch-base, nothing moved', [program, 'watch-base'], stage.directory);
    });
    await withRegistryStage(async (stage) => {
      await prepare(stage, `${stage.first.host}/acme/os`, { shape: shapes[1] });
      const promote = [program, 'promote-image', '--fleet', 'testing'];
      await run(node, promote, { cwd: stage.directory });
      await measure('promote-image, done already', promote, stage.directory);
    });
  }
}

/** Wrong usage, exit code 2, is an answer here. */
async function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ readonly stdout: string }> {
  try {
    return await execute(file, args, options);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 2) return { stdout: '' };
    throw error;
  }
}

async function milliseconds(node: string, args: readonly string[], cwd: string): Promise<number> {
  const times: number[] = [];
  // The first run fills the caches of the system, and of Node.js.
  for (let round = 0; round <= rounds; round += 1) {
    const started = performance.now();
    await run(node, args, { cwd });
    if (round > 0) times.push(performance.now() - started);
  }
  return median(times);
}

/** Mean of user and system time, of the program and of everything it waits for: only a shell says that. */
async function processorMilliseconds(node: string, args: readonly string[], cwd: string): Promise<number> {
  const script = `for round in $(seq ${rounds}); do "$@" >/dev/null 2>&1 || [ $? -eq 2 ] || exit 1; done; times`;
  const { stdout } = await run('bash', ['-c', script, 'bash', node, ...args], {
    cwd,
    env: { ...process.env, LC_ALL: 'C' },
  });
  const [, children = ''] = stdout.split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  return (seconds.reduce((sum, each) => sum + each, 0) * 1000) / rounds;
}

/** By V8's own record of what it ran. */
async function loadedFiles(
  node: string,
  args: readonly string[],
  cwd: string,
): Promise<{ files: number; bytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-start-'));
  try {
    await run(node, args, { cwd, env: { ...process.env, NODE_V8_COVERAGE: folder } });
    const files = new Set<string>();
    for (const name of await readdir(folder)) {
      const { result } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
        result: readonly { readonly url: string }[];
      };
      for (const { url } of result) if (url.startsWith('file://')) files.add(url);
    }
    const sizes = await Promise.all([...files].map(async (url) => (await stat(fileURLToPath(url))).size));
    return { files: files.size, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
