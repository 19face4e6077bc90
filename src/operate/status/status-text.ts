import { code, plainText, table } from '../../host/markdown.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import { describeHold } from '../../release/operations/hold.ts';
import type { FleetStatus, ReleaseStatus, RingStatus } from './fleet-status.ts';

const barLength = 24;

/** One screen for people. @param now UNIX seconds */
export function describeFleets(fleets: readonly FleetStatus[], now: number): string {
  const width = Math.max(...fleets.map(({ fleet }) => fleet.length));
  return fleets.map((status) => describeFleet(status, { width, now })).join('\n\n');
}

function describeFleet(
  status: FleetStatus,
  { width, now }: { readonly width: number; readonly now: number },
): string {
  const { fleet, release } = status;
  const head = `${fleet.padEnd(width)}  ${release === undefined ? 'no release yet' : titleOf(release)}`;
  return [
    head,
    ...(release === undefined ? [] : [`  ${bar(release.progress)} ${progressOf(release, now)}`]),
    ...(release === undefined || release.phase === 'complete'
      ? []
      : [`  ${release.rings.map((ring) => ringOf(ring, now)).join(' · ')}`]),
    ...remarks(status, now).map((remark) => `  ${remark}`),
  ].join('\n');
}

function titleOf({ version, base, recordedAt }: ReleaseStatus): string {
  const facts = [
    ...(base === undefined ? [] : [`base ${base}`]),
    ...(recordedAt === undefined ? [] : [`released ${formatTime(recordedAt)}`]),
  ];
  return `${version}${facts.length === 0 ? '' : `  (${facts.join(', ')})`}`;
}

function progressOf({ phase, progress, completeAt, rings }: ReleaseStatus, now: number): string {
  const share = `${Number((progress * 100).toFixed(1))} %`;
  const left = completeAt === undefined ? '' : `, ${formatDuration(completeAt - now)} left`;
  if (phase === 'complete') return 'complete: offered to every node';
  if (phase === 'withdrawn') return 'withdrawn: offered to nobody';
  if (phase === 'not offered') return 'offered to nobody';
  if (phase === 'scheduled') {
    const next = Math.min(...rings.map(({ offeredFrom }) => offeredFrom ?? Number.POSITIVE_INFINITY));
    return `${share}, starts ${Number.isFinite(next) ? `within ${formatDuration(next - now)}` : 'later'}${left}`;
  }
  return `${share} ${phase}${left}`;
}

function ringOf({ ring, offered, offeredFrom }: RingStatus, now: number): string {
  if (offered) return `${ring}: offered`;
  return `${ring}: ${offeredFrom === undefined ? 'not offered' : `in ${formatDuration(offeredFrom - now)}`}`;
}

/** What people should know: holds, pauses, exceptions, upstream, and what comes next. */
function remarks(status: FleetStatus, now: number): string[] {
  const { release, hold, paused, withdrawn, promotion } = status;
  const { urgent, acceptedMissingEvidence: accepted, rollBack } = release?.record ?? {};
  const verdict = release?.upstream?.verdict;
  return [
    ...(hold === undefined ? [] : [`HELD: ${describeHold(hold)}`]),
    ...paused.map(
      ({ version, progress, reason, by, until }) =>
        `paused: ${version} at ${Number((progress * 100).toFixed(1))} %: ${reason} (by ${by}${until === undefined ? '' : `, until ${formatTime(until)}`})`,
    ),
    ...withdrawn
      .filter(({ version }) => version === release?.version)
      .map(({ reason, by, at }) => `withdrawn: ${reason} (by ${by} on ${formatTime(at)})`),
    ...(urgent === undefined ? [] : [`urgent: ${urgent.reason} (by ${urgent.by})`]),
    ...(rollBack === undefined
      ? []
      : [
          `roll-back: the content of ${rollBack.restores} instead of ${rollBack.insteadOf}: ${rollBack.reason}`,
        ]),
    ...(accepted === undefined ? [] : [`without evidence: ${accepted.reason} (by ${accepted.by})`]),
    ...(verdict === 'paused' || verdict === 'deadend' || verdict === 'unlisted'
      ? [`upstream: base ${release?.base} is ${verdict === 'deadend' ? 'a dead-end' : verdict}`]
      : []),
    ...(promotion === undefined ? [] : [nextOf(promotion, now)]),
  ];
}

function nextOf(
  { from, version, pullRequest, ready, nextGate }: NonNullable<FleetStatus['promotion']>,
  now: number,
): string {
  const request = pullRequest === undefined ? 'no pull request yet' : `pull request #${pullRequest}`;
  const what = `next: ${version} from ${from}, ${request}`;
  if (ready || nextGate === undefined) return `${what}: ready`;
  const when = nextGate.until === undefined ? '' : ` (in ${formatDuration(nextGate.until - now)})`;
  return `${what}: ${nextGate.state === 'red' ? 'stopped by' : 'waits for'} ${nextGate.name}: ${nextGate.note}${when}`;
}

/** The same for a job summary. @param now UNIX seconds */
export function summariseFleets(fleets: readonly FleetStatus[], now: number): string {
  const rows = fleets.map((status) => {
    const { fleet, release } = status;
    return [
      plainText(fleet),
      release === undefined ? 'no release yet' : code(release.version),
      release === undefined ? '' : `${code(bar(release.progress))} ${progressOf(release, now)}`,
      release === undefined || release.phase === 'complete'
        ? ''
        : release.rings.map((ring) => plainText(ringOf(ring, now))).join('<br>'),
      remarks(status, now).map(plainText).join('<br>'),
    ];
  });
  return `### Fleets\n\n${table(['fleet', 'release', 'rollout', 'rings', ''], rows)}`;
}

function bar(share: number): string {
  const full = Math.floor(share * barLength + 1e-9);
  return `${'█'.repeat(full)}${'░'.repeat(barLength - full)}`;
}
