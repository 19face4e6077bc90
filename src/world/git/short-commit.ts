/** The first 12 digits of a commit (or tree), as messages show it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}
