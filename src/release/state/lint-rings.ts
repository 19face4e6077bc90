import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../../guidance/lint/lint-finding.ts';
import { parseUpdateMetadata, type Rollout } from '../../guidance/metadata.ts';
import { type Operations, parseOperations } from '../../guidance/operations.ts';
import { rolloutPhase, rolloutProgress } from '../../guidance/progress.ts';
import { formatPercent } from '../../host/percent.ts';
import type { RingGates } from '../../project/configuration/ring-gates.ts';

/** The texts of a fleet's files that say who is offered what. */
export interface RingTexts {
  readonly updates?: { readonly file: string; readonly text: string } | undefined;
  readonly operations?: { readonly file: string; readonly text: string } | undefined;
}

/**
 * Finds changed rollouts that would open a ring before the rings ahead of it did well. What cannot be read is reported
 * by other rules.
 * @param now UNIX seconds
 */
export function lintRings(
  after: RingTexts,
  before: RingTexts,
  options: { readonly rings: RingGates | undefined; readonly now: number },
): Finding[] {
  const { rings, now } = options;
  const { updates } = after;
  const said = read(after);
  if (rings === undefined || updates === undefined || said === undefined) return [];
  const old = read(before);
  return [...said.rollouts].flatMap(([version, rollout]): Finding[] => {
    const was = old?.rollouts.get(version);
    if (rolloutPhase(rollout, now) === 'complete' && rollout.start_epoch === undefined) return [];
    if (isDeepStrictEqual(was, rollout)) return [];
    const passed = said.operations.staged?.find((each) => each.version === version)?.passed ?? [];
    const next = rings.gates.find(({ ring }) => !passed.some((each) => each.ring === ring));
    const reaches = rollout.duration_minutes === undefined ? (rollout.start_percentage ?? 0) : 1;
    const reached = was === undefined ? 0 : rolloutProgress(was, now);
    if (next === undefined || reaches <= Math.max(next.wariness, reached)) return [];
    const goesByTime = rollout.duration_minutes !== undefined;
    return [
      {
        severity: goesByTime ? 'warning' : 'error',
        rule: 'ring-before-success',
        where: updates.file,
        message: goesByTime
          ? `the rollout of ${version} goes by time, and ring ${next.ring} has to do well first: publish-updates makes it wait there`
          : `${version} would be offered to ${formatPercent(reaches)} of the nodes, and ring ${next.ring} did not do well with it`,
        remedy: 'To open the next ring anyway: edit-updates --action resume.',
      },
    ];
  });
}

function read(
  texts: RingTexts,
): { readonly rollouts: ReadonlyMap<string, Rollout>; readonly operations: Operations } | undefined {
  const { updates, operations } = texts;
  if (updates === undefined) return undefined;
  try {
    const rollouts = parseUpdateMetadata(updates.text, updates.file).releases.flatMap(
      ({ version, metadata }) =>
        metadata.rollout === undefined ? [] : [[version, metadata.rollout] as const],
    );
    return {
      rollouts: new Map(rollouts),
      operations: operations === undefined ? {} : parseOperations(operations.text, operations.file),
    };
  } catch {
    return undefined;
  }
}
