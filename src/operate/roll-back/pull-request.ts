import { plainText } from '../../host/markdown.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { nextFleets } from '../../project/fleets.ts';
import type { RollBackMarker } from '../../release/candidate/roll-back-marker.ts';
import type { RollBackPlan } from '../../release/operations/take-back.ts';
import { rollBackBranch } from '../../world/forge/branch-names.ts';
import type { Proposal } from '../../world/forge/propose-changes.ts';

const shownFiles = 50;

/** The pull request that restores an earlier content. */
export function rollBackProposal(options: {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly plan: RollBackPlan;
  readonly marker: RollBackMarker;
  /** Files that get their earlier content. */
  readonly files: readonly string[];
  /** Other fleets that are still offered the bad release. */
  readonly elsewhere: readonly string[];
}): Proposal {
  const { config, fleet, plan, marker, files, elsewhere } = options;
  const bad = `\`${plan.bad}\``;
  const good = `\`${plan.good.version}\``;
  const next = nextFleets(config, fleet).map(({ name }) => `\`${name}\``);
  const paragraphs = [
    `${bad} was withdrawn from fleet \`${fleet.name}\`: **${plainText(marker.reason)}** (by ${plainText(marker.by)}, ${marker.at}). This restores the content of ${good} as a **new release**.`,
    `### Why not simply the old one\n\nNodes do not downgrade: Zincati follows updates from older to newer releases only, and rpm-ostree refuses an image with an older creation time. So the old content becomes a new image: \`.coxswain/roll-back.json\` says what it is, and is an input of the build, which gets a version of its own and the time of this merge. Like every image it is built and tested before it is promoted.`,
    `### What nodes do\n\n${[
      '| a node on… | now | after the new release |',
      '| --- | --- | --- |',
      `| ${bad} | stays on it; it is still in the graph | is offered the new release like every other node, and leaves ${bad} by it |`,
      `| ${bad}, staged and not booted yet | boots it with its next window: it does not ask again before | as above |`,
      `| ${good} | stays on it | is offered the new release: the same content |`,
      `| older releases | are offered what they were offered before ${bad} | are offered the new release |`,
    ].join('\n')}`,
    `What ${bad} wrote to \`/etc\` and \`/var\` stays on its nodes. For a node that cannot wait, go back by hand: \`rpm-ostree rollback --reboot\` boots what it ran before.`,
    `### What changes in \`${fleet.branch}\`\n\n${fileList(files, good)}\n\nWhat is not part of the image (\`coxswain.yaml\`, templates, workflows) stays as it is.`,
    `### Afterwards\n\n${afterwards(fleet, { elsewhere, next })}`,
  ];
  return {
    head: rollBackBranch(fleet.name),
    base: fleet.branch,
    title: `Roll ${fleet.name} back from ${plan.bad} to the content of ${plan.good.version}`,
    body: `${paragraphs.join('\n\n')}\n`,
    ready: true,
    labels: ['coxswain', 'roll-back'],
  };
}

function fileList(files: readonly string[], good: string): string {
  if (files.length === 0) return `Only the marker: the branch has the content of ${good} already.`;
  const rest = files.length - shownFiles;
  return [
    ...files.slice(0, shownFiles).map((path) => `- \`${path}\``),
    ...(rest > 0 ? [`- … and ${rest} more`] : []),
  ].join('\n');
}

function afterwards(
  fleet: Fleet,
  { elsewhere, next }: { readonly elsewhere: readonly string[]; readonly next: readonly string[] },
): string {
  return [
    ...elsewhere.map(
      (other) => `- Fleet \`${other}\` is still offered it: roll it back there, too, or fix it there.`,
    ),
    fleet.promoteFrom === undefined
      ? '- Put the fix on top of this, in this branch.'
      : `- The next promotion from \`${fleet.promoteFrom}\` replaces this automatically: \`${fleet.branch}\` then has the content of \`${fleet.promoteFrom}\`, and the content that it alone has. Only releases that are made after this one are promoted.`,
    ...(next.length === 0 ? [] : [`- The withdrawn release is not promoted to ${next.join(', ')}.`]),
  ].join('\n');
}
