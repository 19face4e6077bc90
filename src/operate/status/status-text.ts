import { formatPercent } from '../../host/percent.ts';
import { count, exact, type Report, say } from '../../host/report.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import { describeHold } from '../../release/operations/hold.ts';
import type { AdoptionStatus, FleetStatus, NodeAnswer, ReleaseStatus, RingStatus } from './fleet-status.ts';

const barLength = 24;

/** One screen for people: a report for each fleet. @param now UNIX seconds */
export function reportFleet(status: FleetStatus, now: number): Report {
  const { fleet, release } = status;
  return {
    headline: `${fleet}: ${release === undefined ? 'no release yet' : titleOf(release)}`,
    facts: [
      release === undefined ? undefined : say`${exact(bar(release.progress))} ${progressOf(release, now)}`,
      release === undefined || release.phase === 'complete'
        ? undefined
        : release.rings.map((ring) => ringOf(ring, now)).join(' · '),
      ...remarks(status, now),
    ],
  };
}

function titleOf({ version, base, recordedAt }: ReleaseStatus): string {
  const facts = [
    ...(base === undefined ? [] : [`base ${base}`]),
    ...(recordedAt === undefined ? [] : [`released ${formatTime(recordedAt)}`]),
  ];
  return `${version}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function progressOf({ phase, progress, startsAt, completeAt }: ReleaseStatus, now: number): string {
  const share = `${Number((progress * 100).toFixed(1))} %`;
  const left = completeAt === undefined ? '' : `, ${formatDuration(completeAt - now)} left`;
  if (phase === 'complete') return 'complete: offered to every node';
  if (phase === 'withdrawn') return 'withdrawn: offered to nobody';
  if (phase === 'not offered') return 'offered to nobody';
  if (phase === 'scheduled') {
    return `${share}, starts ${startsAt === undefined ? 'later' : `in ${formatDuration(startsAt - now)}`}${left}`;
  }
  return `${share} ${phase}${left}`;
}

function ringOf({ ring, offered, offeredFrom }: RingStatus, now: number): string {
  if (offered) return `${ring}: offered`;
  return `${ring}: ${offeredFrom === undefined ? 'not offered' : `in ${formatDuration(offeredFrom - now)}`}`;
}

/** What people should know: holds, pauses, exceptions, upstream, and what comes next. */
function remarks(status: FleetStatus, now: number): string[] {
  const { release, hold, paused, rings, adoption, withdrawn, nodes, promotion } = status;
  const { urgent, acceptedMissingEvidence: accepted, rollBack } = release?.record ?? {};
  const { acceptedVulnerabilities: found } = release?.record ?? {};
  const verdict = release?.upstream?.verdict;
  return [
    ...(hold === undefined ? [] : [`HELD: ${describeHold(hold)}`]),
    ...paused.map(
      ({ version, progress, reason, by, until }) =>
        `paused: ${version} at ${Number((progress * 100).toFixed(1))} %: ${reason} (by ${by}${until === undefined ? '' : `, until ${formatTime(until)}`})`,
    ),
    ...rings.map(
      ({ version, ring, note }) => `${ring === undefined ? 'rings' : 'WAITS'}: ${version}, ${note}`,
    ),
    ...(adoption === undefined ? [] : [adoptionOf(adoption)]),
    ...withdrawn
      .filter(({ version }) => version === release?.version)
      .map(({ reason, by, at }) => `withdrawn: ${reason} (by ${by} on ${formatTime(at)})`),
    ...(nodes === undefined ? [] : [nodesOf(nodes, status)]),
    ...(urgent === undefined ? [] : [`urgent: ${urgent.reason} (by ${urgent.by})`]),
    ...(rollBack === undefined
      ? []
      : [
          `roll-back: the content of ${rollBack.restores} instead of ${rollBack.insteadOf}: ${rollBack.reason}`,
        ]),
    ...(accepted === undefined ? [] : [`without evidence: ${accepted.reason} (by ${accepted.by})`]),
    ...(found === undefined ? [] : [`vulnerabilities accepted: ${found.reason} (by ${found.by})`]),
    ...(verdict === 'paused' || verdict === 'deadend' || verdict === 'unlisted'
      ? [`upstream: base ${release?.base} is ${verdict === 'deadend' ? 'a dead-end' : verdict}`]
      : []),
    ...(promotion === undefined ? [] : [nextOf(promotion, now)]),
  ];
}

function adoptionOf({ nodes, onNewest, rings, method, cameBack, stuck, observedAt }: AdoptionStatus): string {
  const share = nodes === 0 ? '' : ` (${formatPercent(onNewest / nodes)})`;
  const each = rings
    .filter((ring) => ring.nodes > 0)
    .map((ring) => `${ring.ring} ${ring.onNewest} of ${ring.nodes}`);
  const more = [
    ...(each.length < 2 ? [] : [each.join(', ')]),
    ...(cameBack === 0 ? [] : [`${cameBack} CAME BACK to an older release`]),
    ...(stuck === 0 ? [] : [`${stuck} do not move on`]),
  ];
  const about = method === 'sample' ? 'about ' : '';
  return [
    `adoption: ${about}${onNewest} of ${count(nodes, 'node')} run it${share}, counted on ${formatTime(observedAt)}`,
    ...more,
  ].join('; ');
}

function nodesOf(answer: NodeAnswer, { fleet, release }: FleetStatus): string {
  if (answer.accepted === true) return `nodes of ${fleet} accept ${release?.version} by their policy`;
  if (answer.accepted === 'unknown')
    return `whether nodes of ${fleet} accept it is not known: ${answer.reason}`;
  return `NODES REFUSE IT: by the policy of ${fleet}, ${answer.reason}`;
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

function bar(share: number): string {
  const full = Math.floor(share * barLength + 1e-9);
  return `${'█'.repeat(full)}${'░'.repeat(barLength - full)}`;
}
