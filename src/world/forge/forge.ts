/** Full object name of a commit (or of a tree, if the text says so), in lower-case hex. */
export type Sha = string;

/** One file of a commit to be made. */
export interface FileChange {
  /** Path from the top of the repository, with slashes. */
  readonly path: string;
  /** null deletes the file; deleting a file that does not exist changes nothing. */
  readonly content: Uint8Array | string | null;
  /** Default: as the file is in the parent; for a new file not executable. */
  readonly executable?: boolean;
}

/** A commit without its files. */
export interface Commit {
  readonly sha: Sha;
  readonly parents: readonly Sha[];
  /** Committer time, UNIX seconds. */
  readonly time: number;
  /** Whole message; its first line is the subject. */
  readonly message: string;
}

/** Branches and what is on them. Nothing here reads or writes a work tree. */
export interface BranchStore {
  /** The commit a branch is at; undefined if there is no such branch. */
  resolve(branch: string): Promise<Sha | undefined>;
  /** Fetches a commit (or tree) from the forge, so git can read it in the checkout. */
  fetchCommit(commit: Sha): Promise<void>;
  /** Fetches commits with their whole history. @throws InputError if that is not possible */
  fetchHistory(...commits: readonly Sha[]): Promise<void>;
  /** A file's text in a commit (or tree); undefined if there is no such file. @throws InputError when it is not UTF-8 */
  readFile(commit: Sha, path: string): Promise<string | undefined>;
  /** Paths of all files beneath a folder, sorted, from the top of the repository. */
  listFiles(commit: Sha, folder: string): Promise<string[]>;
  /** All files beneath a folder in one go: path from the top of the repository → text. */
  readFolder(commit: Sha, folder: string): Promise<Map<string, string>>;
  /**
   * Makes a commit and moves the branch to it, if the branch is still at `parent`.
   * @param commit.parent commit that the caller saw the branch at; undefined for a branch that must not exist yet
   * @param commit.from what the new commit builds on, if that is not `parent`: the branch is then rebuilt
   * @param commit.merges further parents: commits that then count as merged
   * @throws StaleBranchError when the branch moved meanwhile; nothing was changed
   * @throws InputError when the branch is checked out in a work tree
   */
  commit(commit: {
    readonly branch: string;
    readonly parent: Sha | undefined;
    readonly from?: Sha;
    readonly merges?: readonly Sha[];
    readonly changes: readonly FileChange[];
    readonly message: string;
  }): Promise<Sha>;
  /** Moves a branch, if it is still at `from` (undefined: it must not exist). @throws like commit */
  setBranch(move: {
    readonly branch: string;
    readonly from: Sha | undefined;
    readonly to: Sha;
  }): Promise<void>;
  /** True if `ancestor` is `descendant`, or is in its history. */
  isAncestor(ancestor: Sha, descendant: Sha): Promise<boolean>;
  /** True if merging `head` into `base` would change no file: it is merged, perhaps by a squash. */
  contains(base: Sha, head: Sha): Promise<boolean>;
  /** Committer time, UNIX seconds. */
  commitTime(commit: Sha): Promise<number>;
  /** Commits in the history of `to` that are not in that of `from`, newest first. */
  log(range: { readonly from: Sha; readonly to: Sha }): Promise<Commit[]>;
  /** The newest commits of a history that no other branch is merged into, newest first, at most `count`. */
  newest(commit: Sha, count: number): Promise<Commit[]>;
  /** Paths of the files that differ between two commits (or trees), sorted. */
  changedFiles(from: Sha, to: Sha): Promise<string[]>;
}

export type PullRequestState = 'open' | 'merged' | 'closed';

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Branch that asks to be merged. */
  readonly head: string;
  /** Branch to merge into. */
  readonly base: string;
  /** While open: the commit of `head` now. Afterwards: the last one seen. */
  readonly headCommit: Sha;
  readonly state: PullRequestState;
  /** false: a draft, not to be merged yet. */
  readonly ready: boolean;
  readonly labels: readonly string[];
  readonly comments: readonly { readonly key: string; readonly body: string }[];
}

export interface PullRequests {
  /** In the order of their numbers. */
  list(filter?: { readonly state?: PullRequestState }): Promise<PullRequest[]>;
  /** The open one from `head` into `base`. */
  find(branches: { readonly head: string; readonly base: string }): Promise<PullRequest | undefined>;
  /** The newest one from `head` into `base`, in any state. */
  latest(branches: { readonly head: string; readonly base: string }): Promise<PullRequest | undefined>;
  /** The open one whose head is at this commit, or that a workflow run for this commit is about. */
  findByCommit(commit: Sha): Promise<PullRequest | undefined>;
  /**
   * Opens a pull request. If one is already open for these two branches (a lost race), it is updated.
   * @throws InputError when a branch is missing, or there is nothing to merge
   */
  open(request: {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
    readonly ready: boolean;
    readonly labels: readonly string[];
  }): Promise<PullRequest>;
  /** Changes the given properties; writes nothing if nothing would change. */
  update(
    number: number,
    change: {
      readonly title?: string;
      readonly body?: string;
      readonly ready?: boolean;
      readonly labels?: readonly string[];
      readonly state?: 'closed';
    },
  ): Promise<PullRequest>;
  /**
   * There is one comment for each key: a second one with the same key replaces the first.
   * @returns false if this run may not write (a pull request from a fork); the log says so
   */
  comment(number: number, key: string, body: string): Promise<boolean>;
  /**
   * Merges an open pull request by a merge commit, if its branch is still at `head`. If the base moved
   * meanwhile, the merge uses its new commit.
   * @throws StaleBranchError when the branch moved meanwhile; nothing was changed
   * @throws InputError when it is not open, is a draft, has conflicts, or the forge refuses
   */
  merge(number: number, expected: { readonly head: Sha }): Promise<PullRequest>;
}

/** The state of a commit in one context; pull requests show it, and branch protection can require it. */
export interface Status {
  /** Who sets it, such as `coxswain/promotion/stable`. */
  readonly context: string;
  readonly state: 'success' | 'pending' | 'failure';
  /** One line of at most `statusLength` characters. */
  readonly description: string;
  /** Page with more about it. */
  readonly url?: string;
}

/** Longest description of a status on GitHub, in characters. */
export const statusLength = 140;

export interface Statuses {
  /** Replaces the status of this context; writes nothing if nothing would change. */
  set(commit: Sha, status: Status): Promise<void>;
  /** The newest of each context, sorted by context. */
  list(commit: Sha): Promise<Status[]>;
}

/** One run of a workflow. */
export interface WorkflowRun {
  /** `running` includes runs that wait for a runner or a reviewer. */
  readonly state: 'running' | 'success' | 'failure';
  /** The page for people. */
  readonly url: string;
}

export interface WorkflowRuns {
  /** Runs for a commit, newest first; undefined if the repository has no such workflow. */
  list(wanted: {
    /** Its file name, such as release.yml. */
    readonly workflow: string;
    readonly commit: Sha;
  }): Promise<readonly WorkflowRun[] | undefined>;
  /**
   * Starts a workflow that has `workflow_dispatch`.
   * @throws InputError if it does not have it, or the token may not start it
   */
  start(wanted: { readonly workflow: string; readonly branch: string }): Promise<void>;
}

/** An open issue about one thing, which we keep up to date. */
export interface TrackedIssue {
  readonly number: number;
  /** What it is about: `halt/stable`. Letters, digits, `.`, `_`, `-` and `/`. */
  readonly key: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** The page for people. */
  readonly url: string;
}

/** Issues that we opened, and nobody else's. */
export interface Issues {
  /** Those that are open, the oldest first. */
  list(): Promise<TrackedIssue[]>;
  open(issue: Pick<TrackedIssue, 'key' | 'title' | 'body'>): Promise<TrackedIssue>;
  update(issue: TrackedIssue, change: Pick<TrackedIssue, 'title' | 'body'>): Promise<void>;
  /** @param reason goes into a comment */
  close(issue: TrackedIssue, reason: string): Promise<void>;
}

/** Signed statements that the forge keeps beside the repository: GitHub's artifact attestations. */
export interface Attestations {
  /**
   * Hands over a sigstore bundle.
   * @returns why the forge does not keep it, as a clause; undefined if it does
   */
  keep(bundle: Uint8Array): Promise<string | undefined>;
}

/** Where branches and pull requests live. */
export interface Forge {
  readonly kind: 'git' | 'github';
  /** Where it is, for people: a folder, `origin (ADDRESS)`, `acme/os on GitHub`. */
  readonly place: string;
  readonly branches: BranchStore;
  readonly pullRequests: PullRequests;
  readonly statuses: Statuses;
  /** Web page of the repository, without a slash at its end; undefined if it has none. */
  readonly page?: string;
  /** Undefined if this forge runs no workflows. */
  readonly workflowRuns?: WorkflowRuns;
  /** Undefined if this forge has no issues. */
  readonly issues?: Issues;
  /** Undefined if this forge keeps no attestations, or if this run may only read. */
  readonly attestations?: Attestations;
  /** Warns in the log if the forge will not start workflows for this pull request automatically. */
  announce?(pullRequest: PullRequest): Promise<void>;
}

/** A compare-and-swap failed: somebody else moved the branch first. Read again, apply again. */
export class StaleBranchError extends Error {
  override readonly name = 'StaleBranchError';
  readonly branch: string;

  constructor(branch: string, expected: Sha | undefined, found: Sha | undefined) {
    super(`${branch} is at ${found ?? 'nothing'}, no longer at ${expected ?? 'nothing'}`);
    this.branch = branch;
  }
}
