import type { BranchStore, Commit, FileChange, Forge, PullRequest, Sha } from './forge.ts';
import { untilNotStale } from './retry.ts';

/** What a pull request says; all of it is kept up to date. */
export interface Proposal {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly ready: boolean;
  readonly labels: readonly string[];
}

export type ProposalAction = 'opened' | 'updated' | 'unchanged' | 'closed' | 'none';

/** Last line of the messages of our own commits on branches that we propose. */
const trailer = 'Proposed-by: coxswain';

/**
 * Proposes changes to a branch by ONE pull request: its branch is one commit on top of `tip`, rebuilt whenever
 * that is not so. Commits that people added to it while it is open are kept; ours then goes on top of theirs.
 * Killed anywhere and run again, it goes on where it was.
 * @param change.tip where the base branch is now
 */
export async function proposeChanges(
  forge: Forge,
  proposal: Proposal,
  change: { readonly tip: Sha; readonly changes: readonly FileChange[] },
): Promise<{ readonly action: ProposalAction; readonly pullRequest: PullRequest }> {
  const moved = await untilNotStale(() => placeChanges(forge, proposal, change));
  return keepPullRequest(forge, proposal, moved);
}

/**
 * Proposes to merge a commit as it is, by ONE pull request.
 * @param move.from where the caller saw the branch of the pull request
 * @throws StaleBranchError when it is elsewhere by now
 */
export async function proposeCommit(
  forge: Forge,
  proposal: Proposal,
  move: { readonly from: Sha | undefined; readonly to: Sha },
): Promise<{ readonly action: ProposalAction; readonly pullRequest: PullRequest }> {
  const moved = move.from !== move.to;
  if (moved) await forge.branches.setBranch({ branch: proposal.head, ...move });
  return keepPullRequest(forge, proposal, moved);
}

/**
 * Closes the pull request, if it is open. Its branch stays: the next proposal takes it over.
 * @param reason goes into a comment
 */
export async function withdrawProposal(
  forge: Forge,
  branches: { readonly head: string; readonly base: string },
  reason: string,
): Promise<{ readonly action: ProposalAction; readonly pullRequest: PullRequest | undefined }> {
  const open = await forge.pullRequests.find(branches);
  if (open === undefined) return { action: 'none', pullRequest: undefined };
  await forge.pullRequests.comment(open.number, 'closed', reason);
  const closed = await forge.pullRequests.update(open.number, { state: 'closed' });
  return { action: 'closed', pullRequest: closed };
}

/** @returns whether the branch moved */
async function placeChanges(
  forge: Forge,
  proposal: Proposal,
  { tip, changes }: { readonly tip: Sha; readonly changes: readonly FileChange[] },
): Promise<boolean> {
  const { branches } = forge;
  const branch = proposal.head;
  const message = `${proposal.title}\n\n${trailer}\n`;
  const open = await forge.pullRequests.find(proposal);
  const there = await branches.resolve(branch);
  if (there === undefined) {
    await branches.commit({ branch, parent: undefined, from: tip, changes, message });
    return true;
  }
  const ahead = await branches.log({ from: tip, to: there });
  if (open !== undefined && !ahead.every(isOurs)) {
    if (await holds(branches, there, changes)) return false;
    await branches.commit({ branch, parent: there, changes, message });
    return true;
  }
  if (await holdsOnly(branches, { tip, there, changes })) return false;
  await branches.commit({ branch, parent: there, from: tip, changes, message });
  return true;
}

function isOurs(commit: Commit): boolean {
  return commit.message.split('\n').includes(trailer);
}

async function holds(branches: BranchStore, commit: Sha, changes: readonly FileChange[]): Promise<boolean> {
  const found = await Promise.all(changes.map(({ path }) => branches.readFile(commit, path)));
  return changes.every(({ content }, index) => (found[index] ?? null) === content);
}

async function holdsOnly(
  branches: BranchStore,
  { tip, there, changes }: { tip: Sha; there: Sha; changes: readonly FileChange[] },
): Promise<boolean> {
  const wanted = new Set(changes.map(({ path }) => path));
  const others = (await branches.changedFiles(tip, there)).filter((path) => !wanted.has(path));
  return others.length === 0 && (await holds(branches, there, changes));
}

async function keepPullRequest(
  forge: Forge,
  proposal: Proposal,
  moved: boolean,
): Promise<{ readonly action: ProposalAction; readonly pullRequest: PullRequest }> {
  const open = await forge.pullRequests.find(proposal);
  if (open === undefined) return { action: 'opened', pullRequest: await forge.pullRequests.open(proposal) };
  const { title, body, ready } = proposal;
  // Labels that people added stay.
  const labels = [...new Set([...open.labels, ...proposal.labels])];
  const same =
    open.title === title &&
    open.body === body &&
    open.ready === ready &&
    labels.length === open.labels.length;
  if (same) return { action: moved ? 'updated' : 'unchanged', pullRequest: open };
  const pullRequest = await forge.pullRequests.update(open.number, { title, body, ready, labels });
  return { action: 'updated', pullRequest };
}
