import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** What a request gets: a page, a text, or another address. */
export type Answer =
  | {
      readonly status: number;
      /** @param nonce styles and scripts of the page carry it */
      readonly page: (nonce: string) => string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** As plain text, whatever it is: the browser shows it, and runs no script. */
  | { readonly status: number; readonly text: string }
  | { readonly location: string };

/** Every answer has these: nobody stores it, frames it, or learns from where a link was followed. */
const guarded: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Sends it, with a policy that runs no script except the page's own. */
export function send(response: ServerResponse, answer: Answer, options: { readonly head: boolean }): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    'img-src data:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const headers = { ...guarded, 'content-security-policy': policy };
  if ('location' in answer) {
    response.writeHead(303, { ...headers, location: answer.location, 'content-length': 0 }).end();
    return;
  }
  const [type, text, more] =
    'text' in answer
      ? (['text/plain; charset=utf-8', answer.text, {}] as const)
      : (['text/html; charset=utf-8', answer.page(nonce), answer.headers ?? {}] as const);
  const body = Buffer.from(text);
  response.writeHead(answer.status, {
    ...headers,
    'content-type': type,
    'content-length': body.length,
    ...more,
  });
  response.end(options.head ? undefined : body);
}
