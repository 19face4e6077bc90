import { type IncomingHttpHeaders, request } from 'node:http';
import { silentLog } from '../../../src/host/log.ts';
import { editActions } from '../../../src/operate/bridge/actions/edit-actions.ts';
import {
  rollBackAction,
  startAction,
  urgentAction,
} from '../../../src/operate/bridge/actions/release-actions.ts';
import { createBridge } from '../../../src/operate/bridge/bridge.ts';
import { createBridgeServer } from '../../../src/operate/bridge/server.ts';
import { createSession } from '../../../src/operate/bridge/session.ts';
import type { Project } from '../../../src/release/project.ts';
import { openState } from '../../../src/release/state/state.ts';
import { rollBackInSteps } from '../../../src/verbs/bridge.ts';
import { listen, stopServer } from '../../../src/world/http/listen.ts';
import type { TestProject } from '../../support/project.ts';

export interface TestBridge {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** The first part of every path. */
  readonly root: string;
  readonly token: string;
  readonly formToken: string;
  /** What the bridge logged. */
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

/** A bridge on a free port of this machine, for a project of the tests. */
export async function startBridge(
  project: TestProject,
  options: { readonly now: () => number; readonly by?: string },
): Promise<TestBridge> {
  const session = createSession();
  const logged: string[] = [];
  const note = (message: string) => logged.push(message);
  const log = { ...silentLog, info: note, warn: note };
  const opened: Project = { ...project, openStateOn: (branches) => openState(branches, project.config) };
  const root = `/${session.folder}/`;
  const bridge = createBridge({
    openProject: async () => opened,
    actions: [startAction, ...editActions, rollBackAction(rollBackInSteps), urgentAction],
    by: options.by ?? 'Ada',
    log,
    now: options.now,
    context: { root, formToken: session.formToken },
  });
  const server = createBridgeServer({ bridge, session, log });
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  return {
    origin: url.slice(0, -1),
    root,
    token: session.token,
    formToken: session.formToken,
    logged,
    stop: () => stopServer(server, 0),
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request, with any headers: fetch would not let a test set Host or Origin. */
export function ask(
  { origin }: Pick<TestBridge, 'origin'>,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}${path}`, {
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
      response.on('error', reject);
    });
    sent.end(options.body);
  });
}

/** A browser that is signed in: it sends what a browser sends with a form of our pages. */
export async function signIn(bridge: TestBridge) {
  const entered = await ask(bridge, `${bridge.root}enter?token=${bridge.token}`);
  const cookie = entered.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const own = { cookie, origin: bridge.origin, 'sec-fetch-site': 'same-origin' };
  const post = (
    place: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    ask(bridge, `${bridge.root}${place}`, {
      method: 'POST',
      headers: { ...own, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ 'form-token': bridge.formToken, ...fields }).toString(),
    });
  const get = (path: string) => ask(bridge, path, { headers: { cookie } });
  return {
    cookie,
    entered,
    get,
    post,
    /** Fills in a form. @returns the page that follows, and the name of the preview if there is one */
    preview: async (fleet: string, action: string, values: Readonly<Record<string, string>> = {}) => {
      const answer = await post('preview', { fleet, action, ...values });
      const { location } = answer.headers;
      const page = location === undefined ? answer : await get(location);
      return { page, id: location?.split('/').at(-1) ?? '', answer };
    },
    /** Presses the button of a preview. @returns the last page */
    confirm: async (id: string, more: Readonly<Record<string, string>> = {}) => {
      const answer = await post('confirm', { preview: id, ...more });
      return answer.headers.location === undefined ? answer : get(answer.headers.location);
    },
  };
}
