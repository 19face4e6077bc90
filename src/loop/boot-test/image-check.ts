import { opendir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { defined } from '../../host/defined.ts';
import type { InsideRoot } from '../../host/inside-root.ts';
import type { ImageConfig } from '../../world/registry/image.ts';
import { initramfsProblem } from './guest/initramfs.ts';
import { requireKernel, versionInKernel } from './guest/kernel.ts';
import type { TestResult } from './report/boot-report.ts';

// What can be checked of an image without booting it. Each check is one of the test results.

/** Labels of an image that a program on a node, or one of ours, reads. */
const neededLabels: Readonly<Record<string, string>> = {
  'containers.bootc': 'bootc accepts only images with the label of a bootable one',
  'com.coreos.stream': 'Zincati takes its stream from it',
  'org.opencontainers.image.version': 'Zincati finds its node in the update graph by it',
};

/** The labels and the time of an image. They are in its configuration, so nothing has to be pulled. */
export function checkLabels(config: ImageConfig, stream: string): TestResult {
  const { labels, created } = config;
  const problems = Object.entries(neededLabels)
    .filter(([name]) => (labels[name] ?? '') === '')
    .map(([name, reason]) => `no label ${name}: ${reason}`);
  const found = labels['com.coreos.stream'];
  if (found !== undefined && found !== '' && found !== stream) {
    problems.push(
      `com.coreos.stream is ${JSON.stringify(found)}, and stream of coxswain.yaml is "${stream}"`,
    );
  }
  // rpm-ostree deploy --disallow-downgrade compares it.
  if (!(Date.parse(created ?? '') > 0)) {
    problems.push(
      `the image was created at ${created ?? 'no time'}: nodes would treat it as older than theirs`,
    );
  }
  return entry('check: labels', problems);
}

/** Name of the result that says whether a node can boot the image at all. */
export const kernelCheckName = 'check: kernel';

const largestInitramfs = 1024 * 1024 * 1024;

/**
 * Checks the kernel, and the initramfs beside it, where bootc looks for it ("Bootable container images", section on
 * the kernel), or inside a unified kernel image.
 * @param needs.prepareRoot the image is for nodes whose initramfs mounts an ostree deployment
 * @throws InputError without exactly one kernel: that is not a bootable image, so there is no test result
 */
export async function checkKernel(
  root: InsideRoot,
  image: string,
  needs: { readonly prepareRoot: boolean } = { prepareRoot: false },
): Promise<TestResult> {
  const kernel = await requireKernel(root, image);
  const { modules, unified, path, version } = kernel;
  const file = `${modules}/initramfs.img`;
  const bytes = unified?.initrd ?? (await root.readFile(file, { largest: largestInitramfs }));
  // A unified kernel image need not say its version.
  const known = unified === undefined ? version : unified.version;
  const problem = await initramfsProblem(bytes, { ...needs, ...defined({ version: known }) });
  const place = unified?.initrd === undefined ? file : `the initramfs in ${path}`;
  const own = kernel.file === undefined ? undefined : await versionInKernel(kernel.file);
  return entry(kernelCheckName, [
    ...(problem === undefined ? [] : [`${place}: ${problem}`]),
    ...(own === undefined || own === version
      ? []
      : [`${path}: the kernel is ${own}, and finds no modules in the folder of another version`]),
  ]);
}

const shownFiles = 15;

/**
 * Reports files in /var and /run. Those in /var are unpacked at an installation and never again: machines that update
 * do not get them. Those in /run are never visible.
 */
export async function checkLeftovers(root: InsideRoot, meaning: 'warn' | 'fail'): Promise<TestResult> {
  const found: string[] = [];
  for (const folder of ['/var', '/run']) found.push(...(await filesBelow(root, folder)));
  const shown = found.slice(0, shownFiles).map((path) => `/${path}`);
  const lines =
    found.length === 0
      ? []
      : [
          `${found.length} files in /var and /run; machines that update never get them:`,
          ...shown,
          ...(found.length > shown.length ? [`… and ${found.length - shown.length} more`] : []),
        ];
  if (meaning === 'fail') return entry('check: leftovers', lines);
  return {
    ...entry('check: leftovers', []),
    output: lines.length === 0 ? '' : `warning: ${lines.join('\n')}\n`,
  };
}

/** The image's own bootc checks it; undefined if it has none. */
export async function checkLint(
  root: InsideRoot,
  run: (command: readonly string[]) => Promise<{ readonly exitCode: number; readonly output: string }>,
): Promise<TestResult | undefined> {
  if ((await root.resolve('/usr/bin/bootc'))?.kind !== 'file') return undefined;
  const started = performance.now();
  const { exitCode, output } = await run(lintCommand);
  return {
    name: 'check: bootc lint',
    result: exitCode === 0 ? 'passed' : 'failed',
    exitCode,
    seconds: Math.round((performance.now() - started) / 10) / 100,
    output,
  };
}

/** bootc-container-lint(8) */
export const lintCommand: readonly string[] = ['/usr/bin/bootc', 'container', 'lint'];

function entry(name: string, problems: readonly string[]): TestResult {
  const well = problems.length === 0;
  return {
    name,
    result: well ? 'passed' : 'failed',
    exitCode: well ? 0 : 1,
    seconds: 0,
    output: well ? '' : `${problems.join('\n')}\n`,
  };
}

const mostFiles = 100_000;

/** The files below a folder, as paths without the first slash; no link is followed. */
async function filesBelow(root: InsideRoot, folder: string): Promise<string[]> {
  const top = await root.resolve(folder);
  if (top?.kind !== 'folder') return [];
  const found: string[] = [];
  const waiting = [top.hostPath];
  for (let place = waiting.pop(); place !== undefined && found.length < mostFiles; place = waiting.pop()) {
    for await (const each of await opendir(place)) {
      if (each.isDirectory()) waiting.push(join(place, each.name));
      else if (!each.isSymbolicLink() && found.length < mostFiles) {
        found.push(relative(root.folder, join(place, each.name)));
      }
    }
  }
  return found.sort();
}
