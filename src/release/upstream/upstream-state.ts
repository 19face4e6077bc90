import type { Rollout, UpdateEntry } from '../../guidance/metadata.ts';
import { rolloutEnd, rolloutPhase, rolloutProgress } from '../../guidance/progress.ts';
import { defined } from '../../host/defined.ts';
import { InputError, UsageError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import type { UpstreamGuidance } from './guidance.ts';

/**
 * What upstream does with a release of the base. `paused`: it is upstream's newest, and offered to nobody: its rollout
 * was paused (its entry was removed), or has not been announced yet. `unlisted`: upstream's index does not have it
 * (yet).
 */
export interface UpstreamStatus {
  readonly version: string;
  readonly verdict: 'offered' | 'past' | 'paused' | 'deadend' | 'unlisted';
  readonly rollout?: Rollout;
  /** Share of the nodes that upstream offers it to now, 0 to 1. */
  readonly progress?: number;
  /** Upstream's reason. */
  readonly barrier?: string;
  /** Upstream's reason. */
  readonly deadend?: string;
}

/** States of a base that is not built on unless somebody accepts it. */
export const doubts = ['paused', 'deadend', 'unlisted'] as const;
export type Doubt = (typeof doubts)[number];

/** Reads a value of `--accept-upstream`. @throws UsageError */
export function readDoubt(text: string): Doubt {
  const known = doubts.find((doubt) => doubt === text);
  if (known !== undefined) return known;
  throw new UsageError(`--accept-upstream takes ${doubts.join(', ')}, not ${JSON.stringify(text)}`);
}

/** @param now UNIX seconds */
export function upstreamStatusOf(guidance: UpstreamGuidance, version: string, now: number): UpstreamStatus {
  const position = guidance.order.indexOf(version);
  const { rollout, barrier, deadend } = upstreamSays(guidance, version);
  const newer = guidance.updates.some(
    (entry) => entry.metadata.rollout !== undefined && guidance.order.indexOf(entry.version) > position,
  );
  const verdict =
    deadend !== undefined
      ? 'deadend'
      : position < 0
        ? 'unlisted'
        : rollout !== undefined
          ? 'offered'
          : barrier !== undefined || newer
            ? 'past'
            : 'paused';
  return {
    version,
    verdict,
    ...defined({
      rollout,
      progress: rollout === undefined ? undefined : rolloutProgress(rollout, now),
      barrier: barrier?.reason,
      deadend: deadend?.reason,
    }),
  };
}

/** Why this release of the base must not be built on; undefined if it may be. */
export function doubtOf({
  version,
  verdict,
  deadend,
}: UpstreamStatus): { readonly doubt: Doubt; readonly why: string } | undefined {
  switch (verdict) {
    case 'deadend':
      return { doubt: 'deadend', why: `upstream has made base ${version} a dead-end: ${deadend}` };
    case 'paused':
      return {
        doubt: 'paused',
        why: `upstream offers base ${version}, its newest release, to nobody: its rollout is paused, or not announced yet`,
      };
    case 'unlisted':
      return { doubt: 'unlisted', why: `upstream's release index does not have base ${version}, or not yet` };
    default:
      return undefined;
  }
}

/** @throws InputError for a base that upstream itself holds back, unless that is accepted */
export function refuseDoubtful(
  status: UpstreamStatus,
  options: { readonly accept: readonly Doubt[]; readonly where: string },
): void {
  const found = doubtOf(status);
  if (found === undefined || options.accept.includes(found.doubt)) return;
  throw new InputError({
    where: options.where,
    problem: found.why,
    remedy: `Wait for upstream, or continue anyway with --accept-upstream ${found.doubt}.`,
  });
}

/** What upstream does with it, for a pull request: the same words at any time unless upstream changes something. */
export function describeUpstreamStatus(status: UpstreamStatus): string[] {
  const doubt = doubtOf(status);
  const { rollout, barrier } = status;
  return [
    ...(doubt === undefined ? [] : [`**${doubt.why}**`]),
    ...(rollout === undefined ? [] : [describeRollout(rollout)]),
    ...(status.verdict === 'past' && barrier === undefined
      ? ['upstream offers a newer release instead']
      : []),
    ...(barrier === undefined
      ? []
      : [`a barrier upstream, so the release built on it becomes a barrier, too: ${barrier}`]),
  ];
}

/** `43 %, started …, complete …` */
export function describeRollout(rollout: Rollout, now?: number): string {
  const start = rollout.start_epoch ?? 0;
  const end = rolloutEnd(rollout);
  const share = now === undefined ? undefined : rolloutProgress(rollout, now);
  const phase = now === undefined ? undefined : rolloutPhase(rollout, now);
  const complete = (rollout.start_percentage ?? 0) >= 1 && end === undefined;
  return [
    complete ? 'upstream offers it to every node' : 'upstream rolls it out',
    ...(share === undefined || phase === 'complete' ? [] : [`${Number((share * 100).toFixed(1))} % now`]),
    ...(start <= 0 ? [] : [`start ${formatTime(start)}`]),
    ...(end === undefined ? [] : [`complete ${formatTime(end)}`]),
  ].join(', ');
}

/** Everything that upstream says about a version. */
export function upstreamSays({ updates }: UpstreamGuidance, version: string): UpdateEntry['metadata'] {
  return Object.assign(
    {},
    ...updates.filter((entry) => entry.version === version).map((entry) => entry.metadata),
  ) as UpdateEntry['metadata'];
}
