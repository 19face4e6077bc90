import { code, codeBlock, table } from '../../host/markdown.ts';
import { formatDuration, formatTime } from '../../host/time.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { defaultUpstream } from '../../project/configuration/upstream-guidance.ts';
import { nextFleets } from '../../project/fleets.ts';
import { describeDownload, downloadBetween } from '../../release/download-size.ts';
import { describeUpstreamStatus, doubtOf } from '../../release/upstream/upstream-state.ts';
import { baseBranch } from '../../world/forge/branch-names.ts';
import type { Proposal } from '../../world/forge/propose-changes.ts';
import { countPackages, describePackages } from '../../world/packages/packages.ts';
import { linkedDigest } from '../../world/registry/page.ts';
import { atDigest, formatReference, formatRepository, shortDigest } from '../../world/registry/reference.ts';
import type { BaseBuild } from './base-image.ts';
import type { BuiltPackages } from './built-packages.ts';
import type { UpstreamView } from './choose-base.ts';

/** The pull request that pins another build of the base. */
export function repinProposal(options: {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly from: BaseBuild | undefined;
  readonly to: BaseBuild;
  /** What upstream says; absent if the base has no guidance. */
  readonly view?: UpstreamView | undefined;
  /** Who signed the new build; absent if nobody has to. */
  readonly signedBy?: string | undefined;
  /** The packages of the image on it; absent until it is built. */
  readonly built?: BuiltPackages | undefined;
}): Proposal {
  const { config, fleet, from, to, view, signedBy, built } = options;
  const stream = `stream ${config.stream}`;
  const what =
    from === undefined
      ? `Pin base image ${to.version}`
      : from.version === to.version
        ? `Base image ${to.version} was built again`
        : `Base image ${from.version ?? shortDigest(from.digest)} → ${to.version}`;
  const title = `${what} (${stream}${view?.onTheWayTo === undefined ? '' : ', a barrier'})`;
  const lead =
    view?.onTheWayTo !== undefined
      ? `Base ${to.version} is a barrier upstream, on the way to ${view.onTheWayTo}: a fleet that skips it cannot release anything newer. That one is proposed when this is merged.`
      : from === undefined
        ? `\`${config.containerfile}\` names \`${formatReference(config.base)}\` without a digest, so a build does not show which base it was built on. This pins the image that the tag points at now.`
        : `\`${formatReference(config.base)}\` points at another build than the one pinned in \`${config.containerfile}\`.`;
  const skipped = view?.barriers[0]?.version;
  const paragraphs = [
    lead,
    ...(skipped === undefined
      ? []
      : [
          `> [!WARNING]\n> **start-rollout will refuse a release on this base**: you need a release on base ${skipped} first (\`coxswain watch-base --base-version ${skipped}\`). So this is a draft.`,
        ]),
    table(
      ['', 'version', 'created', 'digest'],
      [
        ...(from === undefined ? [] : [['now', ...buildRow(config, from)]]),
        ['proposed', ...buildRow(config, to)],
      ],
    ),
    ...downloadLine(from, to),
    fullDigests(from, to),
    whatChanges({ from, to, built }),
    ...(signedBy === undefined
      ? []
      : [`The proposed image is signed by ${code(signedBy)}; the signature was verified.`]),
    ...(view === undefined ? [] : [upstreamSection(config, view)]),
    whatHappensNext(config, fleet),
    'To skip this base, close this pull request: it stays closed until the tag moves on. Commits that you add to its branch are kept.',
  ];
  // If it skips a barrier, it could be merged but not released.
  const ready = skipped === undefined;
  return { ...proposal(options, title, paragraphs), ready, subject: `base ${to.digest}` };
}

function buildRow({ base }: Config, { version, created, digest }: BaseBuild): string[] {
  const time = created === undefined ? undefined : Date.parse(created) / 1000;
  return [
    version === undefined ? 'unknown' : code(version),
    time === undefined || Number.isNaN(time) ? (created ?? 'unknown') : formatTime(Math.floor(time)),
    linkedDigest(atDigest(base.repository, digest), { short: true }),
  ];
}

/** For a reviewer the kernel is the largest risk, so it comes first. */
function whatChanges(options: {
  readonly from: BaseBuild | undefined;
  readonly to: BaseBuild;
  readonly built: BuiltPackages | undefined;
}): string {
  const { from, to, built } = options;
  const known = built?.difference;
  const changed = [...(known?.upgraded ?? []), ...(known?.downgraded ?? [])].find(
    ({ name }) => name === 'kernel',
  );
  const kernels =
    changed === undefined
      ? [from?.kernel, to.kernel]
      : [changed.before, changed.after].map(({ version, release }) => `${version}-${release}`);
  const [before, after] = kernels;
  const kernel =
    after === undefined
      ? []
      : before === after
        ? [`- Kernel: ${code(after)}, as before`]
        : [`- **Kernel**: ${before === undefined ? '' : `${code(before)} → `}${code(after)}`];
  const packages =
    built === undefined
      ? '- Packages: listed here once the image of this branch is built, compared with the newest release.'
      : `- Packages, compared with release ${code(built.release)}: ${countPackages(built.difference)}\n\n<details><summary>The packages</summary>\n\n${describePackages(built.difference)}\n\n</details>`;
  return `### What changes\n\n${[...kernel, packages].join('\n')}`;
}

/** What the base's part of the update costs a node. */
function downloadLine(from: BaseBuild | undefined, to: BaseBuild): string[] {
  if (from?.image === undefined || to.image === undefined) return [];
  const summary = describeDownload(downloadBetween(from.image, to.image), to.image);
  return [`Of the base, a node downloads ${summary}. What the build adds comes on top.`];
}

/** Whole digests make a table wider than GitHub's column. */
function fullDigests(from: BaseBuild | undefined, to: BaseBuild): string {
  const lines = [...(from === undefined ? [] : [`now       ${from.digest}`]), `proposed  ${to.digest}`];
  return `<details><summary>Full digests</summary>\n\n${codeBlock(lines.join('\n'))}\n\n</details>`;
}

/** What upstream does with the base. The text is the same at any time unless upstream changes something. */
function upstreamSection(config: Config, { status, barriers, deadends }: UpstreamView): string {
  const facts = [
    ...describeUpstreamStatus(status),
    ...barriers.map(({ version, reason }) => `passes the barrier ${version}: ${reason}`),
    ...deadends.map(({ version, reason }) => `passes the dead-end ${version}: ${reason}`),
    ...(barriers.length === 0 && deadends.length === 0
      ? ['no barrier and no dead-end is passed on the way']
      : []),
    ...(doubtOf(status) === undefined
      ? []
      : ['start-rollout needs `--accept-upstream`, too, if nothing has changed upstream by then']),
    ...sources(config),
  ];
  return `### Upstream\n\n${facts.map((fact) => `- ${fact}`).join('\n')}`;
}

/** Links to read more. Fedora has a page for people, too. */
function sources({ base, upstream, architectures }: Config): string[] {
  if (upstream === undefined) return [];
  const notes = `https://fedoraproject.org/coreos/release-notes/?arch=${architectures[0]}&stream=${base.tag}`;
  const isFedora = upstream.updates === defaultUpstream(base)?.updates;
  const links = [
    ...(isFedora ? [`[release notes](${notes})`] : []),
    `[update guidance](${upstream.updates})`,
  ];
  return [links.join(' · ')];
}

/**
 * The pull request that builds again on the same base. If somebody declines it, it is proposed again after another
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
    `The newest build of fleet \`${fleet.name}\` was made on ${formatTime(builtAt)}, more than ${formatDuration(config.refresh)} ago, and \`${formatReference(config.base)}\` has not moved since. A new build fetches the newest packages, and their security fixes.`,
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
    `That digest boots in a VM and runs \`${config.tests}/\`; the result is reported here.`,
    `After the merge it is promoted to \`${formatRepository(config.image)}\` as it was tested, and rolls out to fleet \`${fleet.name}\` by \`${fleet.template}\`.`,
    ...next,
  ];
  return `### What happens next\n\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`;
}
