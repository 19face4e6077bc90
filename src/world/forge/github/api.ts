import { Octokit as Core } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { z } from 'zod';
import { defined } from '../../../host/defined.ts';
import { InputError, OutsideError } from '../../../host/errors.ts';
import type { Log } from '../../../host/log.ts';
import { fetchWhole } from '../../http/fetch-whole.ts';
import { isLoopback } from '../../loopback.ts';
import { explainFailure, refusalOf } from './failures.ts';

/** Which repository, and by which token. */
export interface GitHubAccess {
  /** `https://api.github.com`, or a GitHub Enterprise Server's `https://HOST/api/v3`. */
  readonly apiUrl: string;
  /** `https://github.com`; git is reached there. */
  readonly serverUrl: string;
  /** `owner/name` */
  readonly repository: string;
  /** undefined: the first call throws. */
  readonly token: string | undefined;
  readonly log: Log;
  /** Milliseconds that stand for a second of waiting. Default: 1000; tests wait less. */
  readonly second?: number;
}

interface Call<T> {
  /** Gerund phrase, for messages. */
  readonly doing: string;
  /** `GET /repos/{owner}/{repo}/pulls`; owner and repo are filled in. */
  readonly route: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly schema: z.ZodType<T>;
}

/** GitHub's API for one repository. Every answer is checked by a schema. */
export interface GitHubApi {
  /** @throws InputError for what people can fix, OutsideError for the rest */
  call<T>(call: Call<T>): Promise<T>;
  /** undefined if GitHub answers 404. @throws like call */
  find<T>(call: Call<T>): Promise<T | undefined>;
  /** Every page. @param call.schema of one element. @throws like call */
  all<T>(call: Call<T>): Promise<T[]>;
  /** @param query one operation; its name appears in messages. @throws like call */
  graphql<T>(query: {
    readonly doing: string;
    readonly operation: string;
    readonly text: string;
    readonly variables?: Readonly<Record<string, unknown>>;
    readonly schema: z.ZodType<T>;
  }): Promise<T>;
}

/** Longest wait for a rate limit, in seconds. GitHub's own lasts up to an hour; a job should end instead. */
const patience = 120;

const Octokit = Core.plugin(retry, throttling);

/** Opens the API. Nothing is asked yet. */
export function openGitHubApi(access: GitHubAccess): GitHubApi {
  const { repository } = access;
  const [owner = '', repo = ''] = repository.split('/');
  let opened: ReturnType<typeof createOctokit> | undefined;
  const octokit = () => {
    opened ??= createOctokit(access);
    return opened;
  };

  /** Owner and name of the repository, if the route has a place for them. Otherwise they would be sent as a query. */
  const placeOf = (route: string) => (route.includes('/repos/{owner}/{repo}') ? { owner, repo } : {});

  /** Asks, and explains a failure. */
  async function ask<T>(
    call: { readonly doing: string; readonly route: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const token = requireToken(access);
    try {
      return await work();
    } catch (error) {
      if (error instanceof InputError || error instanceof OutsideError) throw error;
      throw explainFailure(error, { ...call, repository, token });
    }
  }

  function read<T>(call: { readonly doing: string; readonly schema: z.ZodType<T> }, data: unknown): T {
    const parsed = call.schema.safeParse(data);
    if (parsed.success) return parsed.data;
    const what = parsed.error.issues[0];
    throw new OutsideError(
      call.doing,
      `this is not GitHub's answer (${[what?.path.join('.'), what?.message].filter(Boolean).join(': ')})`,
      `A proxy may have answered instead of ${access.apiUrl}; running the same command again is safe.`,
    );
  }

  const call = <T>(wanted: Call<T>): Promise<T> =>
    ask(wanted, async () => {
      const { data } = await octokit().request(wanted.route, { ...placeOf(wanted.route), ...wanted.params });
      return read(wanted, data);
    });

  async function readPage(
    route: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly data: unknown; readonly next: string | undefined }> {
    const { data, headers } = await octokit().request(route, { ...params });
    return { data, next: /<([^>]+)>; *rel="next"/.exec(headers.link ?? '')?.[1] };
  }

  return {
    call,
    find: async (wanted) => {
      try {
        return await call(wanted);
      } catch (error) {
        if (refusalOf(error)?.status === 404) return undefined;
        throw error;
      }
    },
    all: (wanted) =>
      ask(wanted, async () => {
        const items: unknown[] = [];
        let route: string | undefined = wanted.route;
        let params: Readonly<Record<string, unknown>> = {
          ...placeOf(wanted.route),
          per_page: 100,
          ...wanted.params,
        };
        while (route !== undefined) {
          const page = await readPage(route, params);
          items.push(...read({ ...wanted, schema: z.array(z.unknown()) }, page.data));
          route = page.next === undefined ? undefined : `GET ${page.next}`;
          params = {};
        }
        return items.map((item) => read(wanted, item));
      }),
    graphql: ({ doing, operation, text, variables, schema }) =>
      ask({ doing, route: operation }, async () => {
        // A plain request, because octokit's GraphQL client throws errors of another kind.
        const { data } = await octokit().request(`POST ${graphqlUrl(access.apiUrl)}`, {
          query: text,
          variables: variables ?? {},
        });
        const answer: unknown = data;
        const failed = graphqlFailure(answer);
        if (failed !== undefined) throw failed;
        return read({ doing, schema }, (answer as { data?: unknown }).data);
      }),
  };
}

/** GraphQL refuses with status 200. The status that REST would use lets one function explain both. */
function graphqlFailure(answer: unknown): Error | undefined {
  if (typeof answer !== 'object' || answer === null || !('errors' in answer)) return undefined;
  const [first] = answer.errors as { readonly type?: string; readonly message?: string }[];
  const status = { FORBIDDEN: 403, NOT_FOUND: 404, RATE_LIMITED: 429 }[first?.type ?? ''] ?? 422;
  const message = first?.message ?? 'refused';
  return Object.assign(new Error(message), { status, response: { data: { message }, headers: {} } });
}

/** `…/api/v3` of GitHub Enterprise Server has its GraphQL at `…/api/graphql`. */
function graphqlUrl(apiUrl: string): string {
  return `${apiUrl.replace(/\/api\/v3\/?$/, '/api').replace(/\/$/, '')}/graphql`;
}

function requireToken({ token, repository }: GitHubAccess): string {
  if (token !== undefined && token !== '') return token;
  throw new InputError({
    field: 'GITHUB_TOKEN',
    problem: `no token for ${repository} on GitHub`,
    remedy:
      'The actions take it from their input token, ${{ github.token }} by default; in a step of your own, set env: GITHUB_TOKEN: ${{ github.token }}. To work on the clone alone, set COXSWAIN_FORGE=git.',
  });
}

function createOctokit(access: GitHubAccess) {
  const { apiUrl, log, second = 1000 } = access;
  const url = new URL(apiUrl);
  const { origin, protocol } = url;
  const loopback = isLoopback(url);
  if (protocol !== 'https:' && !loopback) {
    throw new InputError({
      field: 'GITHUB_API_URL',
      problem: 'a token must not travel unencrypted',
      found: apiUrl,
      expected: 'https://…',
    });
  }
  const onLimit = (what: string) => (after: number, options: object, _: unknown, retries: number) => {
    const request = options as { readonly method?: string; readonly url?: string };
    if (retries >= 2 || after > patience) return false;
    log.warn(`GitHub's ${what} is reached (${request.method} ${request.url}); going on in ${after} s`);
    return true;
  };
  const octokit = new Octokit({
    auth: requireToken(access),
    baseUrl: apiUrl,
    // Through proxies, on Node.js 20 too.
    request: { fetch: fetchWhole },
    userAgent: 'coxswain',
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    // Asking again does not change these answers.
    retry: { retryAfterBaseValue: second, doNotRetry: [400, 401, 403, 404, 405, 409, 410, 422, 429, 451] },
    throttle: {
      retryAfterBaseValue: second,
      onRateLimit: onLimit('rate limit'),
      onSecondaryRateLimit: onLimit('secondary rate limit'),
      // GitHub asks for a second between writes, and for three if people are notified. A server on loopback needs neither.
      ...defined({
        write: loopback ? atOnce : undefined,
        notifications: loopback ? atOnce : undefined,
      }),
    },
  });
  // Pagination follows addresses from answers; the token still goes to no other origin.
  octokit.hook.before('request', ({ url }) => {
    if (new URL(url, apiUrl).origin === origin) return;
    throw new OutsideError(
      'asking GitHub',
      `an answer points to ${new URL(url).origin}, which is not ${origin}`,
    );
  });
  return octokit;
}

/** Replaces plugin-throttling's queue. The type of that is Bottleneck.Group, of which only this is used. */
const atOnce = {
  key: () => ({ schedule: async (_: object, job: () => Promise<void>) => job() }),
} as never;
