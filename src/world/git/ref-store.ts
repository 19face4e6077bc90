import type { Sha } from '../forge/forge.ts';

/** A move of one ref by compare-and-swap. */
export interface RefMove {
  /** Full name, such as `refs/heads/main`. */
  readonly ref: string;
  /** Where the caller saw it; undefined: it must not exist. */
  readonly from: Sha | undefined;
  readonly to: Sha;
}

/** A ref that must not move meanwhile. */
export interface RefGuard {
  readonly ref: string;
  /** The commit that the caller saw it at. */
  readonly at: Sha;
}

/** The refs that everybody works on: those of this repository, or of a remote. */
export interface RefStore {
  /** The commit a ref is at; undefined if it does not exist. */
  read(ref: string): Promise<Sha | undefined>;
  /**
   * Moves a ref if it is still where the caller saw it.
   * @param guard another ref that must not have moved
   * @throws StaleBranchError for the ref that moved meanwhile; then nothing was changed
   * @throws InputError if the ref may not be moved
   */
  move(move: RefMove, guard?: RefGuard): Promise<void>;
}

/** The full ref name of a branch. */
export function refOf(branch: string): string {
  return `refs/heads/${branch}`;
}

/** `refs/heads/main` → `main`; other refs keep their whole name. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}
