import { OutsideError } from '../../host/errors.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import { isLoopback } from '../loopback.ts';
import { bareType } from './manifest.ts';
import { defaultAnswerSeconds, piecesOf } from './patience.ts';
import { connectionFailure } from './registry-failures.ts';

// Helpers for HTTP answers.

/** Limit for a body that only explains an error. */
export const maximumErrorBytes = 64 * 1024;

/** Statuses of failures that may be over a little later. */
export const transientStatuses: readonly number[] = [408, 429, 500, 502, 503, 504];

/**
 * The address of a redirect or an upload session.
 * @throws OutsideError if that would leave https for plain http (except to this machine's own addresses)
 */
export function secureLocation(location: string, from: URL, doing: string): URL {
  if (!URL.canParse(location, from.href))
    throw new OutsideError(doing, `${from.host} sent an unreadable Location`);
  const next = new URL(location, from);
  const plain = next.protocol === 'http:' && from.protocol === 'http:' && isLoopback(next);
  if (next.protocol !== 'https:' && !plain) {
    throw new OutsideError(
      doing,
      `${from.host} redirected to ${next.protocol}//${next.host}, which is not encrypted`,
    );
  }
  next.username = '';
  next.password = '';
  return next;
}

export function isHtml(response: HttpAnswer): boolean {
  return bareType(response.headers.get('content-type') ?? '') === 'text/html';
}

/**
 * Reads a body up to a limit.
 * @param answerSeconds how long to wait, besides the time that its size takes
 * @param doing for the error about a broken or too large body; without it, the body only explains another error and is cut
 */
export async function readWhole(
  response: HttpAnswer,
  from: URL,
  limit: number,
  doing?: string,
  answerSeconds = defaultAnswerSeconds,
): Promise<Uint8Array> {
  const body = piecesOf(response.body, {
    doing: doing ?? 'reading an error',
    host: from.host,
    answerSeconds,
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
  } catch (error) {
    if (doing !== undefined) throw connectionFailure(doing, from.host, error);
  }
  if (size > limit && doing !== undefined) {
    throw new OutsideError(doing, `${from.host} sent more than ${limit} bytes`);
  }
  return Buffer.concat(chunks);
}

export function retryAfter(response: HttpAnswer): { retryAfterSeconds?: number } {
  const text = response.headers.get('retry-after');
  if (text === null) return {};
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? { retryAfterSeconds: Math.max(0, seconds) } : {};
}

/** The error list of the distribution specification, as one short line. */
export function describeErrors(body: Uint8Array): string {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof value !== 'object' || value === null || !('errors' in value) || !Array.isArray(value.errors))
      return '';
    const errors: readonly unknown[] = value.errors;
    return errors
      .map((error) => (typeof error === 'object' && error !== null ? error : {}))
      .map((error) =>
        ['code', 'message']
          .map((key) => Reflect.get(error, key))
          .filter((part) => typeof part === 'string')
          .join(' '),
      )
      .join('; ')
      .slice(0, 300);
  } catch {
    return '';
  }
}
