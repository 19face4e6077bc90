/**
 * More advice about an error, for a workflow run only.
 * @returns a sentence to add, or undefined
 */
export function hintFor(message: string): string | undefined {
  const [, host, known] = /unauthorised: (\S+) answered \d+( to the credentials)?/.exec(message) ?? [];
  if (host === undefined) return undefined;
  if (host === 'ghcr.io') {
    return 'In a workflow: the job needs "permissions: packages: write" ("read" if nothing is pushed) and a step with the action log-in before this one; an existing package has to give this repository access (its page, Package settings, Manage Actions access).';
  }
  return known === undefined
    ? `In a workflow: a step with the action log-in before this one, given the name and password for ${host} from secrets. A secret that is not set is empty, and runs for pull requests from forks have none.`
    : undefined;
}
