import { join } from 'node:path';
import { writeFileAtomically } from '../../../host/files.ts';
import { formatAnnotations } from './annotations.ts';
import type { BootReport } from './boot-report.ts';
import { formatJunit } from './junit.ts';
import { commentOn, type TestedImage } from './report-text.ts';
import { drawTimeline } from './timeline-picture.ts';

/** Names of the files in a boot test's output folder, besides the logs. */
export const outputNames = {
  report: 'report.json',
  junit: 'junit.xml',
  summary: 'summary.md',
  annotations: 'annotations.txt',
  timeline: 'timeline.svg',
} as const;

/**
 * Writes the report in all its forms.
 * @param about.facts added to report.json
 * @param about.startedAt UNIX seconds
 */
export async function writeOutput(
  folder: string,
  tested: TestedImage & { readonly report: BootReport },
  about: {
    readonly testsFolder: string;
    readonly startedAt: number;
    readonly facts: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { image, version, report } = tested;
  const machines = [
    { title: 'boot test', spans: report.timeline },
    ...(report.upgrades ?? []).flatMap((upgrade) =>
      upgrade.machines.map(({ stage, report: { timeline } }) => ({
        title: `upgrade from ${upgrade.from}: ${stage}`,
        spans: timeline,
      })),
    ),
  ].filter(({ spans }) => spans.length > 0);
  const heading = `Boot test of ${version ?? image}: ${report.verdict.replaceAll('-', ' ')}, ${report.seconds.total.toFixed(1)} s (${report.accelerator === 'kvm' ? 'KVM' : 'emulated'})`;
  const files: Readonly<Record<string, string>> = {
    [outputNames.report]: `${JSON.stringify({ image, version, ...about.facts, ...report }, undefined, 2)}\n`,
    [outputNames.junit]: formatJunit(report, { image, version, startedAt: about.startedAt }),
    [outputNames.summary]: `${commentOn(tested)}\n`,
    [outputNames.annotations]: formatAnnotations(report, about.testsFolder)
      .map((line) => `${line}\n`)
      .join(''),
    [outputNames.timeline]: drawTimeline(heading, machines),
  };
  for (const [name, content] of Object.entries(files)) await writeFileAtomically(join(folder, name), content);
}
