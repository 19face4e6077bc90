import { InputError, messageOf, OutsideError } from '../../../host/errors.ts';

/** An answer of GitHub that is an error. */
export interface Refusal {
  readonly status: number;
  /** GitHub's own words, with those about single fields. */
  readonly message: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** GitHub's refusal behind an error that explainFailure made; undefined if there was no answer. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error) || !('status' in cause) || typeof cause.status !== 'number') return undefined;
  const response =
    'response' in cause ? (cause.response as { data?: unknown; headers?: unknown }) : undefined;
  if (response === undefined) return undefined;
  const headers = (response.headers ?? {}) as Record<string, string | undefined>;
  return { status: cause.status, message: wordsOf(response.data) ?? cause.message, headers };
}

/**
 * Turns a failed call into an error that people can act on. Whatever the workflow, the repository's settings or the
 * token lacks is an InputError; everything else is an OutsideError, and a re-run is safe.
 * @param call.doing gerund phrase
 * @param call.route `POST /repos/{owner}/{repo}/pulls`, or the name of a GraphQL operation
 */
export function explainFailure(
  error: unknown,
  call: {
    readonly doing: string;
    readonly route: string;
    readonly repository: string;
    readonly token: string;
  },
): Error {
  const refusal = refusalOf(error);
  const cause = { cause: error };
  if (refusal === undefined) return new OutsideError(call.doing, messageOf(error), undefined, cause);
  const { status, message, headers } = refusal;
  const where = `GitHub, ${call.repository}`;
  if (status === 401) {
    return new InputError(
      {
        where,
        field: 'GITHUB_TOKEN',
        problem: `${call.doing} failed: GitHub does not accept the token (${message})`,
        remedy:
          'It may have expired: tokens of a GitHub App live for an hour. Give the step a new one, or ${{ github.token }}.',
      },
      cause,
    );
  }
  if (/not permitted to create or approve pull requests/i.test(message)) {
    return new InputError(
      {
        where,
        problem: `${call.doing} failed: GitHub Actions may not open pull requests in this repository`,
        remedy:
          'Allow it in Settings → Actions → General → Workflow permissions → “Allow GitHub Actions to create and approve pull requests” (an organization may have to allow it first), or use the token of a GitHub App.',
      },
      cause,
    );
  }
  if (isRateLimit(refusal)) {
    return new OutsideError(
      call.doing,
      `GitHub limits the rate of requests (${message})`,
      `Running the same command again ${waitOf(refusal)} is safe.`,
      cause,
    );
  }
  if (status === 403 && /without [`'"]?workflows?[`'"]? permission/i.test(message))
    return new InputError({ where, ...workflowFiles('.github/workflows') }, cause);
  if (status === 403 && /resource not accessible/i.test(message)) {
    return new InputError(
      { where, ...missingPermission(call, headers['x-accepted-github-permissions']) },
      cause,
    );
  }
  if (/repository rule violations/i.test(message)) {
    return new InputError(
      {
        where,
        problem: `${call.doing} failed: a rule of the repository forbids it (${message.replaceAll(/\s+/g, ' ').trim()})`,
        remedy:
          'Leave the branches that workflows write (the state branch, coxswain-…) out of the rule, or let GitHub Actions and your App bypass it: Settings → Rules → Rulesets. coxswain doctor --github names the rule.',
      },
      cause,
    );
  }
  if (status === 404) {
    return new InputError(
      {
        where,
        problem: `${call.doing} failed: GitHub finds nothing there, or the token may not see it`,
        remedy: `Check that ${call.repository} is the right repository, and that the token is for it.`,
      },
      cause,
    );
  }
  if (status === 422 || status === 403 || status === 405 || status === 409) {
    return new InputError({ where, problem: `${call.doing} failed: ${message}` }, cause);
  }
  return new OutsideError(call.doing, `GitHub answers ${status}: ${message}`, undefined, cause);
}

/** The error for a commit that changes workflows. @param path the file, or the folder */
export function workflowFiles(path: string): { readonly problem: string; readonly remedy: string } {
  return {
    problem: `the commit changes ${path}, and GITHUB_TOKEN may never change that`,
    remedy:
      'Use the token of a GitHub App with the permission workflows: write, or make that change by hand.',
  };
}

/** The permission that each call needs, if GitHub does not name it. */
const permissions: readonly (readonly [RegExp, string])[] = [
  [/^(?:PUT .*\/merge|updateRefs)$/, 'contents=write'],
  [/^(?:markPullRequestReadyForReview|convertPullRequestToDraft)$/, 'contents=write,pull_requests=write'],
  [/^GET .*\/pulls/, 'pull_requests=read'],
  [/^[A-Z]+ .*\/(?:pulls|issues)/, 'pull_requests=write'],
  [/^POST .*\/attestations$/, 'attestations=write'],
  [/^POST .*\/statuses\//, 'statuses=write'],
  [/^GET .*\/statuses$/, 'statuses=read'],
  [/^GET /, 'contents=read'],
  [/^[A-Z]+ /, 'contents=write'],
];

function missingPermission(
  call: { readonly doing: string; readonly route: string; readonly token: string },
  accepted: string | undefined,
): { readonly problem: string; readonly remedy: string } {
  // "issues=write; pull_requests=write": either is enough, and we work on pull requests.
  const sets = (accepted ?? '').split(';').map((set) => set.trim());
  const known = permissions.find(([pattern]) => pattern.test(call.route))?.[1] ?? 'contents=write';
  const wanted =
    sets.find((set) => set.includes('pull_requests=')) ?? (sets[0] === '' ? known : (sets[0] ?? known));
  const lines = wanted
    .split(',')
    .map((each) => each.trim().replaceAll('_', '-').replace('=', ': '))
    .filter((line) => line !== '');
  const list = lines.join(', ');
  if (call.token.startsWith('github_pat_') || call.token.startsWith('ghp_')) {
    return {
      problem: `${call.doing} failed: the personal access token lacks ${list}`,
      remedy: `Give it that repository permission: Settings → Developer settings → Fine-grained tokens.`,
    };
  }
  // GitHub answers the same if the branch would move to commits with other workflows.
  const workflows = /(?:git\/refs|updateRefs)$/.test(call.route)
    ? ' If the job has it, the commits change .github/workflows, and GITHUB_TOKEN may never change those: use the token of a GitHub App with workflows: write.'
    : '';
  return {
    problem: `${call.doing} failed: the token lacks the permission ${list}`,
    remedy: `Add to the job: permissions:\n${lines.map((line) => `      ${line}`).join('\n')}\n(for the token of a GitHub App: give the app that permission). Runs for pull requests from forks and by Dependabot can only read, whatever the workflow says.${workflows}`,
  };
}

function isRateLimit({ status, message, headers }: Refusal): boolean {
  return (
    status === 429 ||
    (status === 403 &&
      (headers['x-ratelimit-remaining'] === '0' || /rate limit|abuse detection/i.test(message)))
  );
}

function waitOf({ headers }: Refusal): string {
  const after = Number(headers['retry-after']);
  if (after > 0) return `in ${after} s`;
  const reset = Number(headers['x-ratelimit-reset']);
  return reset > 0 ? `after ${new Date(reset * 1000).toISOString().replace('.000', '')}` : 'in some minutes';
}

/** `message`, and what its `errors` add. HTML (from a proxy) is cut to one line. */
function wordsOf(data: unknown): string | undefined {
  if (typeof data === 'string') {
    const text = data.replaceAll(/<[^<>]*>/g, ' ').replaceAll(/\s+/g, ' ');
    return text.trim() === '' ? undefined : `${text.trim().slice(0, 120)}`;
  }
  if (typeof data !== 'object' || data === null || !('message' in data)) return undefined;
  const errors = 'errors' in data && Array.isArray(data.errors) ? (data.errors as unknown[]) : [];
  const more = errors.map((error) => {
    if (typeof error === 'string') return error;
    if (typeof error !== 'object' || error === null) return '';
    if ('message' in error) return String(error.message);
    return 'field' in error && 'code' in error ? `${error.field} is ${error.code}` : '';
  });
  return [String(data.message), ...more.filter((text) => text !== '')].join(': ');
}
