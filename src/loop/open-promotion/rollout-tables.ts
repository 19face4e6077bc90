import { adoptionCurve } from '../../guidance/adoption-share.ts';
import type { Rollout } from '../../guidance/metadata.ts';
import { nextOpening, rolloutProgress } from '../../guidance/progress.ts';
import { plainText } from '../../host/markdown.ts';
import { formatPercent } from '../../host/percent.ts';
import { count } from '../../host/report.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
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
  const line = plannedLine(release);
  const rows = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = Math.round(start + part * (end - start));
    const share = rolloutProgress(line, at);
    return `${minute(at)}  ${bar(share)} ${formatPercent(share).padStart(6)}`;
  });
  return `Over ${formatDuration(end - start)}, the share of nodes that was offered it:\n\n\`\`\`\n${rows.join('\n')}\n\`\`\``;
}

/** If the entry was cleaned up, only the record has its start and end; every rollout is a straight line between them. */
function plannedLine(release: SourceRelease): Rollout {
  const { record, state } = release;
  const { rollout } = metadataOf(state.updates, record.version);
  const start = rolloutStart(release);
  const end = rolloutCompletion(release);
  if (rollout?.duration_minutes !== undefined) return rollout;
  return end === undefined || end <= start
    ? { start_epoch: start, start_percentage: 1 }
    : { start_epoch: start, start_percentage: 0, duration_minutes: (end - start) / 60 };
}

const mostPoints = 8;

/**
 * Planned against real: to which share of the source's nodes the rollout offered the release, and which share ran it.
 * @returns undefined if nobody counted the nodes
 */
export function describeSourceAdoption(release: SourceRelease): string | undefined {
  const { adoption } = release.state;
  const { version } = release.record;
  if (adoption === undefined) return undefined;
  const counted = `${adoption.method === 'sample' ? 'about ' : ''}${count(adoption.nodes, 'node')}, counted on ${formatTime(adoption.observedAt)}`;
  const points = adoptionCurve(adoption, version, plannedLine(release));
  const first = points.findIndex(({ at }) => at >= rolloutStart(release));
  if (first < 0) return `It was not counted in this rollout: ${counted}.`;
  const later = points.slice(first);
  const step = Math.ceil(later.length / mostPoints);
  const shown = later.filter((_, index) => (later.length - 1 - index) % step === 0);
  const back = adoption.cameBack
    .filter(({ from }) => from === version)
    .reduce((sum, { nodes }) => sum + nodes, 0);
  return [
    `Of ${counted}:`,
    table([
      ['', 'offered to (planned)', 'run it or a newer release'],
      ...shown.map(({ at, planned = 0, observed }) => [
        minute(at),
        formatPercent(planned),
        formatPercent(observed),
      ]),
    ]),
    ...(back === 0 ? [] : [`**${count(back, 'node')} ran it and came back to an older release.**`]),
  ].join('\n\n');
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
