import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { writeSite } from '../../src/release/published/publishers/folder.ts';
import { renderSite } from '../../src/release/published/site.ts';
import { writeAccessLog } from './access-log.ts';
import type { Figure } from './measure.ts';
import { sampleSite, start } from './sample-site.ts';

// COXSWAIN_BENCH_LINES=1000000 for a smaller log.
const lines = Number(process.env.COXSWAIN_BENCH_LINES ?? 10_000_000);
const nodes = Math.ceil(lines / 10);

/** Counts nodes in an access log, beside other programs on the same file, each as a process of its own. */
export async function benchObserve(report: (figure: Figure) => void): Promise<void> {
  await withTemporaryFolder('bench', async (folder) => {
    const site = join(folder, 'site');
    await writeSite(site, renderSite(sampleSite()));
    const log = join(folder, 'access.log');
    await writeAccessLog(log, { lines, nodes });
    const { size } = await stat(log);
    const what = `${lines.toLocaleString('en-US')} lines, ${nodes.toLocaleString('en-US')} nodes`;
    report({ what: `log: ${what}`, value: size / 2 ** 20, unit: 'MiB' });

    const program = fileURLToPath(new URL('bench-cli/main.mjs', import.meta.url));
    const now = String(start + 10 * 86_400);
    const ours = await run(process.execPath, [
      program,
      ...['observe', '--log', log, '--site', site, '--fleet', 'stable', '--now', now, '--json', '--quiet'],
    ]);
    const counted = (JSON.parse(ours.output) as { fleets: { nodes: number; method: string }[] }).fleets[0];
    if (counted?.nodes !== nodes || counted.method !== 'exact')
      throw new Error(`counted ${counted?.nodes} nodes of ${nodes}`);
    tell('coxswain observe', ours);
    // The least that another program can do for the same answer: the last version of each node.
    const script = `{ if (match($0, /os_version=[^& ]*/)) { v = substr($0, RSTART + 11, RLENGTH - 11);
      if (match($0, /node_uuid=[0-9a-f]*/)) last[substr($0, RSTART + 10, RLENGTH - 10)] = v } }
      END { for (n in last) count[last[n]]++; for (v in count) print v, count[v] }`;
    tell('mawk: last version of each node', await run('mawk', [script, log]), ours);
    // goaccess has no question for nodes; without queries, because otherwise it keeps each request.
    const options = [
      '--log-format=COMBINED',
      '--no-query-string',
      '--no-progress',
      '-o',
      join(folder, 'report.json'),
    ];
    tell('goaccess: its report', await run('goaccess', [log, ...options]), ours);

    function tell(name: string, one: Run, other?: Run): void {
      report({ what: `${name}: lines`, value: lines / one.seconds, unit: '/s' });
      report({ what: `${name}: lines for each second of the processor`, value: lines / one.cpu, unit: '/s' });
      report({ what: `${name}: most memory`, value: one.memory / 2 ** 20, unit: 'MiB' });
      if (other === undefined) return;
      report({
        what: `… time of the processor, as a multiple of observe's`,
        value: one.cpu / other.cpu,
        unit: '×',
      });
      report({ what: `… memory, as a multiple of observe's`, value: one.memory / other.memory, unit: '×' });
    }
  });
}

interface Run {
  readonly seconds: number;
  /** Seconds of the processor: other programs on the machine make no difference. */
  readonly cpu: number;
  /** Bytes of resident memory at most. */
  readonly memory: number;
  readonly output: string;
}

async function run(command: string, args: readonly string[]): Promise<Run> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  let memory = 0;
  let cpu = 0;
  const timer = setInterval(() => {
    void look().catch(() => undefined);
  }, 50);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ended with exit code ${code}`);
  return {
    seconds: (performance.now() - started) / 1000,
    cpu,
    memory,
    output: Buffer.concat(chunks).toString('utf8'),
  };

  async function look(): Promise<void> {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    memory = Math.max(memory, 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    // Fields 14 and 15 of proc(5), in hundredths of a second; the name before them may have spaces.
    const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
    cpu = Math.max(cpu, (Number(fields[11]) + Number(fields[12])) / 100);
  }
}
