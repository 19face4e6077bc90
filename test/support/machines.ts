import { writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { type BaseKind, prepareRoot } from '../../src/demo/base-roots.ts';
import { formatTable } from '../../src/demo/table.ts';
import { exec } from '../../src/host/exec.ts';
import { silentLog } from '../../src/host/log.ts';
import {
  type BootReport,
  type BootTestOptions,
  listTests,
  runBootTest,
} from '../../src/loop/boot-test/machine/boot-directly.ts';

export const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** What a file of a root is: text, or a symbolic link. */
export type Entry = string | { readonly to: string };

export interface Machines {
  /** A folder for everything; it is removed at the end. */
  readonly place: () => string;
  /** Unpacks the root file system of a base image. */
  unpackRoot(kind: BaseKind): Promise<string>;
  /** A root that shares the files of another; new files do not appear in the other one. */
  variant(root: string, name: string, files: Readonly<Record<string, Entry>>): Promise<string>;
  /** Boots a root with tests given by name: as shell text, or as a symbolic link. */
  boot(
    root: string,
    scripts: Readonly<Record<string, Entry>>,
    more?: Partial<BootTestOptions>,
  ): Promise<BootReport>;
  /** Adds a line to the table of endings; without seconds, the case shares the machine of the line above. */
  note(title: string, verdict: string, seconds?: number): void;
  /** Adds a line for each test of a report that is a case of its own. */
  noteTests(report: BootReport): void;
  /** Expects an image to be refused before any machine starts, and adds a line. */
  refused(started: Promise<BootReport>, message: RegExp): Promise<void>;
}

/** Real machines for the tests of a file; a table of how each ended is printed at the end. */
export function useMachines(): Machines {
  let place = '';
  let boots = 0;
  const endings: string[][] = [];
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'coxswain-vm-'));
  });
  afterAll(async () => {
    // Writes directly to the terminal, because vitest shows what a test file prints only with some reporters.
    writeSync(2, `\n${formatTable(['case', 'verdict', 'seconds'], endings)}\n`);
    await rm(place, { recursive: true, force: true });
  });
  const note = (title: string, verdict: string, seconds?: number) => {
    endings.push([title, verdict, seconds?.toFixed(1) ?? '']);
  };
  const titleNow = () => expect.getState().currentTestName?.split(' > ').slice(-2).join(' ') ?? '';
  return {
    place: () => place,
    note,
    noteTests: ({ tests }) => {
      for (const { name, result } of tests)
        note(`  a test that ${name.replace(/^\d+-|\.sh$/g, '').replaceAll('-', ' ')}`, result);
    },
    refused: async (started, message) => {
      await expect(started).rejects.toThrow(message);
      note(titleNow(), 'refused', 0);
    },
    unpackRoot: async (kind) => {
      const root = join(place, kind);
      const { tarball } = await prepareRoot(kind, defaultCacheFolder(), silentLog);
      await mkdir(root);
      await exec('tar', ['--extract', '--numeric-owner', '--xattrs', '--file', tarball, '--directory', root]);
      return root;
    },
    variant: async (root, name, files) => {
      const other = join(place, name);
      await exec('cp', ['--archive', '--link', root, other]);
      for (const [path, entry] of Object.entries(files)) {
        await mkdir(dirname(join(other, path)), { recursive: true });
        await rm(join(other, path), { force: true, recursive: true });
        if (typeof entry === 'string') await writeFile(join(other, path), entry, { mode: 0o755 });
        else await symlink(entry.to, join(other, path));
      }
      return other;
    },
    boot: async (root, scripts, more = {}) => {
      boots += 1;
      const folder = join(place, `boot-${boots}`);
      const testsFolder = join(folder, 'tests');
      for (const [name, text] of Object.entries(scripts)) {
        await mkdir(dirname(join(testsFolder, name)), { recursive: true });
        if (typeof text !== 'string') await symlink(text.to, join(testsFolder, name));
        else await writeFile(join(testsFolder, name), text.startsWith('#!') ? text : `#!/bin/sh\n${text}\n`);
      }
      const report = await runBootTest({
        root,
        image: 'the test image',
        tests: await listTests(testsFolder),
        testsFolder,
        architecture,
        init: 'any',
        memoryMegabytes: 512,
        deadlineSeconds: 600,
        environment: { COXSWAIN_VERSION: `44.1-it's "$HOME"` },
        outputFolder: join(folder, 'output'),
        log: silentLog,
        ...more,
      });
      note(titleNow(), report.verdict, report.seconds.total);
      return report;
    },
  };
}
