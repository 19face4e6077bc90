import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildBaseImage, defaultCacheFolder } from '../../src/demo/base-images.ts';
import { prepareOstreeBase } from '../../src/demo/base-ostree.ts';
import type { BaseKind } from '../../src/demo/base-roots.ts';
import { startRegistry } from '../../src/demo/registry-process.ts';
import { withTemporaryFolder } from '../../src/host/files.ts';
import { insideRoot } from '../../src/host/inside-root.ts';
import { silentLog } from '../../src/host/log.ts';
import { startProcess } from '../../src/host/process.ts';
import { findTool } from '../../src/host/tools.ts';
import { findDeployTool } from '../../src/loop/boot-test/guest/deploy-tool.ts';
import { copyBootFiles, readBootEntries } from '../../src/loop/boot-test/guest/ostree-disk.ts';
import { inRegistry } from '../../src/loop/boot-test/image-source.ts';
import {
  bootPrepared,
  prepareImage,
  withRootFilesystem,
} from '../../src/loop/boot-test/machine/boot-directly.ts';
import { bootOstree, fetchImage, prepareOstreeDisk } from '../../src/loop/boot-test/machine/boot-ostree.ts';
import {
  defaultProcessors,
  type MachineOptions,
  machineArguments,
  machineTypeOf,
} from '../../src/loop/boot-test/machine/machine-types.ts';
import type { BootReport, Span } from '../../src/loop/boot-test/report/boot-report.ts';
import { type DigestReference, parseRepository } from '../../src/world/registry/reference.ts';
import { makeBareInitrd } from './bare-initrd.ts';
import type { Figure } from './measure.ts';

const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const runs = 3;

/** Measures the time from a digest in a registry to a result, part by part, and how much of it is the harness. */
export async function benchBootTest(report: (figure: Figure) => void): Promise<void> {
  await withTemporaryFolder('bench', async (folder) => {
    const registry = await startRegistry({
      directory: join(folder, 'registry'),
      logFile: join(folder, 'log'),
    });
    try {
      for (const kind of ['tiny', 'systemd'] as const) {
        const image = await buildBaseImage({
          kind,
          version: '44.20260707.3.1',
          stream: 'stable',
          repository: parseRepository(`${registry.host}/bench/${kind}`),
          tag: 'stable',
          log: silentLog,
        });
        await benchKind(kind, image, folder, report);
      }
    } finally {
      await registry.stop();
    }
    // Without the program and the base there is nothing to compare. Making the base takes minutes.
    if (findTool('ostree-deploy') !== undefined) await benchOstree(folder, report);
  });
}

/** A real deployment: the same disk with the harness and without it, to the end of the boot. */
async function benchOstree(folder: string, report: (figure: Figure) => void): Promise<void> {
  const place = join(folder, 'ostree');
  await mkdir(place);
  const { layout } = await prepareOstreeBase(defaultCacheFolder(), silentLog);
  await symlink(layout, join(place, 'base.oci'));
  const source = { name: 'base', place: `oci:${join(place, 'base.oci')}:base`, plainHttp: false };
  const { samples, add } = collect();
  await withRootFilesystem(source, async (folderOfRoot) => {
    const root = insideRoot(folderOfRoot);
    const tool = await findDeployTool({ root: folderOfRoot, run: undefined });
    if (tool === undefined) return;
    const image = await fetchImage(source, place, silentLog);
    const disk = await prepareOstreeDisk({ image, tool, folder: place, log: silentLog });
    add('deployed on a disk', disk.seconds);
    for (let run = 0; run < runs; run += 1) {
      const [entry] = await readBootEntries(disk.file);
      if (entry === undefined) throw new Error('the disk has no boot entry');
      const outputFolder = join(place, `output-${run}`);
      const result = await bootOstree(
        disk,
        { architecture, tests: [], environment: {}, outputFolder, log: silentLog },
        { root, keep: false },
      );
      if (result.verdict !== 'passed') throw new Error(result.explanation);
      const { kernel, initramfs } = await copyBootFiles(disk.file, entry, place);
      const bare = await bareBoot(
        {
          kernel,
          initrd: initramfs,
          rootImage: disk.file,
          rootWrites: 'dropped',
          kernelArguments: entry.options,
        },
        place,
      );
      add('bare boot of the same disk, to multi-user.target', bare);
      add('with the harness, to the same moment or later', upAt(result));
      add('with the harness, to its result', result.seconds.boot + result.seconds.tests);
      add('ratio of the first two', upAt(result) / bare);
    }
  });
  reportMedians('ostree', samples, report);
}

/** Values of several runs, by what they measure. */
function collect() {
  const samples: Record<string, number[]> = {};
  const add = (what: string, value: number) => {
    samples[what] ??= [];
    samples[what].push(value);
  };
  return { samples, add };
}

function reportMedians(
  kind: string,
  samples: Readonly<Record<string, number[]>>,
  report: (figure: Figure) => void,
): void {
  for (const [what, values] of Object.entries(samples)) {
    values.sort((a, b) => a - b);
    const median = values[Math.floor(values.length / 2)] as number;
    report({ what: `${kind}: ${what}`, value: median, unit: what.startsWith('ratio') ? '×' : 's' });
  }
}

async function benchKind(
  kind: BaseKind,
  image: DigestReference,
  folder: string,
  report: (figure: Figure) => void,
): Promise<void> {
  const { samples, add } = collect();
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await withRootFilesystem(inRegistry(image), async (root) => {
      add('pull and mount', since(started));
      const place = join(folder, `${kind}-${run}`);
      await mkdir(place);
      const test = join(place, '10-release.sh');
      await writeFile(test, '#!/bin/sh\ncat /etc/os-release\n', { mode: 0o755 });
      const prepared = await prepareImage({ root, image: kind, folder: place, log: silentLog });
      const result = await bootPrepared(prepared, {
        architecture,
        init: 'any',
        tests: [{ name: '10-release.sh', path: test }],
        environment: {},
        outputFolder: join(place, 'output'),
        log: silentLog,
      });
      if (result.verdict !== 'passed') throw new Error(result.explanation);
      add('digest to result', since(started));
      addParts(result, add);
      // The moment the machine says it is up, without a harness in it.
      if (kind === 'systemd') {
        const initrd = join(place, 'bare-initrd');
        await writeFile(initrd, await makeBareInitrd(prepared));
        const bare = await bareBoot(
          { kernel: prepared.kernelFile, initrd, rootImage: prepared.rootImage.file },
          place,
        );
        add('bare boot of the same image, to multi-user.target', bare);
        add('with the harness, to the same moment or later', upAt(result));
        add('ratio of the two', upAt(result) / bare);
      }
    });
  }
  reportMedians(kind, samples, report);
}

function addParts({ seconds, timeline }: BootReport, add: (what: string, value: number) => void): void {
  add('root file system (erofs)', seconds.rootFilesystem);
  add('initrd, made', seconds.initrd);
  const length = (kind: Span['kind']) =>
    timeline.filter((span) => span.kind === kind).reduce((sum, span) => sum + span.to - span.from, 0);
  add('QEMU before the kernel', length('machine'));
  add('kernel', length('kernel'));
  add('initrd, running', length('initrd'));
  add('systemd, or the first process', length('system'));
  add('tests (one, a line of shell)', length('test'));
  add('reports and power-off', length('end'));
}

/** When systemd said that its boot was complete. */
function upAt({ timeline }: BootReport): number {
  return timeline.find(({ kind }) => kind === 'system')?.to ?? 0;
}

/** systemd names what it reached on the console, if it is asked to. A trimmed image has no login prompt to wait for. */
const bootedMark = /Reached target.*multi-user/i;

/** Seconds from the start of QEMU to multi-user.target, without anything of ours in the machine. */
async function bareBoot(
  machine: Pick<MachineOptions, 'kernel' | 'initrd' | 'rootImage' | 'rootWrites' | 'kernelArguments'>,
  place: string,
): Promise<number> {
  const file = (name: string) => join(place, `bare-${name}`);
  for (const name of ['console', 'results', 'fallback', 'journal']) await writeFile(file(name), '');
  const args = machineArguments({
    architecture,
    accelerator: 'tcg',
    memoryMegabytes: 1024,
    cpus: defaultProcessors('tcg'),
    ...machine,
    kernelArguments: [...(machine.kernelArguments ?? []), 'systemd.show_status=1'],
    // Any file: the machine does not look at this disk.
    toolsDisk: machine.kernel,
    console: file('console'),
    results: file('results'),
    fallback: file('fallback'),
    journal: file('journal'),
  });
  const started = performance.now();
  const qemu = await startProcess(machineTypeOf(architecture).program, args, { logFile: file('qemu.log') });
  try {
    for (;;) {
      const console = await readFile(file('console'), 'utf8');
      if (bootedMark.test(console)) return since(started);
      if (since(started) > 300)
        throw new Error(`the bare boot did not reach multi-user.target: ${console.slice(-2000)}`);
      await sleep(100);
    }
  } finally {
    await qemu.stop();
  }
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}
