import type { IncomingMessage } from 'node:http';

/** A call of the REST API, as our routes see it. */
export interface Call {
  readonly method: string;
  /** The path beneath `/repos/<owner>/<name>/`, decoded; undefined for calls that are not about this repository. */
  readonly route: string | undefined;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Who asks. */
  readonly login: string;
  /** The token has the permission for workflow files. */
  readonly mayWriteWorkflows: boolean;
  readonly ask: Ask;
}

/** Asks the emulator about the repository, with the caller's token. */
export type Ask = (method: string, route: string, body?: unknown) => Promise<Answer>;

export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a call, or leaves it to the next. */
export type Route = (call: Call) => Promise<Answer | undefined>;

/** An error as GitHub words it. */
export function refuse(status: number, message: string, errors?: readonly unknown[]): Answer {
  return {
    status,
    json: {
      message,
      ...(errors === undefined ? {} : { errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    },
  };
}

export const notFound = refuse(404, 'Not Found');

/** GitHub's answer to a body that breaks a rule of its own. */
export function invalid(message: string): Answer {
  return refuse(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function parseBody(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(bytes.toString() || '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A slice of a list, with the Link header by which clients find the next. */
export function page(list: readonly unknown[], query: URLSearchParams, url: string): Answer {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const number = Number(query.get('page') ?? 1);
  const more = number * size < list.length;
  const next = new URLSearchParams(query);
  next.set('page', String(number + 1));
  return {
    status: 200,
    json: list.slice((number - 1) * size, number * size),
    headers: more ? { link: `<${url}?${next}>; rel="next"` } : {},
  };
}
