import { plainText } from '../../host/markdown.ts';
import { count } from '../../host/report.ts';
import { formatDuration } from '../../host/time.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { describeEntry } from '../../release/describe-rollout.ts';
import { type GateResult, isReady } from '../../release/gates/gate.ts';
import type { SourceRelease } from '../../release/gates/source-gates.ts';
import type { ReleaseRecord } from '../../release/state/state.ts';
import { promotionBranch } from '../../world/forge/branch-names.ts';
import type { Commit } from '../../world/forge/forge.ts';
import type { Proposal } from '../../world/forge/propose-changes.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import { countPackages, describePackages } from '../../world/packages/packages.ts';
import { linkedDigest } from '../../world/registry/page.ts';
import { formatRepository, parseReference } from '../../world/registry/reference.ts';
import type { RolloutForecast } from './forecast-rollout.ts';
import { code, folded, list, minute, table } from './markdown-parts.ts';
import type { MergedBuild } from './merged-build.ts';
import type { PackageChanges } from './package-list.ts';
import { readinessSentence } from './readiness.ts';
import { describeOffers, describeSourceAdoption, describeSourceRollout } from './rollout-tables.ts';
import { describeVulnerabilities, type VulnerabilityChanges } from './vulnerability-changes.ts';

const shownCommits = 30;
const shownFiles = 50;
const namedFiles = 10;
// GitHub takes 65,536 characters. A longer text is cut at its least important part.
const longestPackages = 30_000;

/** Everything that a promotion's pull request says. */
export interface PromotionFacts {
  readonly config: Config;
  readonly source: Fleet;
  readonly target: Fleet;
  readonly release: SourceRelease;
  /** The target's newest release. */
  readonly current: ReleaseRecord | undefined;
  readonly gates: readonly GateResult[];
  /** Newest first. */
  readonly commits: readonly Commit[];
  /** Files that differ from what the target's branch has. */
  readonly files: readonly string[];
  /** undefined if the merge has conflicts. */
  readonly build: MergedBuild | undefined;
  readonly packages: PackageChanges | undefined;
  readonly vulnerabilities?: VulnerabilityChanges;
  /** One line for each image. */
  readonly evidence: readonly string[];
  readonly forecast: RolloutForecast | undefined;
  /** Path of the rollout template. */
  readonly template: string;
}

/** The pull request of a promotion. Its text does not change just because time passes. */
export function promotionProposal(facts: PromotionFacts): Proposal {
  const { source, target, release, gates } = facts;
  const { version } = release.record;
  const urgent = release.urgent === undefined ? '' : 'Urgent: ';
  return {
    head: promotionBranch(source.name, target.name),
    base: target.branch,
    title: `${urgent}Promote ${version} from ${source.name} to ${target.name}`,
    body: promotionBody(facts),
    ready: isReady(gates),
    labels: ['coxswain', 'promotion'],
  };
}

function promotionBody(facts: PromotionFacts): string {
  const { source, target, release, gates, forecast, packages, commits, files } = facts;
  const { record, urgent } = release;
  const vulnerabilities = facts.vulnerabilities && describeVulnerabilities(facts.vulnerabilities);
  const adoption = describeSourceAdoption(release);
  const paragraphs = [
    `Release \`${record.version}\`, which fleet \`${source.name}\` runs, for fleet \`${target.name}\`. ${readinessSentence(gates)}`,
    ...(urgent === undefined
      ? []
      : [`> **Urgent**, so it does not soak: ${plainText(`${urgent.reason} (by ${urgent.by})`)}`]),
    `### Risk and changes\n\n${risks(facts)}\n\n${versionTable(facts)}`,
    gateText(gates),
    `### What a merge does\n\n${whatMergeDoes(facts)}`,
    ...(forecast === undefined ? [] : [offers(facts, forecast)]),
    folded(`How it went in ${source.name}`, describeSourceRollout(release)),
    ...(adoption === undefined ? [] : [folded(`Who runs it in ${source.name}`, adoption)]),
    folded('Tests', facts.evidence.map((line) => `- ${line}`).join('\n')),
    ...(vulnerabilities === undefined ? [] : [`### What scanners found\n\n${vulnerabilities}`]),
    `### What changes\n\n${changes({ packages, commits, files })}\n\n${digests(facts)}`,
    `### The way back\n\n${wayBack(facts)}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** What a reviewer asks first, in a few lines. */
function risks({ release, build, packages, commits, files }: PromotionFacts): string {
  const kernel = packages?.difference.upgraded.find(({ name }) => name === 'kernel');
  const rebuilt = build !== undefined && build.different.length > 0 && !build.same;
  return [
    rebuilt
      ? '- **Another image than the one that ran**: see below.'
      : '- The image that was tested, byte for byte.',
    kernel === undefined
      ? undefined
      : `- **Kernel**: ${code(versionOf(kernel.before))} → ${code(versionOf(kernel.after))}`,
    packages === undefined
      ? undefined
      : `- Packages: ${countPackages(packages.difference)}${ownPackages(packages)}`,
    `- ${count(commits.length, 'commit')}, ${count(files.length, 'file')}; built from commit ${shortCommit(release.record.commit)}`,
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

/** How much of it is not the base's. */
function ownPackages({ own }: PackageChanges): string {
  return own === undefined
    ? ''
    : own === 0
      ? '; all of them of the base'
      : `; ${own} of them not of the base`;
}

function versionOf({ version, release }: { readonly version: string; readonly release: string }): string {
  return `${version}-${release}`;
}

/** Gates that are green need no attention. */
function gateText(gates: readonly GateResult[]): string {
  const rows = (some: readonly GateResult[]) =>
    table([
      ['', 'gate', ''],
      ...some.map((gate) => [gateMarks[gate.state], gate.name, plainText(gate.note)]),
    ]);
  const closed = gates.filter(({ state }) => state !== 'green');
  const open = gates.filter(({ state }) => state === 'green');
  return [
    '### Gates',
    ...(closed.length === 0 ? [] : [rows(closed)]),
    ...(open.length === 0 ? [] : [folded(`${count(open.length, 'gate')} green`, rows(open))]),
  ].join('\n\n');
}

/** How a gate's state is shown in Markdown. */
export const gateMarks: Readonly<Record<GateResult['state'], string>> = {
  green: '✅',
  waiting: '⏳',
  red: '❌',
  unknown: '❔',
};

function versionTable({ config, target, release, current, packages }: PromotionFacts): string {
  const { record } = release;
  return table([
    ['', `${target.name} now`, 'proposed'],
    ['version', code(current?.version), code(record.version)],
    ['base', code(current?.baseVersion), code(record.baseVersion)],
    ...config.architectures.map((architecture) => [
      `digest ${architecture}`,
      linkOf(current, architecture, { short: true }),
      linkOf(record, architecture, { short: true }),
    ]),
    ['created', current?.created ?? 'none', record.created],
    ...(packages === undefined ? [] : [['packages', '', countPackages(packages.difference)]]),
  ]);
}

function whatMergeDoes({ config, source, target, build }: PromotionFacts): string {
  const tag = `\`${formatRepository(config.image)}:${target.tag}\``;
  const approval = target.approve === 'auto' ? ' It is merged automatically when all gates are green.' : '';
  if (build === undefined) {
    return `If the merged content builds the same, the image that ${source.name} runs becomes ${tag}, byte for byte; otherwise a new one is built and tested first.${approval}`;
  }
  if (build.different.length === 0) {
    return `The merged content is what ${source.name} runs, so nothing is built: the tested image becomes ${tag}, byte for byte.${approval}`;
  }
  const named = build.different.slice(0, namedFiles).map((path) => `\`${path}\``);
  const more = build.different.length > namedFiles ? ` and ${build.different.length - namedFiles} more` : '';
  const own = `\`${target.branch}\` has content of its own: ${named.join(', ')}${more}.`;
  return build.same
    ? `${own} None of it is part of the image, so nothing is built: the tested image becomes ${tag}, byte for byte.${approval}`
    : `${own} That is part of the image or of its tests: **another image**${build.version === undefined ? '' : `, ${code(build.version)},`} is built and tested for this pull request before it is merged; what ${source.name} ran is not what ${target.name} gets.${approval}`;
}

function offers({ config, target, template }: PromotionFacts, { entry, at }: RolloutForecast): string {
  const { rollout } = entry.metadata;
  const wait = (rollout?.start_epoch ?? 0) - at;
  const starts = wait > 0 ? `starts ${formatDuration(wait)} after the merge` : 'starts with the merge';
  return [
    `The rollout to ${target.name} ${starts} (\`${template}\`). If it is merged on ${minute(at)}:`,
    describeEntry(entry)
      .map((fact) => `- ${fact}`)
      .join('\n'),
    ...(rollout === undefined ? [] : [folded('Who is offered it when', describeOffers(config, rollout, at))]),
    folded('The entry in updates.json', `\`\`\`json\n${JSON.stringify(entry, null, 2)}\n\`\`\``),
  ].join('\n\n');
}

function changes(what: Pick<PromotionFacts, 'packages' | 'commits' | 'files'>): string {
  const { packages, commits, files } = what;
  const subjects = commits.map(
    ({ sha, message }) => `${shortCommit(sha)} ${plainText(message.split('\n')[0] ?? '')}`,
  );
  const packageText = packages === undefined ? '' : describePackages(packages.difference);
  return [
    ...(packages === undefined
      ? []
      : [
          folded(
            `Packages: ${countPackages(packages.difference)}`,
            packageText.length <= longestPackages
              ? `From the ${packages.source === 'SBOM' ? 'SBOMs' : 'rpm databases'} of both releases, of every architecture.\n\n${packageText}`
              : `Too many to list here: ${countPackages(packages.difference)}.`,
          ),
        ]),
    folded(
      `Files: ${files.length}`,
      list(
        files.map((path) => `\`${path}\``),
        shownFiles,
      ),
    ),
    list(subjects, shownCommits),
  ].join('\n\n');
}

function wayBack({ target, current }: PromotionFacts): string {
  const stop = `\`coxswain edit-updates --fleet ${target.name} --action pause --reason WHY\` stops the rollout where it is.`;
  return current === undefined
    ? `${stop} This is the first release of ${target.name}: there is nothing to go back to.`
    : `${stop} \`coxswain roll-back --fleet ${target.name} --reason WHY\` withdraws the release, and proposes the content of \`${current.version}\` as a new release: nodes do not go back to an older one on their own.`;
}

/** Every digest in full, of the old and the new release. */
function digests({ config, target, release, current }: PromotionFacts): string {
  const lines = config.architectures.flatMap((architecture) => [
    `${architecture}, ${target.name} now: ${linkOf(current, architecture)}`,
    `${architecture}, proposed: ${linkOf(release.record, architecture)}`,
  ]);
  return folded('Digests', lines.map((line) => `- ${line}`).join('\n'));
}

function linkOf(
  record: ReleaseRecord | undefined,
  architecture: string,
  options: { readonly short?: boolean } = {},
): string {
  const name = record?.images.find((image) => image.architecture === architecture)?.digestRef;
  const image = name === undefined ? undefined : parseReference(name);
  return image?.kind === 'digest' ? linkedDigest(image, options) : code(undefined);
}
