import type { Config, Fleet } from '../config/config.ts';
import { promotionBranch } from '../forge/branch-names.ts';
import type { Commit } from '../forge/forge.ts';
import type { Proposal } from '../forge/propose.ts';
import { formatTime } from '../host/time.ts';
import { formatRepository } from '../registry/reference.ts';
import { describeEntry } from '../rollout/describe.ts';
import type { ReleaseRecord } from '../state/state.ts';
import type { UpdateEntry } from '../updates/metadata.ts';
import { type Gate, isReady } from './gates.ts';

const shownCommits = 30;
const shownFiles = 10;

/** The pull request of a promotion. It says the same as long as nothing happens but time passing. */
export function promotionProposal(options: {
  readonly config: Config;
  readonly source: Fleet;
  readonly target: Fleet;
  readonly record: ReleaseRecord;
  /** The target's newest release. */
  readonly current: ReleaseRecord | undefined;
  readonly gates: readonly Gate[];
  /** Newest first. */
  readonly commits: readonly Commit[];
  /** Files that the merge would have otherwise than the release's commit; undefined where that is not known. */
  readonly different: readonly string[] | undefined;
  readonly rollout: { readonly entry: UpdateEntry; readonly at: number } | undefined;
}): Proposal {
  const { config, source, target, record, current, gates, commits, different, rollout } = options;
  const ready = isReady(gates);
  const paragraphs = [
    `Release \`${record.version}\`, which fleet \`${source.name}\` runs, for fleet \`${target.name}\`. ${outlook(gates, ready)}`,
    table([
      ['', `${target.name} now`, 'proposed'],
      ['version', code(current?.version), code(record.version)],
      ['base', code(current?.baseVersion), code(record.baseVersion)],
      ...config.architectures.map((architecture) => [
        `digest ${architecture}`,
        code(digestOf(current, architecture)),
        code(digestOf(record, architecture)),
      ]),
      ['created', current?.created ?? 'none', record.created],
    ]),
    `### Gates\n\n${table([['', 'gate', ''], ...gates.map((gate) => [marks[gate.state], gate.name, gate.note])])}`,
    `### What a merge does\n\n${whatMergeDoes({ config, source, target, different })}`,
    ...(rollout === undefined
      ? []
      : [
          `\`${target.template}\` would render to this on ${formatTime(rollout.at)}:\n\n${describeEntry(
            rollout.entry,
          )
            .map((fact) => `- ${fact}`)
            .join('\n')}\n\n\`\`\`json\n${JSON.stringify(rollout.entry, null, 2)}\n\`\`\``,
        ]),
    `### Commits\n\n${commitList(commits)}`,
  ];
  return {
    head: promotionBranch(source.name, target.name),
    base: target.branch,
    title: `Promote ${record.version} from ${source.name} to ${target.name}`,
    body: `${paragraphs.join('\n\n')}\n`,
    ready,
    labels: ['coxswain', 'promotion'],
  };
}

const marks: Readonly<Record<Gate['state'], string>> = {
  green: '✅',
  waiting: '⏳',
  red: '❌',
  unknown: '❔',
};

function outlook(gates: readonly Gate[], ready: boolean): string {
  if (ready) return 'Nothing holds it: it is ready to be merged.';
  const red = gates.filter((gate) => gate.state === 'red').map((gate) => gate.name);
  if (red.length > 0) return `**Not to be merged yet**: ${red.join(', ')}.`;
  const until = Math.max(...gates.map((gate) => gate.until ?? 0));
  return `**Not to be merged yet**: it waits until ${formatTime(until)}.`;
}

function whatMergeDoes(options: {
  readonly config: Config;
  readonly source: Fleet;
  readonly target: Fleet;
  readonly different: readonly string[] | undefined;
}): string {
  const { config, source, target, different } = options;
  const repository = formatRepository(config.image);
  if (different === undefined) {
    return `Where the merged content builds the same, the image that ${source.name} runs becomes \`${repository}:${target.tag}\`, byte for byte; otherwise a new one is built and tested first.`;
  }
  if (different.length === 0) {
    return `The merged content is what ${source.name} runs, so nothing is built: the tested image becomes \`${repository}:${target.tag}\`, byte for byte.`;
  }
  const files = different.slice(0, shownFiles).map((path) => `\`${path}\``);
  const more = different.length > shownFiles ? ` and ${different.length - shownFiles} more` : '';
  return `\`${target.branch}\` has content of its own: ${files.join(', ')}${more}. Where that is part of the image, a new image is built and tested; otherwise the tested image becomes \`${repository}:${target.tag}\`, byte for byte.`;
}

function commitList(commits: readonly Commit[]): string {
  const lines = commits
    .slice(0, shownCommits)
    .map(({ sha, message }) => `- ${sha.slice(0, 12)} ${message.split('\n')[0]}`);
  return [
    ...lines,
    ...(commits.length > shownCommits ? [`- … and ${commits.length - shownCommits} more`] : []),
  ].join('\n');
}

function digestOf(record: ReleaseRecord | undefined, architecture: string): string | undefined {
  const reference = record?.images.find((image) => image.architecture === architecture)?.digestRef;
  return reference?.slice(reference.indexOf('@') + 1);
}

function code(text: string | undefined): string {
  return text === undefined ? 'none' : `\`${text}\``;
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
