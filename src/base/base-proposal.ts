import type { Config, Fleet } from '../config/config.ts';
import { nextFleets } from '../fleets/fleets.ts';
import { baseBranch } from '../forge/branch-names.ts';
import type { Proposal } from '../forge/propose.ts';
import { formatDuration, formatTime } from '../host/time.ts';
import { formatReference, formatRepository } from '../registry/reference.ts';
import { describeStanding, doubtOf } from '../upstream/standing.ts';
import type { BaseBuild } from './base-image.ts';
import type { UpstreamView } from './choose-base.ts';

/** The pull request that pins another build of the base. */
export function repinProposal(options: {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly from: BaseBuild | undefined;
  readonly to: BaseBuild;
  /** What upstream says; absent where the base has no guidance. */
  readonly view?: UpstreamView | undefined;
}): Proposal {
  const { config, fleet, from, to, view } = options;
  const stream = `stream ${config.stream}`;
  const title =
    from === undefined
      ? `Pin base image ${to.version} (${stream})`
      : from.version === to.version
        ? `Base image ${to.version} was built again (${stream})`
        : `Base image ${from.version ?? short(from.digest)} → ${to.version} (${stream})`;
  const lead =
    view?.onTheWayTo !== undefined
      ? `Base ${to.version} is a barrier upstream, on the way to ${view.onTheWayTo}: a fleet that skips it cannot release anything newer. That one is proposed when this is merged.`
      : from === undefined
        ? `\`${config.containerfile}\` names \`${formatReference(config.base)}\` without a digest, so that a build says nothing about what it was built on. This pins what the tag points at now.`
        : `\`${formatReference(config.base)}\` points at another build than the one pinned in \`${config.containerfile}\`.`;
  const rows = [
    ['', 'now', 'proposed'],
    ['---', '---', '---'],
    ['version', code(from?.version), code(to.version)],
    ['digest', code(from?.digest), code(to.digest)],
    ['created', from?.created ?? 'unknown', to.created ?? 'unknown'],
    ['stream', code(config.stream), code(config.stream)],
  ];
  const table = from === undefined ? rows.map(([name = '', , now = '']) => [name, now]) : rows;
  const paragraphs = [
    lead,
    table.map((row) => `| ${row.join(' | ')} |`).join('\n'),
    ...(view === undefined ? [] : [upstreamSection(view)]),
    whatHappensNext(config, fleet),
  ];
  // With a barrier skipped it could be merged, and not be released.
  const ready = (view?.barriers.length ?? 0) === 0;
  return { ...proposal(options, title, paragraphs), ready, subject: `base ${to.digest}` };
}

/** What upstream does with the base. It says the same at any time, as long as upstream does nothing. */
function upstreamSection({ standing, barriers, deadends }: UpstreamView): string {
  const [skipped] = barriers;
  const facts = [
    ...describeStanding(standing),
    ...barriers.map(({ version, reason }) => `passes the barrier ${version}: ${reason}`),
    ...deadends.map(({ version, reason }) => `passes the dead-end ${version}: ${reason}`),
    ...(skipped === undefined
      ? []
      : [
          `**start-rollout will refuse a release on this base**: you need a release on base ${skipped.version} first (\`coxswain watch-base --base-version ${skipped.version}\`)`,
        ]),
    ...(barriers.length === 0 && deadends.length === 0
      ? ['no barrier and no dead-end is passed on the way']
      : []),
    ...(doubtOf(standing) === undefined
      ? []
      : ['start-rollout needs `--accept-upstream`, too, if nothing has changed upstream by then']),
  ];
  return `### Upstream\n\n${facts.map((fact) => `- ${fact}`).join('\n')}`;
}

/**
 * The pull request that builds again on the same base. Declined, it comes back when the build is older by another
 * `refresh`.
 * @param options.builtAt UNIX seconds, as `now`
 */
export function refreshProposal(options: {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly baseVersion: string | undefined;
  readonly builtAt: number;
  readonly now: number;
}): Proposal {
  const { config, fleet, baseVersion, builtAt, now } = options;
  const periods = Math.floor((now - builtAt) / config.refresh);
  const on = baseVersion === undefined ? 'the same base' : `base ${baseVersion}`;
  const proposed = proposal(options, `Refresh: build ${fleet.name} again on ${on}`, [
    `The newest build of fleet \`${fleet.name}\` was made on ${formatTime(builtAt)}, more than ${formatDuration(config.refresh)} ago, and \`${formatReference(config.base)}\` has not moved since. A new build takes in what your Containerfile fetches: packages, and their security fixes.`,
    whatHappensNext(config, fleet),
  ]);
  return { ...proposed, subject: `refresh ${formatTime(builtAt)} ${periods}` };
}

function proposal(
  { fleet }: { readonly fleet: Fleet },
  title: string,
  paragraphs: readonly string[],
): Proposal {
  return {
    head: baseBranch(fleet.name),
    base: fleet.branch,
    title,
    body: `${paragraphs.join('\n\n')}\n`,
    ready: true,
    labels: ['coxswain', 'base-image'],
  };
}

function whatHappensNext(config: Config, fleet: Fleet): string {
  const next = nextFleets(config, fleet).map(
    ({ name, soak }) =>
      `Fleet \`${name}\` is offered the same digest by a promotion pull request, ready ${formatDuration(soak)} after the rollout here began.`,
  );
  const steps = [
    `This branch is built for ${config.architectures.join(', ')} and pushed to \`${formatRepository(config.testImage)}\`.`,
    `That digest boots in a VM and runs \`${config.tests}/\`; the result is told here.`,
    `Merged, it is promoted to \`${formatRepository(config.image)}\` as it was tested, and rolls out to fleet \`${fleet.name}\` by \`${fleet.template}\`.`,
    ...next,
  ];
  return `### What happens next\n\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`;
}

function code(text: string | undefined): string {
  return text === undefined ? 'unknown' : `\`${text}\``;
}

function short(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}
