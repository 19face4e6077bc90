import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator } from 'emulate';
import { exec } from '../../src/host/exec.ts';
import { Git } from '../../src/world/git/git.ts';
import type { Ghcr } from './ghcr.ts';
import { type Answer, type Call, notFound, parseBody, readBody, refuse } from './github/answer.ts';
import { attestationRoutes } from './github/attestations.ts';
import type { Contract } from './github/contract.ts';
import { gitDataRoutes } from './github/git-data.ts';
import { serveGit } from './github/git-http.ts';
import { answerGraphql } from './github/graphql.ts';
import { answerPackages } from './github/packages.ts';
import { allows, everything, forbidden, type Permissions, permissionFor } from './github/permissions.ts';
import { pullRoutes, type Settings } from './github/pulls.ts';
import { type RepositorySettings, settingsRoutes } from './github/settings.ts';
import { statusRoutes } from './github/statuses.ts';
import { guardPushes } from './github/workflow-files.ts';
import { type EmulatedRun, workflowRoutes } from './github/workflow-runs.ts';

export type { Permissions } from './github/permissions.ts';
export type { Settings } from './github/pulls.ts';

/** Who a token belongs to. */
export interface TokenOwner {
  readonly login: string;
  /** Default: everything that our verbs need. */
  readonly permissions?: Permissions;
}

/** An answer that GitHub gives instead of its own. */
export interface Fault {
  /** Default: any. */
  readonly method?: string;
  /** The path as the log of requests has it: `/repos/acme/os/pulls`, `/graphql`. */
  readonly path: RegExp;
  /** 0: the connection breaks. */
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often. Default: 1. */
  readonly times?: number;
  /** The request is carried out first: only its answer gets lost. */
  readonly after?: boolean;
}

export interface LoggedRequest {
  readonly method: string;
  /** The path beneath the API's address, or the whole path for everything else; without the query. */
  readonly path: string;
  readonly status: number;
  readonly login: string | undefined;
}

/** GitHub on this machine: an emulator for what people see, a real repository for git. */
export interface GitHubServer {
  /** The value of GITHUB_API_URL. It has a path, as that of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** As GITHUB_SERVER_URL. */
  readonly serverUrl: string;
  /** The token of `github-actions[bot]`, as a workflow's GITHUB_TOKEN. */
  readonly token: string;
  /** The tokens of a GitHub App, and of a person. */
  readonly tokens: { readonly app: string; readonly person: string };
  /** `owner/name` */
  readonly repository: string;
  /** The bare repository: its refs are what the API shows. */
  readonly directory: string;
  readonly requests: LoggedRequest[];
  readonly settings: Settings;
  /** What administrators set; undefined: the API knows of none of it. */
  administered: RepositorySettings | undefined;
  /** GitHub's registry, whose packages the API knows; undefined: there is none. */
  packages: Ghcr | undefined;
  /** Workflow runs, oldest first. */
  readonly runs: EmulatedRun[];
  /** Bundles of attestations. */
  readonly attestations: object[];
  inject(fault: Fault): void;
  stop(): Promise<void>;
}

/**
 * Starts an emulated GitHub with one repository, empty except for its default branch's name.
 * @param options.tokens more tokens, and whose they are; the three that are always there can be replaced
 */
export async function startGitHub(
  options: {
    readonly repository?: string;
    readonly defaultBranch?: string;
    /** What the workflow's token may do. */
    readonly permissions?: Permissions;
    readonly tokens?: Readonly<Record<string, TokenOwner>>;
    readonly settings?: Partial<Settings>;
    /** Checks requests and answers against GitHub's own contract. */
    readonly contract?: Contract;
  } = {},
): Promise<GitHubServer> {
  const { repository = 'acme/os', defaultBranch = 'main', permissions = everything } = options;
  const [owner = '', name = ''] = repository.split('/');
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-test-github-'));
  const directory = join(folder, `${name}.git`);
  await exec('git', ['init', '--quiet', '--bare', '--initial-branch', defaultBranch, directory]);
  const git = new Git(directory);
  for (const setting of ['uploadpack.allowAnySHA1InWant', 'uploadpack.allowFilter', 'http.receivepack'])
    await git.run(['config', setting, 'true']);
  for (const [key, value] of [
    ['user.name', 'GitHub'],
    ['user.email', 'noreply@github.com'],
    ['gc.auto', '0'],
  ] as const)
    await git.run(['config', key, value]);
  await guardPushes(git);
  const owners: Readonly<Record<string, TokenOwner>> = {
    ghs_tokenOfTheWorkflow000000000000000000: { login: 'github-actions[bot]', permissions },
    ghs_tokenOfAnApp00000000000000000000000: { login: 'acme-coxswain[bot]' },
    github_pat_tokenOfAPerson0000000000000: {
      login: 'ada',
      permissions: { ...everything, workflows: 'write' },
    },
    ...options.tokens,
  };
  const [token = '', app = '', person = ''] = Object.keys(owners);
  const settings: Settings = { actionsMayOpenPullRequests: true, drafts: true, ...options.settings };
  const requests: LoggedRequest[] = [];
  const runs: EmulatedRun[] = [];
  const attestations: object[] = [];
  const administered: { now: RepositorySettings | undefined } = { now: undefined };
  const packages: { now: Ghcr | undefined } = { now: undefined };
  const faults: (Fault & { left: number })[] = [];

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(error instanceof Error ? error.stack : String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const apiUrl = `${serverUrl}/api/v3`;
  const emulated = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: Object.fromEntries(
        Object.entries(owners).map(([key, { login }]) => [
          key,
          { login, scopes: ['repo', 'user', 'admin:org'] },
        ]),
      ),
      github: {
        users: [...new Set(Object.values(owners).map(({ login }) => login))].map((login) => ({ login })),
        orgs: [
          {
            login: owner,
            members: Object.values(owners).map(({ login }) => ({ login, role: 'admin' })),
          },
        ],
        repos: [{ owner, name, private: false, default_branch: defaultBranch, auto_init: true }],
      },
    },
  });
  const url = `${apiUrl}/repos/${repository}`;

  async function forward(method: string, path: string, key: string, body: unknown): Promise<Answer> {
    const answer = await fetch(`${emulated.url}${path}`, {
      method,
      headers: { authorization: `token ${key}`, 'content-type': 'application/json' },
      ...(method === 'GET' || method === 'HEAD' ? {} : { body: JSON.stringify(body) }),
    });
    // It prints its own address.
    const outside = (text: string) =>
      text.replaceAll(`${emulated.url}/repos/`, `${apiUrl}/repos/`).replaceAll(emulated.url, serverUrl);
    const text = outside(await answer.text());
    const link = answer.headers.get('link');
    return {
      status: answer.status,
      ...(text === '' ? {} : { json: JSON.parse(text) as unknown }),
      headers: link === null ? {} : { link: outside(link) },
    };
  }
  /** A ruleset keeps everyone from moving this branch but by a pull request. */
  const ruled = (ref: string) =>
    (administered.now?.rules[ref.replace('refs/heads/', '')] ?? []).some((rule) =>
      ['pull_request', 'update'].includes((rule as { readonly type: string }).type),
    );
  const routes = [
    pullRoutes(git, settings),
    statusRoutes(git, url),
    gitDataRoutes(git, url, ruled),
    workflowRoutes(git, runs, serverUrl),
    settingsRoutes(git, () => administered.now),
    attestationRoutes(attestations),
  ];

  /**
   * A label that the repository does not have is created when it is put on a pull request, and that needs another
   * permission.
   */
  async function refuseNewLabels(call: Call, rights: Permissions): Promise<Answer | undefined> {
    if (!/^issues\/\d+\/labels$/.test(call.route ?? '') || !['POST', 'PUT'].includes(call.method))
      return undefined;
    const need = [['issues', 'write']] as const;
    if (allows(rights, need)) return undefined;
    const there = (await call.ask('GET', 'labels?per_page=100')).json as { readonly name: string }[];
    const wanted = Array.isArray(call.body.labels) ? (call.body.labels as string[]) : [];
    const known = wanted.every((name) => there.some((label) => label.name === name));
    return known ? undefined : forbidden(need, 'integration');
  }

  async function answerApi(call: Call, path: string, query: string, key: string): Promise<Answer> {
    const rights = owners[key]?.permissions ?? everything;
    if (path === '/graphql') return answerGraphql(git, call, { permissions: rights, settings, ruled });
    if (call.route !== undefined) {
      const need = permissionFor(call.method, call.route);
      if (!allows(rights, need))
        return forbidden(need, key.startsWith('github_pat_') ? 'personal access token' : 'integration');
      const refused = await refuseNewLabels(call, rights);
      if (refused !== undefined) return refused;
      for (const route of routes) {
        const answer = await route(call);
        if (answer !== undefined) return answer;
      }
      const archive = /^tarball(?:\/(.+))?$/.exec(call.route)?.[1];
      if (archive !== undefined)
        return { status: 302, headers: { location: `${serverUrl}/_codeload/${repository}/${archive}` } };
    }
    if (packages.now !== undefined) {
      const asked = { method: call.method, path, query: call.query, url: apiUrl, rights };
      const answer = await answerPackages(packages.now, asked);
      if (answer !== undefined) return answer;
    }
    const answer = await forward(call.method, `${path}${query}`, key, call.body);
    const repositoryItself = path === `/repos/${repository}` && call.method === 'GET';
    if (!repositoryItself || administered.now === undefined) return answer;
    return { ...answer, json: { ...(answer.json as object), ...administered.now.repository } };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const at = new URL(request.url ?? '/', serverUrl);
    const api = /^\/api\/(?:v3|(?=graphql))/.exec(at.pathname);
    const path = api === null ? at.pathname : `/${at.pathname.slice(api[0].length).replace(/^\//, '')}`;
    const key = tokenOf(request.headers.authorization);
    const login = key === undefined ? undefined : owners[key]?.login;
    response.on('close', () => requests.push({ method, path, status: response.statusCode, login }));
    const fault = faults.find(
      (each) => each.left > 0 && each.path.test(path) && (each.method ?? method) === method,
    );
    if (fault !== undefined) fault.left -= 1;
    const spoil = () => {
      if (fault?.status === 0) return request.socket.destroy();
      const type = /^[{[]/.test(fault?.body ?? '') ? 'application/json' : 'text/html';
      const headers = { 'content-type': type, ...fault?.headers };
      return response.writeHead(fault?.status ?? 500, headers).end(fault?.body ?? '');
    };
    if (fault !== undefined && fault.after !== true) {
      request.resume();
      return void spoil();
    }
    const archive = /^\/_codeload\/[^/]+\/[^/]+\/(.+)$/.exec(at.pathname)?.[1];
    if (archive !== undefined) {
      const prefix = `--prefix=${owner}-${name}/`;
      const file = join(folder, `${Date.now()}.tar.gz`);
      await git.run(['archive', '--format=tar.gz', prefix, '-o', file, decodeURIComponent(archive)]);
      return void response.end(await readFile(file));
    }
    const repositoryPath = [`/${repository}.git`, `/${repository}`].find((each) =>
      at.pathname.startsWith(`${each}/`),
    );
    if (api === null && repositoryPath !== undefined) {
      if (login === undefined)
        return void response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
      return serveGit(request, response, {
        directory,
        path: at.pathname.slice(repositoryPath.length),
        query: at.search.slice(1),
        login,
        mayWriteWorkflows: allows(owners[key ?? '']?.permissions ?? everything, [['workflows', 'write']]),
      });
    }
    const sent = await readBody(request);
    const body = parseBody(sent);
    const prefix = `/repos/${repository}/`;
    const answer =
      api === null
        ? notFound
        : key === undefined || login === undefined
          ? refuse(401, key === undefined ? 'Requires authentication' : 'Bad credentials')
          : await answerApi(
              {
                method,
                route: path.startsWith(prefix) ? decodeURIComponent(path.slice(prefix.length)) : undefined,
                query: at.searchParams,
                body,
                login,
                mayWriteWorkflows: allows(owners[key]?.permissions ?? everything, [['workflows', 'write']]),
                ask: (verb, route, sent) => forward(verb, `/repos/${repository}/${route}`, key, sent),
              },
              path,
              at.search,
              key,
            );
    if (fault !== undefined) return void spoil();
    const operation =
      api === null
        ? undefined
        : options.contract?.request({
            method,
            path,
            query: at.searchParams,
            body: sent.length === 0 ? undefined : body,
          });
    const json =
      operation === undefined ? answer.json : options.contract?.answer(operation, answer.status, answer.json);
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-ratelimit-remaining': '4999',
      'x-ratelimit-limit': '5000',
      ...answer.headers,
    };
    response
      .writeHead(answer.status, headers)
      .end(answer.bytes ?? (json === undefined ? '' : JSON.stringify(json)));
  }

  return {
    apiUrl,
    serverUrl,
    token,
    tokens: { app, person },
    repository,
    directory,
    requests,
    settings,
    runs,
    attestations,
    get packages() {
      return packages.now;
    },
    set packages(ghcr) {
      packages.now = ghcr;
    },
    get administered() {
      return administered.now;
    },
    set administered(settings) {
      administered.now = settings;
    },
    inject: (fault) => faults.push({ ...fault, left: fault.times ?? 1 }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await emulated.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function tokenOf(header: string | undefined): string | undefined {
  const [, kind = '', value = ''] = /^(\w+) (.+)$/.exec(header ?? '') ?? [];
  if (/^(token|bearer)$/i.test(kind)) return value;
  // Git sends any name, and the token as the password.
  if (/^basic$/i.test(kind)) return Buffer.from(value, 'base64').toString().split(':')[1];
  return undefined;
}
