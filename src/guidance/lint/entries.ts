import { defined } from '../../host/defined.ts';
import { nearest } from '../../host/nearest.ts';
import type { UpdateEntry } from '../metadata.ts';
import type { FleetSources } from './documents.ts';
import type { Finding } from './lint-finding.ts';

/** Checks each entry alone, and against the releases that it names. */
export function* lintEntries({ releases, updates, operations }: FleetSources): Generator<Finding> {
  if (updates === undefined) return;
  const versions = releases?.value.releases.map(({ version }) => version) ?? [];
  const first = new Map<string, number>();
  for (const [index, { version, metadata }] of updates.value.releases.entries()) {
    const at = (...path: PropertyKey[]) => updates.placeOf(['releases', index, ...path]);
    if (releases !== undefined && !versions.includes(version)) {
      const meant = nearest(version, versions);
      const what =
        metadata.barrier !== undefined ? 'barrier' : metadata.deadend !== undefined ? 'dead-end' : 'rollout';
      yield {
        severity: 'error',
        rule: 'unknown-release',
        where: at('version'),
        message: `no release ${version}: this ${what} has no effect`,
        remedy: meant === undefined ? 'A version is released by start-rollout.' : `Did you mean ${meant}?`,
      };
    }
    const earlier = first.get(version);
    if (earlier !== undefined) {
      yield {
        severity: 'error',
        rule: 'second-entry',
        where: at('version'),
        message: `releases[${earlier}] is about ${version} already; upstream's tools read the two as one, and refuse to write that`,
        remedy: 'Make one entry of them.',
      };
    }
    first.set(version, earlier ?? index);
    yield* lintMarks(version, metadata, at);
    const staged = operations?.value.staged?.some((each) => each.version === version) === true;
    yield* lintRollout(metadata, at, staged);
    const withdrawn = operations?.value.withdrawn?.find((each) => each.version === version);
    const isTarget = metadata.rollout !== undefined || metadata.barrier !== undefined;
    if (withdrawn !== undefined && isTarget) {
      yield {
        severity: 'warning',
        rule: 'offered-although-withdrawn',
        where: at(),
        message: `${version} was withdrawn by ${withdrawn.by} (${withdrawn.reason}), and is offered by this entry`,
        remedy: 'Remove the entry, or remove the release from "withdrawn" in operations.json.',
      };
    }
    const paused = operations?.value.paused?.find((each) => each.version === version);
    if (paused !== undefined && isTarget) {
      yield {
        severity: 'warning',
        rule: 'offered-although-paused',
        where: at(),
        message: `${version} is paused by ${paused.by} (${paused.reason}), and is offered by this entry`,
        remedy: 'Use edit-updates --action resume, or remove it from "paused" in operations.json.',
      };
    }
  }
  for (const list of ['paused', 'staged', 'withdrawn'] as const) {
    for (const [index, { version }] of (operations?.value[list] ?? []).entries()) {
      if (releases === undefined || versions.includes(version)) continue;
      const meant = nearest(version, versions);
      yield {
        severity: 'error',
        rule: 'unknown-release',
        where: operations?.placeOf([list, index, 'version']) ?? '',
        message: `no release ${version}`,
        ...defined({ remedy: meant && `Did you mean ${meant}?` }),
      };
    }
  }
}

type At = (...path: PropertyKey[]) => string;

function* lintMarks(
  version: string,
  { rollout, barrier, deadend }: UpdateEntry['metadata'],
  at: At,
): Generator<Finding> {
  if (barrier !== undefined && deadend !== undefined) {
    yield {
      severity: 'error',
      rule: 'barrier-and-deadend',
      where: at('metadata', 'deadend'),
      message: `${version} is a barrier and a dead-end: older nodes have to go there, and get no further`,
      remedy: 'Keep one of the two.',
    };
  }
  if (deadend !== undefined && deadend.reason.trim() === '') {
    yield {
      severity: 'error',
      rule: 'no-reason',
      where: at('metadata', 'deadend', 'reason'),
      message: `the dead-end ${version} has no reason, and its nodes show it to everyone who logs in`,
      remedy: 'Say why, preferably with the URL of an explanation.',
    };
  }
  if (barrier !== undefined && barrier.reason.trim() === '') {
    yield {
      severity: 'warning',
      rule: 'no-reason',
      where: at('metadata', 'barrier', 'reason'),
      message: `the barrier ${version} has no reason`,
    };
  }
  if (deadend !== undefined && rollout !== undefined) {
    yield {
      severity: 'warning',
      rule: 'offered-deadend',
      where: at('metadata', 'rollout'),
      message: `${version} is a dead-end and still offered: nodes that take it get no further update`,
    };
  }
  if ([rollout, barrier, deadend].every((part) => part === undefined)) {
    yield {
      severity: 'warning',
      rule: 'empty-entry',
      where: at('metadata'),
      message: `nothing is said about ${version} here: the entry has no effect`,
      remedy: 'rollout, barrier and deadend are the fields that upstream reads.',
    };
  }
}

const rolloutFields: ReadonlySet<string> = new Set(['start_epoch', 'start_percentage', 'duration_minutes']);
const metadataFields: ReadonlySet<string> = new Set(['rollout', 'barrier', 'deadend']);

/** @param staged it opens ring by ring, so it has no duration on purpose */
function* lintRollout(metadata: UpdateEntry['metadata'], at: At, staged: boolean): Generator<Finding> {
  for (const key of Object.keys(metadata).filter((each) => !metadataFields.has(each))) {
    yield unknownField(key, metadataFields, at('metadata', key));
  }
  const { rollout } = metadata;
  if (rollout === undefined) return;
  for (const key of Object.keys(rollout).filter((each) => !rolloutFields.has(each))) {
    yield unknownField(key, rolloutFields, at('metadata', 'rollout', key));
  }
  if (rollout.duration_minutes === 0) {
    yield {
      severity: 'warning',
      rule: 'no-duration',
      where: at('metadata', 'rollout', 'duration_minutes'),
      message:
        'the specification reads 0 as "no progress", but the graph as one minute: every node is offered it',
    };
  }
  if (!staged && rollout.duration_minutes === undefined && (rollout.start_percentage ?? 0) < 1) {
    yield {
      severity: 'warning',
      rule: 'no-duration',
      where: at('metadata', 'rollout'),
      message: `without a duration the rollout stays at ${Number(((rollout.start_percentage ?? 0) * 100).toFixed(1))} % for ever`,
    };
  }
}

function unknownField(key: string, known: ReadonlySet<string>, where: string): Finding {
  const meant = nearest(key, [...known]);
  return {
    severity: 'warning',
    rule: 'unknown-field',
    where,
    message: `upstream does not know the field ${key}: it has no effect`,
    ...defined({ remedy: meant && `Did you mean ${meant}?` }),
  };
}
