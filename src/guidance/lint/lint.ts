import { type FleetTexts, readSources } from './documents.ts';
import { lintEntries } from './entries.ts';
import { lintHistory } from './history.ts';
import { lintImages } from './images.ts';
import type { Finding } from './lint-finding.ts';
import { lintPaths } from './reachability.ts';
import { lintTimes } from './times.ts';

export type { FleetTexts, SourceText } from './documents.ts';
export type { Finding } from './lint-finding.ts';

/**
 * Checks the guidance of one fleet, and how it changed from the guidance before it.
 * @param options.stream the files must belong to it
 * @param options.now UNIX seconds
 * @param options.repository where all images must be; default: anywhere
 * @param options.timeZone decides what a weekend is, such as `Europe/Berlin`
 * @returns findings in the order of the files; none for unchanged values that may be old (a start in the past)
 */
export function lintGuidance(
  after: FleetTexts,
  before: FleetTexts,
  options: {
    readonly stream: string;
    readonly now: number;
    readonly timeZone: string;
    readonly repository?: string;
  },
): Finding[] {
  const { sources, findings } = readSources(after);
  // What was wrong before is not the fault of this change. It is not reported, and nothing is compared with it.
  const { sources: old } = readSources(before);
  const { releases, updates } = sources;
  const streams = [releases, updates].flatMap((source): Finding[] =>
    source === undefined || source.value.stream === options.stream
      ? []
      : [
          {
            severity: 'error',
            rule: 'stream',
            where: source.placeOf(['stream']),
            message: `this is of stream ${source.value.stream}, and coxswain.yaml is of ${options.stream}`,
          },
        ],
  );
  const gone = (['releases', 'updates'] as const).flatMap((name): Finding[] =>
    before[name] === undefined || after[name] !== undefined
      ? []
      : [
          {
            severity: 'error',
            rule: 'file-removed',
            where: before[name].file,
            message: 'this file is gone, and nodes depend on what it says',
            remedy: 'Put it back.',
          },
        ],
  );
  return [
    ...findings,
    ...gone,
    ...streams,
    ...lintImages(sources, old, options.repository),
    ...lintHistory(sources, old),
    ...lintEntries(sources),
    ...lintTimes(sources, old, options),
    ...lintPaths(sources, old, options.now),
  ];
}
