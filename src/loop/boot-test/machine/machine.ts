import { type FileHandle, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onInterrupt } from '../../../host/cleanup.ts';
import { OutsideError } from '../../../host/errors.ts';
import { readFileIfThere } from '../../../host/files.ts';
import { startProcess } from '../../../host/process.ts';
import { createLineReader } from '../guest/line-reader.ts';
import { createGuestReader, type GuestRecord } from '../guest/protocol.ts';
import { type MachineFiles, reportPortName } from './machine-types.ts';
import { watchPort } from './port-watch.ts';

/** How QEMU ended. */
export type MachineEnd =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'done' }
  | { readonly kind: 'deadline' }
  /** The guest closed the port that only the harness has open, but did not end. */
  | { readonly kind: 'closed' }
  /** The guest wrote more than any test run does. */
  | { readonly kind: 'flooded' }
  /** No sign of a kernel within the time that `silenceSeconds` gave. */
  | { readonly kind: 'silent' };

export interface MachineRun {
  readonly record: GuestRecord;
  readonly end: MachineEnd;
  /** What QEMU itself printed. */
  readonly complaints: string;
  readonly console: string;
  /** Seconds from the start of QEMU; absent if the machine did not reach this point. */
  readonly milestones: { readonly begin?: number; readonly firstTest?: number; readonly done?: number };
  readonly seconds: number;
}

/** Files that a run leaves in the output folder. */
export const logNames = {
  console: 'console.log',
  results: 'results.log',
  fallback: 'results-fallback.log',
  journal: 'journal.log',
  complaints: 'qemu.log',
} as const;

export interface RunOptions {
  /** QEMU, and a function from its output files to its arguments. */
  readonly program: string;
  readonly argumentsFor: (files: MachineFiles) => string[];
  readonly outputFolder: string;
  readonly deadlineSeconds: number;
  /** Begins each line of the harness. */
  readonly nonce: string;
  /** How many tests the machine runs. */
  readonly tests: number;
  /** Give up if the kernel has not printed anything by then. */
  readonly silenceSeconds?: number;
  readonly onProgress: (record: GuestRecord) => void;
}

const pollMilliseconds = 25;
/** A machine that powers off closes the port a moment before its end. */
const endSeconds = 3;

const megabyte = 1024 * 1024;
/** How much a guest may write to one of our files, without the output of tests. */
const mostBytes = 128 * megabyte;
/** The output of a test: at most 256 KiB, and the protocol makes short lines twenty times as long. */
const bytesPerTest = 8 * megabyte;
/** No guest may fill a disk of the host. */
const mostBytesOfAll = 2048 * megabyte;

/** How much of the end of the console is checked. */
const consoleBytes = 4 * megabyte;

/**
 * Boots a machine, listens until it is done, ended or out of time, and leaves no process behind.
 * @throws OutsideError if this process is being interrupted, or a disk of this host is full: both say nothing about the image
 */
export async function runMachine(options: RunOptions): Promise<MachineRun> {
  const { outputFolder } = options;
  const file = (name: keyof typeof logNames) => join(outputFolder, logNames[name]);
  await Promise.all(Object.keys(logNames).map((name) => writeFile(file(name as keyof typeof logNames), '')));
  // The path of a socket has to be short (unix(7)), and the output folder may have a long one.
  const socketFolder = await mkdtemp(join(tmpdir(), 'coxswain-qmp-'));
  const files = {
    console: file('console'),
    results: file('results'),
    fallback: file('fallback'),
    journal: file('journal'),
    monitor: join(socketFolder, 'qmp'),
  };
  try {
    return await listen(options, files, file('complaints'));
  } finally {
    await rm(socketFolder, { recursive: true, force: true });
  }
}

async function listen(
  options: RunOptions,
  files: MachineFiles & { readonly monitor: string },
  complaints: string,
): Promise<MachineRun> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const qemu = await startProcess(options.program, options.argumentsFor(files), { logFile: complaints });
  const port = watchPort(files.monitor, reportPortName);
  // Registered after the process itself, so that it runs before the machine is stopped: a machine that we stopped says
  // nothing about the image, and there must be no result.
  let interrupted = false;
  const forget = onInterrupt(() => {
    interrupted = true;
  });
  const { record, read } = createGuestReader(options);
  const milestones: { begin?: number; firstTest?: number; done?: number } = {};
  const note = (channel: 'port' | 'serial') => (line: string) => {
    read(channel, line);
    if (record.kernel !== undefined) milestones.begin ??= seconds();
    if (record.tests.size > 0) milestones.firstTest ??= seconds();
    if (record.done) milestones.done ??= seconds();
  };
  const readers = await Promise.all([
    openReader(files.results, note('port')),
    openReader(files.fallback, note('serial')),
  ]);
  let ended: { code: number | null; signal: string | null } | undefined;
  void qemu.ended.then((how) => {
    ended = how;
  });
  const most = Math.min(mostBytes + bytesPerTest * options.tests, mostBytesOfAll);
  let end: MachineEnd | undefined;
  let closedAt: number | undefined;
  let heard = options.silenceSeconds === undefined;
  try {
    while (end === undefined) {
      // Asked before reading, so that everything that a machine wrote before its end is read.
      const last = ended;
      const closed = port.closed;
      let complete = true;
      for (const reader of readers) complete = (await reader.read()) && complete;
      options.onProgress(record);
      if (closed) closedAt ??= seconds();
      if (port.hostFull) throw hostFull;
      if (record.done || record.violation !== undefined) end = { kind: 'done' };
      else if (last !== undefined && complete) end = { kind: 'exited', ...last };
      else if (closedAt !== undefined && seconds() >= closedAt + endSeconds) end = { kind: 'closed' };
      else if (seconds() >= options.deadlineSeconds) end = { kind: 'deadline' };
      else if ((await largestOf([files.console, files.results, files.fallback, files.journal])) > most)
        end = { kind: 'flooded' };
      else if (!heard && seconds() >= (options.silenceSeconds ?? 0)) {
        heard = (await readFileIfThere(files.console))?.includes('Linux version') === true;
        if (!heard) end = { kind: 'silent' };
      } else await Promise.race([qemu.ended, sleep(pollMilliseconds)]);
    }
  } finally {
    forget();
    port.stop();
    await qemu.stop(2_000);
    for (const reader of readers) await reader.close();
  }
  if (interrupted) throw new OutsideError('the boot test', 'it was interrupted');
  const run: MachineRun = {
    record,
    end,
    milestones,
    seconds: seconds(),
    complaints: (await readFileIfThere(complaints)) ?? '',
    console: await readEnd(files.console, consoleBytes),
  };
  for (const path of [files.fallback, files.journal]) {
    if ((await stat(path)).size === 0) await rm(path);
  }
  return run;
}

const hostFull = new OutsideError(
  'the boot test',
  'a disk of this host is full: the machine could write no longer, and was stopped. That says nothing about the image. Free some space (TMPDIR moves the disks of machines), and run it again.',
);

async function largestOf(paths: readonly string[]): Promise<number> {
  return Math.max(...(await Promise.all(paths.map(async (path) => (await stat(path)).size))));
}

/** The first line of a console, and its end: a guest may write any amount. */
async function readEnd(path: string, most: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (from: number, length: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
      return buffer.toString('utf8', 0, bytesRead);
    };
    if (size <= most) return await read(0, size);
    return `${await read(0, 64 * 1024)}\n…\n${await read(size - most, most)}`;
  } finally {
    await handle.close();
  }
}

interface Reader {
  /** Reads what was written since the last time. @returns false if there is more */
  read(): Promise<boolean>;
  close(): Promise<void>;
}

/** How much is read at a time: the limits are checked in between. */
const readBytes = 16 * megabyte;

async function openReader(path: string, onLine: (line: string) => void): Promise<Reader> {
  const handle: FileHandle = await open(path, 'r');
  const feed = createLineReader(onLine);
  const buffer = Buffer.alloc(256 * 1024);
  let position = 0;
  return {
    read: async () => {
      for (let taken = 0; taken < readBytes; ) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return true;
        taken += bytesRead;
        position += bytesRead;
        feed(buffer.subarray(0, bytesRead));
      }
      return false;
    },
    close: () => handle.close(),
  };
}
