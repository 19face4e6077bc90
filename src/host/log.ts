import { styleText } from 'node:util';
import { forTerminal } from './locale.ts';

/** Where messages for people go: standard error, so that standard output stays data. */
export interface Log {
  info(message: string): void;
  /** Shown only with --verbose. */
  detail(message: string): void;
  warn(message: string): void;
  /**
   * Runs work under a title. Work that takes over two seconds shows that it is still running, and at the end how long
   * it took. `report` replaces the note after the title ("layer 3 of 7").
   */
  task<T>(title: string, work: (report: (note: string) => void) => Promise<T>): Promise<T>;
}

export interface LogOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly stream?: NodeJS.WriteStream;
}

const patienceMilliseconds = 2_000;
const reminderMilliseconds = 10_000;

/** A log for a terminal (one live line while a task runs) or for a file (a line at intervals). */
export function createLog(options: LogOptions = {}): Log {
  const stream = options.stream ?? process.stderr;
  const live = stream.isTTY === true && process.env.TERM !== 'dumb' && !options.quiet;
  // The live line of a task is replaced, and comes back with its next note.
  const shown = (line: string) => (stream.isTTY === true ? forTerminal(line, process.env) : line);
  const write = (line: string) => stream.write(`${live ? '\r\u001b[K' : ''}${shown(line)}\n`);
  return {
    info: (message) => {
      if (!options.quiet) write(message);
    },
    detail: (message) => {
      if (options.verbose) write(styled('dim', message, stream));
    },
    warn: (message) => write(`${styled('yellow', 'warning:', stream)} ${message}`),
    task: async (title, work) => {
      const started = performance.now();
      const seconds = () => (performance.now() - started) / 1000;
      let note = '';
      const line = () => `${title}${note === '' ? '' : `: ${note}`} (${seconds().toFixed(0)} s)`;
      const beat = setInterval(
        () => {
          if (options.quiet) return;
          if (live) stream.write(`\r\u001b[K${shown(line())}`);
          else write(`… ${line()}`);
        },
        live ? patienceMilliseconds / 4 : reminderMilliseconds,
      );
      const first = setTimeout(() => {
        if (!live && !options.quiet) write(`… ${line()}`);
      }, patienceMilliseconds);
      beat.unref();
      first.unref();
      try {
        const result = await work((text) => {
          note = text;
        });
        stop();
        if (seconds() * 1000 >= patienceMilliseconds && !options.quiet) {
          write(`${title}: done in ${seconds().toFixed(1)} s`);
        } else if (options.verbose) {
          write(styled('dim', `${title}: ${seconds().toFixed(2)} s`, stream));
        }
        return result;
      } finally {
        stop();
      }

      function stop() {
        clearInterval(beat);
        clearTimeout(first);
        if (live) stream.write('\r\u001b[K');
      }
    },
  };
}

/** A log that says nothing; for tests and for library use. */
export const silentLog: Log = {
  info: () => {},
  detail: () => {},
  warn: () => {},
  task: (_title, work) => work(() => {}),
};

type Style = Parameters<typeof styleText>[0];

/**
 * Colours text. FORCE_COLOR decides if it is set (`0` and `false` mean no); otherwise NO_COLOR if it is not empty
 * (no-color.org); otherwise whether the stream is a terminal that can show colours.
 */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return hasColours(process.env, stream.isTTY === true)
    ? // Newer versions of Node.js would ask standard output whether it has colours, and this may be another stream.
      styleText(style, text, { validateStream: false })
    : text;
}

/** @param isTerminal whether the stream is a terminal */
export function hasColours(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none = '', TERM: terminal } = env;
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  return none === '' && isTerminal && terminal !== 'dumb';
}
