import { type FileHandle, open, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onInterrupt } from '../../../host/cleanup.ts';
import { OutsideError } from '../../../host/errors.ts';
import { readFileIfThere } from '../../../host/files.ts';
import { startProcess } from '../../../host/process.ts';
import { createLineReader, emptyRecord, type GuestRecord, readLine } from '../guest/protocol.ts';
import type { MachineFiles } from './machine-types.ts';

/** How QEMU ended. */
export type MachineEnd =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'done' }
  | { readonly kind: 'deadline' }
  /** No sign of a kernel within the time that `silenceSeconds` gave. */
  | { readonly kind: 'silent' };

export interface MachineRun {
  readonly record: GuestRecord;
  readonly end: MachineEnd;
  /** What QEMU itself printed. */
  readonly complaints: string;
  readonly console: string;
  /** From the start of QEMU, where it came so far. */
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
  /** QEMU, and its arguments once the files it writes to are known. */
  readonly program: string;
  readonly argumentsFor: (files: MachineFiles) => string[];
  readonly outputFolder: string;
  readonly deadlineSeconds: number;
  /** Give up when the kernel has not printed anything by then. */
  readonly silenceSeconds?: number;
  readonly onProgress: (record: GuestRecord) => void;
}

const pollMilliseconds = 100;
/** The guest powers off right after its last word; QEMU may take a moment to notice. */
const farewellSeconds = 3;

/**
 * Boots a machine, listens until it is done, ended or out of time, and leaves no process behind.
 * @throws OutsideError when this process is being interrupted
 */
export async function runMachine(options: RunOptions): Promise<MachineRun> {
  const { outputFolder } = options;
  const file = (name: keyof typeof logNames) => join(outputFolder, logNames[name]);
  await Promise.all(Object.keys(logNames).map((name) => writeFile(file(name as keyof typeof logNames), '')));
  const files = {
    console: file('console'),
    results: file('results'),
    fallback: file('fallback'),
    journal: file('journal'),
  };
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const qemu = await startProcess(options.program, options.argumentsFor(files), {
    logFile: file('complaints'),
  });
  // Registered after the process itself, so that this is known before the machine is stopped: its end then says
  // nothing about the image, and must never be judged.
  let interrupted = false;
  const forget = onInterrupt(() => {
    interrupted = true;
  });
  const record = emptyRecord();
  const milestones: { begin?: number; firstTest?: number; done?: number } = {};
  const note = (line: string) => {
    readLine(record, line);
    if (record.kernel !== undefined) milestones.begin ??= seconds();
    if (record.tests.size > 0) milestones.firstTest ??= seconds();
    if (record.done) milestones.done ??= seconds();
  };
  const readers = await Promise.all([openReader(file('results'), note), openReader(file('fallback'), note)]);
  let ended: { code: number | null; signal: string | null } | undefined;
  void qemu.ended.then((how) => {
    ended = how;
  });
  let end: MachineEnd | undefined;
  let kernelSpoke = options.silenceSeconds === undefined;
  try {
    while (end === undefined) {
      // Asked before reading: what a machine wrote before it ended is then surely read.
      const last = ended;
      for (const reader of readers) await reader.read();
      options.onProgress(record);
      if (record.done) end = { kind: 'done' };
      else if (last !== undefined) end = { kind: 'exited', ...last };
      else if (seconds() >= options.deadlineSeconds) end = { kind: 'deadline' };
      else if (!kernelSpoke && seconds() >= (options.silenceSeconds ?? 0)) {
        kernelSpoke = (await readFileIfThere(file('console')))?.includes('Linux version') === true;
        if (!kernelSpoke) end = { kind: 'silent' };
      } else await Promise.race([qemu.ended, sleep(pollMilliseconds)]);
    }
    if (end.kind === 'done') await Promise.race([qemu.ended, sleep(farewellSeconds * 1000)]);
  } finally {
    forget();
    await qemu.stop(2_000);
    for (const reader of readers) await reader.close();
  }
  if (interrupted) throw new OutsideError('the boot test', 'it was interrupted');
  const run: MachineRun = {
    record,
    end,
    milestones,
    seconds: seconds(),
    complaints: (await readFileIfThere(file('complaints'))) ?? '',
    console: (await readFileIfThere(file('console'))) ?? '',
  };
  for (const name of ['fallback', 'journal'] as const) {
    if ((await stat(file(name))).size === 0) await rm(file(name));
  }
  return run;
}

interface Reader {
  /** Takes in what was written since the last time. */
  read(): Promise<void>;
  close(): Promise<void>;
}

async function openReader(path: string, onLine: (line: string) => void): Promise<Reader> {
  const handle: FileHandle = await open(path, 'r');
  const feed = createLineReader(onLine);
  const buffer = Buffer.alloc(256 * 1024);
  let position = 0;
  return {
    read: async () => {
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        feed(buffer.subarray(0, bytesRead));
      }
    },
    close: () => handle.close(),
  };
}
