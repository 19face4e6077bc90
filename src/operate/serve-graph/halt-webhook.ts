import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { InputError, messageOf } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import type { Config } from '../../project/configuration/config.ts';
import { actOnFindings } from '../../release/operations/act-on-findings.ts';
import { readAlert } from '../../release/operations/read-alert.ts';
import { webhooksOf } from '../../release/operations/webhook-conditions.ts';
import type { State } from '../../release/state/state.ts';

/** Takes what is posted to `/<fleet>/halt` and `/<fleet>/halt/<condition>`. */
export interface HaltWebhook {
  /** @returns false if the path is for somebody else */
  take(request: IncomingMessage, response: ServerResponse, path: string): boolean;
}

/** Alertmanager's JSON of a hundred alerts fits in. */
const largestBody = 256 * 1024;
/** Requests that wait while one is carried out. */
const mostWaiting = 32;
const shortestSecret = 16;

/** Name of the variable with the secret of a fleet. */
export function secretVariable(fleet: string): string {
  return `COXSWAIN_WEBHOOK_SECRET_${fleet.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/**
 * The secrets of the fleets that have a webhook in halt-when.
 * @throws InputError if there is no such fleet, or its secret is missing, too short, or that of another fleet
 */
export function readWebhookSecrets(config: Config, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const fleets = Object.values(config.fleets).filter((fleet) => webhooksOf(fleet).length > 0);
  if (fleets.length === 0) {
    throw new InputError({
      where: config.file,
      field: 'fleets',
      problem: 'no fleet has a webhook in halt-when, so no request could halt anything',
      expected: 'halt-when: [{ name: alerts, webhook: true }]',
    });
  }
  const secrets = new Map<string, string>();
  for (const { name } of fleets) {
    const field = secretVariable(name);
    const secret = env[field] ?? '';
    const same = [...secrets].find(([other, its]) => secretVariable(other) === field || its === secret);
    if (secret.length < shortestSecret) {
      throw new InputError({
        field,
        problem: `the webhook of fleet ${name} needs a secret`,
        found: secret === '' ? 'nothing' : `${secret.length} characters`,
        expected: `at least ${shortestSecret} characters, such as those of: openssl rand -hex 32`,
      });
    }
    if (same !== undefined) {
      throw new InputError({
        field,
        problem: `fleet ${name} would have the secret of fleet ${same[0]}: each could halt the other`,
        expected: 'a secret of its own',
      });
    }
    secrets.set(name, secret);
  }
  return secrets;
}

/** @param options.state of the checkout whose fleets are halted */
export function createHaltWebhook(options: {
  readonly config: Config;
  readonly state: State;
  readonly secrets: ReadonlyMap<string, string>;
  readonly log: Log;
  /** UNIX seconds. */
  readonly now: () => number;
}): HaltWebhook {
  const { config, state, secrets, log, now } = options;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, as an operator would. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    waiting += 1;
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine.finally(() => {
      waiting -= 1;
    });
  }

  async function answer(
    request: IncomingMessage,
    asked: { readonly fleet: string; readonly condition: string | undefined },
  ): Promise<Answer> {
    const body = await readBody(request);
    if (body === undefined) return { status: 413, says: `at most ${largestBody} bytes` };
    const fleet = Object.hasOwn(config.fleets, asked.fleet) ? config.fleets[asked.fleet] : undefined;
    const secret = fleet === undefined ? undefined : secrets.get(fleet.name);
    // The answer does not show which fleets there are to those without a secret.
    if (fleet === undefined || secret === undefined || !isAuthentic(request.headers, body, secret)) {
      log.warn('a webhook without the secret was refused');
      return { status: 401, says: 'a signature or a token is needed' };
    }
    const webhooks = webhooksOf(fleet);
    const condition = asked.condition ?? (webhooks.length === 1 ? webhooks[0] : undefined);
    if (condition === undefined || !webhooks.includes(condition)) {
      return { status: 404, says: `which condition? POST /${fleet.name}/halt/<${webhooks.join('|')}>` };
    }
    if (waiting >= mostWaiting) return { status: 503, says: 'busy, try again' };
    try {
      const findings = readAlert(readJson(body), condition);
      const order = { by: `webhook ${condition}`, now: now() };
      const { edit, stateCommit } = await inTurn(() => actOnFindings(state, fleet, findings, order));
      if (stateCommit !== undefined) log.info(`${fleet.name}: ${edit.summary}`);
      return { status: 200, says: edit.summary };
    } catch (error) {
      log.warn(`the webhook of ${fleet.name}: ${messageOf(error)}`);
      // 503: the sender tries again.
      return error instanceof InputError
        ? { status: 400, says: messageOf(error) }
        : { status: 503, says: 'it could not be done; try again' };
    }
  }

  return {
    take(request, response, path) {
      const [, fleet, condition] = /^\/([^/]+)\/halt(?:\/([^/]+))?$/.exec(path) ?? [];
      if (fleet === undefined) return false;
      if (request.method !== 'POST') {
        request.resume();
        end(response, { status: 405, says: 'POST is needed' });
        return true;
      }
      answer(request, { fleet, condition }).then(
        (given) => end(response, given),
        // The connection broke.
        () => response.destroy(),
      );
      return true;
    },
  };
}

interface Answer {
  readonly status: number;
  /** One line. */
  readonly says: string;
}

/** A bearer token, or a signature of the body as GitHub makes it. Compared in constant time. */
function isAuthentic(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return isSame(bearer, secret);
  const given = headers['x-hub-signature-256'];
  if (typeof given !== 'string') return false;
  return isSame(given, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
}

/** Hashes have one length, so that not even the length of the secret can be measured. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest()) as [
    Buffer,
    Buffer,
  ];
  return timingSafeEqual(first, second);
}

/** undefined if it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
    // What is far too long is not even read to its end.
    else if (size > 8 * largestBody) return undefined;
  }
  return size > largestBody ? undefined : Buffer.concat(chunks);
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new InputError({ where: 'the alert', problem: 'this is not JSON' });
  }
}

function end(response: ServerResponse, { status, says }: Answer): void {
  const body = Buffer.from(`${says}\n`);
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-store',
      ...(status === 405 ? { allow: 'POST' } : {}),
    })
    .end(body);
}
