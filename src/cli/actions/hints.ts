/**
 * What else to do about an error in a workflow run, where a command line would need another answer.
 * @returns a sentence to add, or undefined
 */
export function hintFor(message: string): string | undefined {
  const [, host, known] = /unauthorised: (\S+) answered \d+( to the credentials)?/.exec(message) ?? [];
  if (host === undefined) return undefined;
  if (host === 'ghcr.io') {
    return 'In a workflow: the job needs "permissions: packages: write" ("read" where nothing is pushed) and a step with the action log-in before this one; a package that is there already has to let this repository in (its page, Package settings, Manage Actions access).';
  }
  return known === undefined
    ? `In a workflow: a step with the action log-in before this one, given the name and password for ${host} from secrets. A secret that is not set is empty, and runs for pull requests from forks have none.`
    : undefined;
}
