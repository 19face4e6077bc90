import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../host/files.ts';
import type { ImageConfig } from '../../world/registry/image.ts';
import { requireKernel } from './guest/kernel.ts';
import type { TestResult } from './report/report.ts';

// What can be said of an image without booting it. Each check is an entry among the test results.

/** Labels of an image that some program on a node, or of ours, reads. */
const neededLabels: Readonly<Record<string, string>> = {
  'containers.bootc': 'bootc takes only images that call themselves bootable',
  'com.coreos.stream': 'Zincati takes its stream from it',
  'org.opencontainers.image.version': 'Zincati finds its place in the update graph by it',
};

/** The labels and the time of an image, which its configuration says: nothing needs to be pulled for it. */
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
      `the image was created at ${created ?? 'no time'}: nodes would take it for older than theirs`,
    );
  }
  return entry('check: labels', problems);
}

/**
 * The initramfs beside the kernel, where bootc looks for them ("Bootable container images", section on the kernel).
 * @throws InputError without exactly one kernel: that is no bootable image, and no result of a test
 */
export async function checkKernel(root: string, image: string): Promise<TestResult> {
  const name = 'check: kernel';
  const { modules, version } = await requireKernel(root, image);
  const problems = (await isFile(join(modules, 'initramfs.img')))
    ? []
    : [`no /usr/lib/modules/${version}/initramfs.img: bootc would have nothing to boot with the kernel`];
  return entry(name, problems);
}

const shownFiles = 15;

/**
 * Files in /var and /run. The first are unpacked at an installation and never again: machines that update do not get
 * them. The others are never seen.
 */
export async function checkLeftovers(root: string, meaning: 'warn' | 'fail'): Promise<TestResult> {
  const found: string[] = [];
  for (const folder of ['var', 'run']) found.push(...(await filesBelow(root, folder)));
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

/** The image's own bootc looks at it; undefined where it has none. */
export async function checkLint(
  root: string,
  run: (command: readonly string[]) => Promise<{ readonly exitCode: number; readonly output: string }>,
): Promise<TestResult | undefined> {
  if (!(await isFile(join(root, 'usr/bin/bootc')))) return undefined;
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

async function filesBelow(root: string, folder: string): Promise<string[]> {
  try {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    return entries
      .filter((each) => !each.isDirectory() && !each.isSymbolicLink())
      .map((each) => join(each.parentPath, each.name).slice(root.length + 1))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
