import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { architectures } from '../../world/registry/architecture.ts';
import type { AnsweredRequest } from './access-log.ts';
import type { GraphAnswer } from './graph-answers.ts';
import { readGraphQuery } from './graph-query.ts';
import type { HaltWebhook } from './halt-webhook.ts';
import type { Gauge, ServeMetrics } from './metrics.ts';
import type { NodeCounts } from './node-counts.ts';
import type { ServedFleet, ServedSite } from './served-site.ts';

export interface GraphServerOptions {
  readonly site: ServedSite;
  readonly metrics: ServeMetrics;
  /** Counts the nodes that ask, if they are to be counted. */
  readonly nodes?: NodeCounts;
  /** Is called after each answered request. */
  readonly onAnswered?: (request: AnsweredRequest) => void;
  /** UNIX seconds. */
  readonly now: () => number;
  /** False before the server stops, so that a balancer sends its requests elsewhere. */
  readonly ready: () => boolean;
  /** Absent: no request can halt a rollout. */
  readonly webhook?: HaltWebhook;
}

interface Asked {
  readonly fleet: string;
  readonly basearch: string;
}

/**
 * The HTTP server, not listening yet. Errors have no body, as upstream's: 400 for an incomplete query, 404 for a
 * fleet, stream or architecture that does not exist.
 */
export function createGraphServer(options: GraphServerOptions): Server {
  const { site, metrics, nodes, onAnswered, now, ready } = options;
  const server = createServer((request, response) => {
    if (!ready()) response.setHeader('connection', 'close');
    const { method = '', url: target = '' } = request;
    if (onAnswered !== undefined)
      response.once('finish', () => onAnswered({ method, target, status: response.statusCode }));
    const { path, query } = splitTarget(target);
    if (options.webhook?.take(request, response, path) === true) return;
    // Other clients have nothing to send; a body is dropped.
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return end(response, 405);
    }
    const graph = /^\/(?:([^/]+)\/)?v1\/graph$/.exec(path);
    if (graph !== null) return serveGraph(request, response, { name: graph[1], query });
    if (path === '/metrics') {
      const all = [...gauges(site), ...(nodes?.gauges(now()) ?? [])];
      return endText(response, 200, 'text/plain; version=0.0.4; charset=utf-8', metrics.format(all));
    }
    if (path === '/health') return endText(response, 200, 'text/plain', 'alive\n');
    if (path === '/ready')
      return endText(response, ready() ? 200 : 503, 'text/plain', ready() ? 'ready\n' : 'stopping\n');
    return end(response, 404);
  });
  // Balancers keep idle connections for a minute; to close first would race with their next request.
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 20_000;
  server.requestTimeout = 30_000;
  return server;

  function serveGraph(
    request: IncomingMessage,
    response: ServerResponse,
    { name, query }: { readonly name: string | undefined; readonly query: string },
  ): void {
    const started = performance.now();
    // Labels come from known names, never from the request: a client must not be able to fill the memory.
    const asked = { fleet: 'unknown', basearch: 'unknown' };
    const answer = findAnswer(name, query, asked);
    if (typeof answer === 'number') end(response, answer);
    else sendGraph(request, response, answer);
    metrics.request({ ...asked, code: response.statusCode }, (performance.now() - started) / 1000);
  }

  /** The answer, or the status of a refusal. Fills in the parts of the request that are known. */
  function findAnswer(
    name: string | undefined,
    text: string,
    asked: { -readonly [K in keyof Asked]: Asked[K] },
  ) {
    const found = findFleet(site, name);
    if (found === undefined) return 404;
    const [fleet, served] = found;
    asked.fleet = fleet;
    const query = readGraphQuery(text);
    if (query === undefined) return 400;
    const { basearch, stream, scheme, wariness } = query;
    if (!architectures.some((architecture) => architecture === basearch)) return 404;
    asked.basearch = basearch;
    if (stream !== served.stream) return 404;
    metrics.wariness(wariness);
    nodes?.see(served.guidance, query, now());
    return served.answers.answer({ basearch, scheme }, { wariness, now: now() });
  }
}

/** The fleet of this name, or the only fleet if no name is given. */
function findFleet(
  { fleets }: ServedSite,
  name: string | undefined,
): readonly [string, ServedFleet] | undefined {
  if (name === undefined) {
    const [first, ...rest] = fleets;
    return rest.length === 0 ? first : undefined;
  }
  const decoded = decode(name);
  const fleet = decoded === undefined ? undefined : fleets.get(decoded);
  return fleet === undefined || decoded === undefined ? undefined : [decoded, fleet];
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function sendGraph(request: IncomingMessage, response: ServerResponse, answer: GraphAnswer): void {
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    etag: answer.etag,
    // A graph changes from second to second, and from node to node.
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    'access-control-allow-origin': '*',
  };
  if (matches(request.headers['if-none-match'], answer.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const packed = answer.gzip !== undefined && acceptsGzip(request.headers['accept-encoding']);
  if (packed) headers['content-encoding'] = 'gzip';
  const body = packed ? (answer.gzip as Buffer) : answer.body;
  headers['content-length'] = body.length;
  // Node.js leaves the body out of the answer to a HEAD.
  response.writeHead(200, headers).end(body);
}

/** Weak comparison (RFC 9110, 8.8.3.2 and 13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag));
}

/** RFC 9110, 12.5.3: listed and not with a weight of 0; an entry for gzip has precedence over one for `*`. */
function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  const weights = new Map(
    header.split(',').map((part) => {
      const [coding = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return [coding, weight === undefined ? 1 : Number(weight.slice(2))] as const;
    }),
  );
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}

function endText(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response
    .writeHead(status, { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-store' })
    .end(body);
}

function gauges({ fleets }: ServedSite): Gauge[] {
  const perFleet = (name: string, help: string, value: (fleet: ServedFleet) => number): Gauge => ({
    name,
    help,
    values: [...fleets].map(([fleet, served]) => ({ labels: { fleet }, value: value(served) })),
  });
  return [
    perFleet(
      'coxswain_fleet_releases',
      'Releases in the release index of a fleet.',
      ({ releases }) => releases,
    ),
    perFleet(
      'coxswain_fleet_read_timestamp_seconds',
      "When a fleet's files were last read, or found unchanged, in UNIX seconds.",
      ({ readAt }) => readAt,
    ),
  ];
}
