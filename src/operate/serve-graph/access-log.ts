import { appendFile } from 'node:fs/promises';
import { messageOf } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';

/** One answered request. */
export interface AnsweredRequest {
  readonly method: string;
  /** As it was sent. */
  readonly target: string;
  readonly status: number;
}

/** A file with a line of JSON for each request, which `coxswain observe` reads. It holds no addresses of clients. */
export interface AccessLog {
  add(request: AnsweredRequest, now: number): void;
  /** Writes what has not been written. */
  flush(): Promise<void>;
}

const most = 4 * 1024 * 1024;

/**
 * The file is opened for each write, so that it can be moved away at any time. If it cannot be written, the server
 * goes on: lines are lost, and the log says so once.
 */
export function createAccessLog(file: string, log: Log): AccessLog {
  let lines: string[] = [];
  let size = 0;
  let isBroken = false;
  let writing = Promise.resolve();
  return {
    add({ method, target, status }, now) {
      if (size > most) return;
      const time = new Date(now * 1000).toISOString();
      const line = `${JSON.stringify({ time, method, uri: target, status })}\n`;
      lines.push(line);
      size += line.length;
    },
    flush() {
      writing = writing.then(write);
      return writing;
    },
  };

  async function write(): Promise<void> {
    if (lines.length === 0) return;
    const text = lines.join('');
    lines = [];
    size = 0;
    try {
      await appendFile(file, text, { mode: 0o640 });
      isBroken = false;
    } catch (error) {
      if (!isBroken)
        log.warn(`the access log cannot be written, and its lines are lost: ${messageOf(error)}`);
      isBroken = true;
    }
  }
}
