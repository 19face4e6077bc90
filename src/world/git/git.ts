import { type ExecOptions, exec } from '../../host/exec.ts';
import { Memory } from './memory.ts';
import { ObjectReader } from './object-reader.ts';

/** Environment that makes git's output the same for every user. */
const neutral = { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** Runs git in one repository. */
export class Git {
  readonly directory: string;
  /** What git said about objects: by the hash of a blob, its text; by a question about a commit, the answer. */
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
