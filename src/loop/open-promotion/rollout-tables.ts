import type { Rollout } from '../../guidance/metadata.ts';
import { nextOpening, rolloutProgress } from '../../guidance/progress.ts';
import { plainText } from '../../host/markdown.ts';
import { formatPercent } from '../../host/percent.ts';
import { formatDuration } from '../../host/time.ts';
import type { Config } from '../../project/configuration/config.ts';
import { ringsToShow } from '../../project/configuration/rings.ts';
import { rolloutCompletion, rolloutStart, type SourceRelease } from '../../release/gates/source-gates.ts';
import { metadataOf } from '../../release/operations/update-entries.ts';
import { minute, table } from './markdown-parts.ts';

const barLength = 20;

/**
 * How the rollout went in the source fleet: which share of its nodes was offered the release at which time. The text
 * is the same at any time unless somebody changes the rollout.
 */
export function describeSourceRollout(release: SourceRelease): string {
  const { record, state } = release;
  const start = rolloutStart(release);
  const end = rolloutCompletion(release);
  const { rollout } = metadataOf(state.updates, record.version);
  const paused = state.operations.paused?.find((each) => each.version === record.version);
  if (paused !== undefined) {
    return `Paused at ${formatPercent(paused.progress)} on ${minute(paused.since)} by ${plainText(`${paused.by}: ${paused.reason}`)}`;
  }
  if (end === undefined || end <= start) {
    return (rollout?.start_percentage ?? 0) >= 1
      ? `Offered to every node at once, on ${minute(start)}.`
      : 'It has no duration: the share of nodes stays where it is.';
  }
  // If the entry was cleaned up, only the record has its start and end; every rollout is a straight line between them.
  const line: Rollout =
    rollout?.duration_minutes === undefined
      ? { start_epoch: start, start_percentage: 0, duration_minutes: (end - start) / 60 }
      : rollout;
  const rows = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = Math.round(start + part * (end - start));
    const share = rolloutProgress(line, at);
    return `${minute(at)}  ${bar(share)} ${formatPercent(share).padStart(6)}`;
  });
  return `Over ${formatDuration(end - start)}, the share of nodes that was offered it:\n\n\`\`\`\n${rows.join('\n')}\n\`\`\``;
}

/** Who is offered a release when, ring by ring: nodes ask for their ring's wariness. */
export function describeOffers(config: Pick<Config, 'rings'>, rollout: Rollout, from: number): string {
  return table([
    ['ring', 'wariness', 'offered from'],
    ...ringsToShow(config.rings).map(({ name, wariness }) => {
      const open = wariness <= rolloutProgress(rollout, from) ? from : nextOpening(rollout, wariness, from);
      return [name, String(wariness), open === undefined ? 'never, by this rollout' : minute(open)];
    }),
  ]);
}

function bar(share: number): string {
  const full = Math.round(share * barLength);
  return `${'█'.repeat(full)}${'░'.repeat(barLength - full)}`;
}
