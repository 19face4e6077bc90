import { type FleetTexts, readSources } from './documents.ts';
import { lintEntries } from './entries.ts';
import type { Finding } from './finding.ts';
import { lintHistory } from './history.ts';
import { lintPaths } from './reachability.ts';
import { lintTimes } from './times.ts';

export type { FleetTexts, SourceText } from './documents.ts';
export type { Finding } from './finding.ts';

/**
 * Judges the guidance of one fleet, and the change from what it was before.
 * @param options.stream that the files must be of
 * @param options.now UNIX seconds
 * @param options.timeZone in which a weekend is a weekend, such as `Europe/Berlin`
 * @returns findings in the order of the files; none for what did not change but may be old (a start in the past)
 */
export function lintGuidance(
  after: FleetTexts,
  before: FleetTexts,
  options: { readonly stream: string; readonly now: number; readonly timeZone: string },
): Finding[] {
  const { sources, findings } = readSources(after);
  // What was wrong before is not this change's fault: it is not told, and not compared with.
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
  const images = (releases?.value.releases ?? []).flatMap((release, index): Finding[] => {
    const list = release['oci-images'] ?? [];
    if (list.length > 0 && list.every((image) => image['digest-ref'] !== '')) return [];
    return [
      {
        severity: 'error',
        rule: 'no-image',
        where: releases?.placeOf(['releases', index, 'oci-images']) ?? '',
        message: `release ${release.version} lacks an image, so no node could find itself or update to it`,
      },
    ];
  });
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
    ...images,
    ...lintHistory(sources, old),
    ...lintEntries(sources),
    ...lintTimes(sources, old, options),
    ...lintPaths(sources, old, options.now),
  ];
}
