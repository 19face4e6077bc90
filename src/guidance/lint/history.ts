import { isDeepStrictEqual } from 'node:util';
import type { FleetSources } from './documents.ts';
import type { Finding } from './lint-finding.ts';

/**
 * Releases are only added, and only at the end: nodes look themselves up in this list, and a position in it is an
 * age.
 */
export function* lintHistory({ releases, updates }: FleetSources, before: FleetSources): Generator<Finding> {
  const old = before.releases?.value.releases ?? [];
  if (releases !== undefined) {
    const list = releases.value.releases;
    let expected = 0;
    for (const [position, release] of old.entries()) {
      const at = list.findIndex(({ version }) => version === release.version);
      if (at < 0) {
        yield {
          severity: 'error',
          rule: 'release-removed',
          where: releases.placeOf(['releases', Math.min(position, list.length - 1)]),
          message: `release ${release.version} is gone: nodes on it could no longer find themselves, and would never update again`,
          remedy: 'Put it back where it was. To offer it to nobody, withdraw it.',
        };
        continue;
      }
      if (at < expected) {
        yield {
          severity: 'error',
          rule: 'release-reordered',
          where: releases.placeOf(['releases', at]),
          message: `release ${release.version} stands at position ${at}, before releases that it came after: ages are positions`,
          remedy: 'Releases stay where they are; new ones come at the end.',
        };
      } else {
        expected = at + 1;
      }
      if (!isDeepStrictEqual(list[at], release)) {
        yield {
          severity: 'error',
          rule: 'release-rewritten',
          where: releases.placeOf(['releases', at]),
          message: `release ${release.version} has other content than before`,
          remedy: 'A version always names the same build: a new build is a new release.',
        };
      }
    }
    const known = new Set(old.map(({ version }) => version));
    const last = list.findLastIndex(({ version }) => known.has(version));
    for (const [at, { version }] of list.entries()) {
      if (known.has(version) || at > last) continue;
      yield {
        severity: 'error',
        rule: 'release-reordered',
        where: releases.placeOf(['releases', at]),
        message: `release ${version} is new, and comes before older ones`,
        remedy: 'New releases come at the end.',
      };
    }
  }
  for (const { version, metadata } of before.updates?.value.releases ?? []) {
    if (metadata.barrier === undefined || updates === undefined) continue;
    const now = updates.value.releases.filter((entry) => entry.version === version);
    if (now.some((entry) => entry.metadata.barrier !== undefined)) continue;
    yield {
      severity: 'warning',
      rule: 'barrier-removed',
      where: updates.placeOf(['releases']),
      message: `${version} is no longer a barrier (${metadata.barrier.reason}): older nodes go around it`,
    };
  }
}
