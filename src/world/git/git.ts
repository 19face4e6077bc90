import { type ExecOptions, exec } from '../../host/exec.ts';
import { isFullHash } from './full-hash.ts';
import { Memory } from './memory.ts';
import { ObjectReader } from './object-reader.ts';

/** Environment that makes git's output the same for every user. */
const neutral = { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** Runs git in one repository. */
export class Git {
  readonly directory: string;
  /** What git said about objects: by the hash of a blob, its text; by a command line, its output. */
  readonly memory = new Memory();
  readonly objects: ObjectReader;

  /** @param directory a work tree, a folder inside one, or a bare repository */
  constructor(directory: string) {
    this.directory = directory;
    this.objects = new ObjectReader(directory);
  }

  /** Runs `git ARGS` and returns standard output without its final newline. @throws OutsideError */
  async run(args: readonly string[], options: ExecOptions = {}): Promise<string> {
    const result = await exec('git', ['-C', this.directory, ...args], {
      ...options,
      env: { ...neutral, ...options.env },
    });
    return result.stdout.replace(/\n$/, '');
  }

  /**
   * Like `run`, but runs git once for all calls with the same arguments. A verb asks the same dozens of times, and each
   * process takes about 15 ms. Objects never change, so this is only for questions about objects: unless each of
   * `objects` is a full hash, nothing is remembered.
   * @param objects the commits, trees and blobs in `args` that decide the answer
   */
  async runOnObjects(args: readonly string[], ...objects: readonly string[]): Promise<string> {
    if (!objects.every(isFullHash)) return this.run(args);
    const question = args.join('\0');
    const known = this.memory.get(question);
    if (known !== undefined) return known;
    const answer = await this.run(args);
    this.memory.set(question, answer);
    return answer;
  }

  /** Runs `git ARGS`; undefined if it answers with exit code 1 or 128 ("no such thing"). */
  async try(args: readonly string[], options: ExecOptions = {}): Promise<string | undefined> {
    const result = await exec('git', ['-C', this.directory, ...args], {
      ...options,
      env: { ...neutral, ...options.env },
      allow: [0, 1, 128],
    });
    return result.exitCode === 0 ? result.stdout.replace(/\n$/, '') : undefined;
  }
}
