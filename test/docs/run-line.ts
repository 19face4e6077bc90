import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArguments, verbFirst } from '../../src/cli/arguments.ts';
import { commandLineInputs, isRehearsed, withForgeInputs } from '../../src/cli/directory.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { answerOfRehearsal, Rehearsed, rehearsalVariable } from '../../src/host/dry-run.ts';
import { messageOf } from '../../src/host/errors.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import { requireAnswer, UnknownAnswer } from '../support/answers.ts';
import { cliFolder } from '../support/build-cli.ts';

/** Where and when a line is run. */
export interface Place {
  readonly folder: string;
  /** UNIX seconds; undefined: now. */
  readonly now: number | undefined;
  /** What earlier lines exported. */
  readonly env?: Record<string, string>;
}

/** A command that goes on. */
export interface Running {
  readonly printed: string;
  stop(): Promise<void>;
}

/**
 * Starts a line that goes on until it is stopped.
 * @param lines how many it prints when it is ready
 * @throws Error if it ends, or is not ready in a minute
 */
export async function startLine(line: string, place: Place, lines: number): Promise<Running> {
  const bash = spawn('bash', ['-c', `exec 2>&1\nexec ${line}`], {
    cwd: place.folder,
    env: { ...process.env, ...(await environmentOf(place)) },
  });
  let printed = '';
  const ready = new Promise<void>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`not ready in a minute: ${line}\n${printed}`)), 60_000);
    bash.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      if (printed.split('\n').length <= lines) return;
      clearTimeout(timer);
      done();
    });
    bash.once('close', () => fail(new Error(`it ended: ${line}\n${printed}`)));
  });
  try {
    await ready;
  } catch (error) {
    bash.kill();
    throw error;
  }
  return { printed, stop: () => stop(bash) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once('close', done));
  if (child.kill()) await ended;
}

/**
 * Runs one line of a console block: a plain call of a verb in this process, because that takes a tenth of the time;
 * everything else by bash, with the built program in PATH.
 * @returns all that it prints, standard output first
 */
export async function runLine(line: string, place: Place): Promise<string> {
  const words = plainWords(line);
  if (words?.[0] === 'coxswain' && existsSync(`src/verbs/${words[1]}.ts`))
    return runVerb(words.slice(1), place);
  const [, exported] = /^export (\w+)=/.exec(line) ?? [];
  const script = exported === undefined ? line : `${line}\nprintf %s "$${exported}"`;
  const { stdout } = await exec('bash', ['-c', `exec 2>&1\n${script}`], {
    cwd: place.folder,
    env: await environmentOf(place),
    allow: [...Array(256).keys()],
  });
  if (exported === undefined || place.env === undefined) return stdout;
  place.env[exported] = stdout;
  return '';
}

/** With the built program in PATH. */
async function environmentOf({ folder, env }: Place): Promise<Record<string, string>> {
  const bin = join(folder, '.git/bin');
  await mkdir(bin, { recursive: true });
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(cliFolder, 'main.mjs')}' "$@"\n`;
  await writeFile(join(bin, 'coxswain'), program);
  await chmod(join(bin, 'coxswain'), 0o755);
  return { ...env, PATH: `${bin}:${process.env.PATH}`, HOME: folder };
}

async function runVerb(args: readonly string[], { folder, now }: Place): Promise<string> {
  const [name = '', ...rest] = verbFirst(args, {});
  const { default: verb }: { default: Verb } = await import(`../../src/verbs/${name}.ts`);
  const said: string[] = [];
  const warn = (message: string) => {
    // The layers of the tests' images are not archives, so their packages cannot be compared.
    if (!message.includes('not a tar archive')) said.push(`warning: ${message}\n`);
  };
  const log = { ...silentLog, warn };
  const before = process.cwd();
  const rehearsed = process.env[rehearsalVariable];
  process.chdir(folder);
  try {
    const [own, pretended] = takeNow(rest);
    const values = readArguments(commandLineInputs(verb), own);
    if (isRehearsed(verb, values)) process.env[rehearsalVariable] = '1';
    const env = withForgeInputs({ ...process.env, HOME: folder }, values);
    const seconds = pretended ?? now ?? Math.floor(Date.now() / 1000);
    const { data, text } = await verb.run(values, { log, env, now: () => seconds });
    requireAnswer(name, data);
    return `${said.join('')}${text}`;
  } catch (error) {
    if (error instanceof UnknownAnswer) throw error;
    if (error instanceof Rehearsed) return answerOfRehearsal(error);
    return `${said.join('')}error: ${messageOf(error)}`;
  } finally {
    process.chdir(before);
    if (rehearsed === undefined) delete process.env[rehearsalVariable];
  }
}

/** `--now` is program.ts's own option. */
function takeNow(args: readonly string[]): [readonly string[], number | undefined] {
  const at = args.indexOf('--now');
  if (at < 0) return [args, undefined];
  return [[...args.slice(0, at), ...args.slice(at + 2)], Date.parse(args[at + 1] ?? '') / 1000];
}

/** The words of a line in which the shell would only remove quotes; undefined if it would do more. */
export function plainWords(line: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:"([^"$`\\]*)"|'([^']*)'|((?:[^\s"'$`\\|&;<>()*?[\]#~]|(?<=\S)#)+))(?=\s|$)/gy;
  const text = line.replaceAll(/\\\n/g, ' ').trim();
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    words.push(match[1] ?? match[2] ?? match[3] ?? '');
    end = match.index + match[0].length;
  }
  return end === text.length ? words : undefined;
}
