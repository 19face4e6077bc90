import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import { type Answer, send } from './answer.ts';
import { type Bridge, failurePage } from './bridge.ts';
import { refuseForeign } from './guard.ts';
import { formTokenField } from './pages/page-layout.ts';
import { problemPage } from './pages/result-page.ts';
import { readForm } from './read-form.ts';
import type { Session } from './session.ts';

export interface BridgeServerOptions {
  readonly bridge: Bridge;
  readonly session: Session;
  readonly log: Log;
}

/** The HTTP server, not listening yet. Every request passes the same checks before anything is read or done. */
export function createBridgeServer({ bridge, session, log }: BridgeServerOptions): Server {
  const root = `/${session.folder}/`;
  const server = createServer({ maxHeaderSize: 16 * 1024 }, (request, response) => {
    void answer(request)
      .catch((error: unknown): Answer => {
        const { status, title, message } = failurePage(error);
        if (status === 500) log.warn(messageOf(error));
        return refusal(status, title, message, { isOutside: false });
      })
      .then((each) => {
        // What is left of a refused body is not read.
        if (!request.complete) response.setHeader('connection', 'close');
        finish(request, response, each);
      });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.keepAliveTimeout = 5_000;
  return server;

  async function answer(request: IncomingMessage): Promise<Answer> {
    const foreign = refuseForeign(request, hostsOf(request));
    if (foreign !== undefined) {
      return refusal(
        foreign.status,
        'Refused',
        foreign.problem,
        foreign.status === 405 ? { headers: { allow: 'GET, HEAD, POST' } } : {},
      );
    }
    const { path, query } = targetOf(request);
    if (!path.startsWith(root))
      return refusal(404, 'This page does not exist', 'Open the address that the command printed.');
    const place = path.slice(root.length);
    const isPost = request.method === 'POST';
    if (place === 'enter' && !isPost) return enter(query.get('token') ?? '');
    if (!session.isSignedIn(request.headers.cookie)) {
      return refusal(
        401,
        'You are not signed in',
        'Open the address that the command printed, in this browser. It counts once: if it was used, start coxswain bridge again.',
      );
    }
    if (!isPost) return show(place, query);
    const form = await readForm(request);
    if (form === undefined) return refusal(413, 'Refused', 'This form is too long. Nothing was changed.');
    if (!session.isOwnForm(form.get(formTokenField))) {
      return refusal(403, 'Refused', 'This form is not from a page of this bridge. Nothing was changed.', {
        isOutside: false,
      });
    }
    if (place === 'preview') return bridge.preview(new Map(form));
    if (place === 'confirm') return bridge.confirm(new Map(form));
    return refusal(404, 'This page does not exist', 'Nothing was changed.', { isOutside: false });
  }

  async function show(place: string, query: URLSearchParams): Promise<Answer> {
    const [first = '', second = '', third = '', ...rest] = place.split('/').map(decode);
    if (place === '') return bridge.overview();
    if (place === 'head') return bridge.head();
    if (first === 'act' && rest.length === 0) return bridge.form(second, third, new Map(query));
    if (first === 'preview' && third === '') return bridge.showPreview(second);
    if (first === 'done' && third === '') return bridge.showResult(second);
    const file = await bridge.file(place.split('/').map(decode).join('/'));
    return file ?? refusal(404, 'This page does not exist', 'Go back to all fleets.', { isOutside: false });
  }

  /**
   * Exchanges the token for the session. The page leads on automatically: a browser sends a strict cookie with a step from
   * our own page, whatever page or program the address was opened from.
   */
  function enter(token: string): Answer {
    const cookie = session.redeem(token);
    if (cookie === undefined) {
      return refusal(
        403,
        'This address no longer counts',
        'It counts once. If you did not use it, somebody else did: stop coxswain bridge, and start it again.',
      );
    }
    return {
      status: 200,
      page: () =>
        `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Coxswain bridge</title><meta http-equiv="refresh" content="0; url=${root}"></head><body><main><h1>Coxswain bridge</h1><p><a href="${root}">Go on to the fleets</a></p></main></body></html>`,
      headers: { 'set-cookie': cookie },
    };
  }

  function refusal(
    status: number,
    title: string,
    message: string,
    {
      isOutside = true,
      headers = {},
    }: { readonly isOutside?: boolean; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Answer {
    return {
      status,
      page: (nonce) => problemPage({ root, nonce }, { title, message, isOutside }),
      headers,
    };
  }
}

/** The values of Host that mean this server. */
function hostsOf(request: IncomingMessage): ReadonlySet<string> {
  const { localPort = 0 } = request.socket;
  return new Set([`127.0.0.1:${localPort}`, `localhost:${localPort}`, `[::1]:${localPort}`]);
}

function targetOf(request: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } {
  const target = request.url ?? '';
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark)) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

function finish(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  send(response, answer, { head: request.method === 'HEAD' });
  request.resume();
}
