import { tidy, type UpdateEntry } from '../metadata.ts';
import {
  findStranded,
  type Guidance,
  listStranded,
  type StrandedRelease,
  strandedBy,
  strandedByTidying,
} from '../update-paths.ts';
import type { FleetSources } from './documents.ts';
import type { Finding } from './lint-finding.ts';

/** Checks that nodes on every release, on every architecture, can reach the newest release. */
export function* lintPaths(after: FleetSources, before: FleetSources, now: number): Generator<Finding> {
  const { releases, updates, operations } = after;
  if (releases === undefined || updates === undefined) return;
  const guidance: Guidance = { releases: releases.value, updates: updates.value };
  // A release that is no longer offered was withdrawn on purpose: upstream pauses a rollout by hand in this way.
  const takenBack = (before.updates?.value.releases ?? []).filter(
    (entry) =>
      isTarget(entry) &&
      !updates.value.releases.some((each) => each.version === entry.version && isTarget(each)),
  );
  const retired = new Set(
    [...takenBack, ...(operations?.value.withdrawn ?? []), ...(operations?.value.paused ?? [])].map(
      ({ version }) => version,
    ),
  );
  /** The place of the entry for a version, else of the list of entries. */
  const placeOf = (version: string) => {
    const index = updates.value.releases.findLastIndex((entry) => entry.version === version);
    return updates.placeOf(index < 0 ? ['releases'] : ['releases', index]);
  };
  const known = new Set<string>();
  for (const group of byEnd(findStranded(guidance))) {
    const [first] = group as [StrandedRelease];
    for (const each of group) known.add(`${each.version} ${each.architecture}`);
    yield {
      severity: 'error',
      rule: 'stranded',
      where: placeOf(first.why === 'dead-end' ? first.end : first.goal),
      message:
        first.why === 'dead-end'
          ? `nodes on ${listStranded(group)} end on the dead-end ${first.end} and never get ${first.goal}`
          : `nodes on ${listStranded(group)} never get to ${first.goal}`,
    };
  }
  const lost =
    before.releases === undefined || before.updates === undefined
      ? []
      : strandedBy({ releases: before.releases.value, updates: before.updates.value }, guidance, { retired });
  const news = lost.filter((each) => !known.has(`${each.version} ${each.architecture}`));
  if (news.length > 0) {
    yield {
      severity: 'error',
      rule: 'stranded',
      where: placeOf(news[0]?.end ?? ''),
      message: `after this change, nodes on ${listStranded(news)} have no update path`,
      remedy: `Keep a rollout for ${news[0]?.goal}, or for a release that they may have instead.`,
    };
  }
  if (releases.value.releases.length > 0 && retired.size === 0 && !offersAnything(guidance)) {
    yield {
      severity: 'warning',
      rule: 'nothing-offered',
      where: updates.placeOf(['releases']),
      message: 'no release has a rollout: no node is offered anything',
    };
  }
  // What the next start-rollout does to the list, as upstream's rollout.py does.
  const tidied = { ...guidance, updates: tidy(updates.value, now) };
  const harmed = strandedByTidying(guidance, tidied, now);
  if (harmed.length > 0) {
    yield {
      severity: 'warning',
      rule: 'lost-by-tidying',
      where: placeOf(harmed[0]?.goal ?? ''),
      message: `when the next release is added, completed rollouts are removed, as upstream does, all except the last: nodes on ${listStranded(harmed)} then have no release to update to`,
      remedy:
        'The release that is kept has no image for their architecture, or lies behind a barrier that is still rolling out.',
    };
  }
}

function offersAnything({ updates }: Guidance): boolean {
  return updates.releases.some(isTarget);
}

function isTarget({ metadata: { rollout, barrier } }: UpdateEntry): boolean {
  return rollout !== undefined || barrier !== undefined;
}

function byEnd(stranded: readonly StrandedRelease[]): StrandedRelease[][] {
  const groups = new Map<string, StrandedRelease[]>();
  for (const each of stranded) {
    const key = each.why === 'dead-end' ? `dead-end ${each.end}` : 'no path';
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}
