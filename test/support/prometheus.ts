import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from '../../src/host/process.ts';
import { findTool } from '../../src/host/tools.ts';
import { startAnsweringServer } from './answering-server.ts';

/** Why there is no real Prometheus here; undefined if there is one. */
export const noPrometheus = findTool('prometheus') === undefined ? 'prometheus is not installed' : undefined;

/** A real Prometheus server, and the one metric that it reads, `trouble`. */
export interface TestPrometheus {
  /** Ends in a slash. */
  readonly url: string;
  /** Sets the metric, and waits until the server has read it. */
  set(value: number): Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startPrometheus(): Promise<TestPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-prometheus-'));
  const target = await startAnsweringServer();
  let now = 0;
  target.answer = (_, response) => void response.end(`trouble{node="a"} ${now}\ntrouble{node="b"} 0\n`);
  const config = `scrape_configs:
  - job_name: fleet
    scrape_interval: 200ms
    scrape_timeout: 200ms
    static_configs: [{ targets: ["${new URL(target.url).host}"] }]
`;
  await writeFile(join(folder, 'prometheus.yml'), config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const started = await startProcess(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { logFile: join(folder, 'prometheus.log') },
  );
  const read = async (): Promise<number | undefined> => {
    try {
      const answer = await fetch(`${url}api/v1/query?query=sum(trouble)`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return data.result[0] === undefined ? undefined : Number(data.result[0].value[1]);
    } catch {
      return undefined;
    }
  };
  return {
    url,
    set: async (value) => {
      now = value;
      while ((await read()) !== value) await sleep(50);
    },
    stop: async () => {
      await started.stop();
      await target.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
