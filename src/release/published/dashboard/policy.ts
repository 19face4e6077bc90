import { createHash } from 'node:crypto';
import { type Html, html } from './html.ts';

/**
 * The policy of a static page: it loads nothing, and runs and styles itself with these texts only. A server may send the
 * same as a header.
 */
export function contentPolicy(texts: {
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
}): string {
  const sources = (list: readonly string[]) =>
    list.length === 0 ? "'none'" : list.map((text) => `'sha256-${sha256(text)}'`).join(' ');
  return [
    "default-src 'none'",
    `style-src ${sources(texts.styles)}`,
    `script-src ${sources(texts.scripts)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

export function policyTag(policy: string): Html {
  return html`<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
