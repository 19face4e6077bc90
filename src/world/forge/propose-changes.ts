import { fitBody } from './fit-body.ts';
import type { BranchStore, Commit, FileChange, Forge, PullRequest, Sha } from './forge.ts';
import { untilNotStale } from './retry.ts';

/** A pull request as it should be; all of it is kept up to date. */
export interface Proposal {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly ready: boolean;
  readonly labels: readonly string[];
  /** What it is about, such as a digest. If a person closed a pull request about the same, it stays closed. */
  readonly subject?: string;
}

/** declined: a person closed the pull request for this, and it stays closed. */
export type ProposalAction = 'opened' | 'updated' | 'unchanged' | 'closed' | 'declined' | 'none';

/** Last line of the messages of our own commits on branches that we propose. */
const trailer = 'Proposed-by: coxswain';

/**
 * Proposes changes to a branch by ONE pull request: its branch is one commit on top of `tip`, rebuilt whenever
 * it is not. Commits that people added to it while it is open are kept; ours then goes on top of theirs.
 * If it is killed and run again, it continues.
 * @param change.tip commit of the base branch
 * @param change.again also if a person declined it
 */
export async function proposeChanges(
  forge: Forge,
  proposal: Proposal,
  change: { readonly tip: Sha; readonly changes: readonly FileChange[]; readonly again?: boolean },
): Promise<{ readonly action: ProposalAction; readonly pullRequest: PullRequest }> {
  const declined = change.again === true ? undefined : await findDeclined(forge, proposal);
  if (declined !== undefined) return { action: 'declined', pullRequest: declined };
  const moved = await untilNotStale(() => placeChanges(forge, proposal, change));
  return keepPullRequest(forge, proposal, moved);
}

/**
 * Proposes to merge a commit as it is, by ONE pull request.
 * @param move.from commit at which the caller saw the branch of the pull request
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
 * Closes the pull request, if it is open. Its branch stays: the next proposal uses it again.
 * @param reason goes into a comment
 */
export async function withdrawProposal(
  forge: Forge,
  branches: { readonly head: string; readonly base: string },
  reason: string,
): Promise<{ readonly action: ProposalAction; readonly pullRequest: PullRequest | undefined }> {
  const open = await forge.pullRequests.find(branches);
  if (open === undefined) return { action: 'none', pullRequest: undefined };
  await forge.pullRequests.comment(open.number, closedKey, reason);
  const closed = await forge.pullRequests.update(open.number, { state: 'closed' });
  return { action: 'closed', pullRequest: closed };
}

/** Key of our comment on a pull request that we close. One that a person closed has none. */
export const closedKey = 'closed';
const reopened = 'Open again.';

function wasWithdrawn({ comments }: PullRequest): boolean {
  return comments.some(({ key, body }) => key === closedKey && body.trim() !== reopened);
}

/** A hidden line that says what a pull request is about. */
function subjectMark({ subject }: Proposal): string {
  return subject === undefined ? '' : `\n<!-- coxswain proposes: ${subject} -->\n`;
}

/** The last pull request, if it was about the same and a person closed it. Its branch is left alone, so people can reopen it. */
async function findDeclined(forge: Forge, proposal: Proposal): Promise<PullRequest | undefined> {
  if (proposal.subject === undefined) return undefined;
  const last = await forge.pullRequests.latest(proposal);
  if (last?.state !== 'closed' || wasWithdrawn(last)) return undefined;
  return last.body.includes(subjectMark(proposal).trim()) ? last : undefined;
}

/** @returns whether the branch moved */
async function placeChanges(
  forge: Forge,
  proposal: Proposal,
  { tip, changes }: { readonly tip: Sha; readonly changes: readonly FileChange[] },
): Promise<boolean> {
  const { branches } = forge;
  const branch = proposal.head;
  const message = ourMessage(proposal.title);
  const open = await forge.pullRequests.find(proposal);
  const there = await branches.resolve(branch);
  if (there === undefined) {
    await branches.commit({ branch, parent: undefined, from: tip, changes, message });
    return true;
  }
  const ahead = await branches.log({ from: tip, to: there });
  if (open !== undefined && !ahead.every(isOurs)) {
    if (await hasChanges(branches, there, changes)) return false;
    await branches.commit({ branch, parent: there, changes, message });
    return true;
  }
  if (await hasOnlyChanges(branches, { tip, there, changes })) return false;
  await branches.commit({ branch, parent: there, from: tip, changes, message });
  return true;
}

/** The message of a commit that we may replace later. */
export function ourMessage(subject: string): string {
  return `${subject}\n\n${trailer}\n`;
}

/** Whether a commit is one that we made for a proposal. */
export function isOurs(commit: Pick<Commit, 'message'>): boolean {
  return commit.message.split('\n').includes(trailer);
}

async function hasChanges(
  branches: BranchStore,
  commit: Sha,
  changes: readonly FileChange[],
): Promise<boolean> {
  // Bytes that are not text cannot be compared: they are written again.
  if (changes.some(({ content }) => content !== null && typeof content !== 'string')) return false;
  const found = await Promise.all(changes.map(({ path }) => branches.readFile(commit, path)));
  return changes.every(({ content }, index) => (found[index] ?? null) === content);
}

async function hasOnlyChanges(
  branches: BranchStore,
  { tip, there, changes }: { tip: Sha; there: Sha; changes: readonly FileChange[] },
): Promise<boolean> {
  const wanted = new Set(changes.map(({ path }) => path));
  const others = (await branches.changedFiles(tip, there)).filter((path) => !wanted.has(path));
  return others.length === 0 && (await hasChanges(branches, there, changes));
}

async function keepPullRequest(
  forge: Forge,
  proposal: Proposal,
  moved: boolean,
): Promise<{ readonly action: ProposalAction; readonly pullRequest: PullRequest }> {
  const { head, base, title, ready } = proposal;
  const body = fitBody(proposal.body, { tail: subjectMark(proposal) });
  const open = await forge.pullRequests.find(proposal);
  if (open === undefined) {
    const labels = proposal.labels;
    const pullRequest = await forge.pullRequests.open({ head, base, title, body, ready, labels });
    await forge.announce?.(pullRequest);
    return { action: 'opened', pullRequest };
  }
  // A person reopened what we closed: from now on only a person closes it.
  if (wasWithdrawn(open)) await forge.pullRequests.comment(open.number, closedKey, reopened);
  if (moved) await forge.announce?.(open);
  // Labels that people added stay.
  const labels = [...new Set([...open.labels, ...proposal.labels])];
  const same =
    open.title === title &&
    open.body.trim() === body.trim() &&
    open.ready === ready &&
    labels.length === open.labels.length;
  if (same) return { action: moved ? 'updated' : 'unchanged', pullRequest: open };
  const pullRequest = await forge.pullRequests.update(open.number, { title, body, ready, labels });
  return { action: 'updated', pullRequest };
}
