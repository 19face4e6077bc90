import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { OutsideError } from '../../host/errors.ts';
import { findTool } from '../../host/tools.ts';

export interface GitObject {
  /** Of the object itself: a ref and `commit^{tree}` are followed. */
  readonly hash: string;
  readonly kind: string;
  readonly bytes: Buffer;
}

interface Question {
  readonly answer: (object: GitObject | undefined) => void;
  readonly fail: (error: Error) => void;
}

/** A running git, and the questions that it has not answered yet. */
interface Process {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly questions: Question[];
}

/** Milliseconds without a question after which the process ends. */
const idle = 1_000;

/**
 * Reads objects by one `git cat-file --batch` that goes on running: to start git takes longer than to read. It reads a ref
 * again for each question, and finds objects that other processes add. It never keeps our own process running.
 */
export class ObjectReader {
  readonly #directory: string;
  #process: Process | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * @param name a hash, a full ref name, or an expression such as `HEAD^{commit}`
   * @returns undefined if git has no such object, or the name is ambiguous
   * @throws OutsideError if git cannot read
   */
  read(name: string): Promise<GitObject | undefined> {
    if (name === '' || name.includes('\n')) return Promise.resolve(undefined);
    const process = this.#process ?? this.#start();
    clearTimeout(this.#timer);
    if (process.questions.length === 0) keepRunning(process, true);
    return new Promise((answer, fail) => {
      process.questions.push({ answer, fail });
      process.child.stdin.write(`${name}\n`);
    });
  }

  /** Like `read`; undefined also if git cannot read. For questions that are asked otherwise then. */
  find(name: string): Promise<GitObject | undefined> {
    return this.read(name).catch(() => undefined);
  }

  #start(): Process {
    const child = spawn(findTool('git') ?? 'git', ['-C', this.#directory, 'cat-file', '--batch'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    });
    // Of its own: an idle process may still be ending when the next one is asked.
    const started: Process = { child, questions: [] };
    const { questions } = started;
    this.#process = started;
    keepRunning(started, false);
    let complaint = '';
    child.stderr.on('data', (data: Buffer) => {
      complaint = (complaint + data.toString()).slice(-2_000);
    });
    const answers = answerParser();
    child.stdout.on('data', (data: Buffer) => {
      for (const object of answers(data)) questions.shift()?.answer(object);
      if (questions.length === 0) this.#rest(started);
    });
    const end = (why: string) => {
      if (this.#process === started) this.#process = undefined;
      for (const { fail } of questions.splice(0))
        fail(new OutsideError('reading objects from git', complaint.trim() || why));
    };
    child.once('error', ({ message }) => end(message));
    child.once('close', (code) => end(`git ended with exit code ${code}`));
    // The end of the process is reported. Without this handler a broken pipe would end our process.
    child.stdin.on('error', () => {});
    return started;
  }

  #rest(process: Process): void {
    keepRunning(process, false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#process === process) this.#process = undefined;
      process.child.stdin.end();
    }, idle).unref();
  }
}

/** Whether our own process waits for this one. */
function keepRunning({ child }: Process, wait: boolean): void {
  const how = wait ? 'ref' : 'unref';
  child[how]();
  for (const stream of [child.stdin, child.stdout, child.stderr] as { ref?(): void; unref?(): void }[]) {
    stream[how]?.();
  }
}

/** Splits the output of `cat-file --batch` into answers; undefined: there is no such object. */
function answerParser(): (data: Buffer) => (GitObject | undefined)[] {
  let held: Buffer[] = [];
  let length = 0;
  let header: { hash: string; kind: string; size: number } | undefined;
  const take = (count: number): Buffer => {
    const all = Buffer.concat(held, length);
    held = [all.subarray(count)];
    length -= count;
    return all.subarray(0, count);
  };
  return (data) => {
    held.push(data);
    length += data.length;
    const answers: (GitObject | undefined)[] = [];
    for (;;) {
      if (header === undefined) {
        const all = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held, length);
        held = [all];
        const end = all.indexOf(10);
        if (end < 0) return answers;
        const line = take(end + 1).toString('utf8', 0, end);
        const [, hash = '', kind = '', size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
        if (size === undefined) answers.push(undefined);
        else header = { hash, kind, size: Number(size) };
      } else {
        // A newline follows the content.
        if (length <= header.size) return answers;
        const { hash, kind, size } = header;
        answers.push({ hash, kind, bytes: take(size + 1).subarray(0, size) });
        header = undefined;
      }
    }
  };
}
