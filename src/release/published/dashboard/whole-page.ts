import { type Html, html } from './html.ts';
import { contentPolicy, policyTag } from './policy.ts';

/** What a whole page is made of. */
export interface Page {
  readonly title: string | Html;
  /** Where the link leads that keyboards reach first, and its text. */
  readonly skip: { readonly to: string; readonly text: string };
  /** Further elements of the head. */
  readonly head?: Html;
  readonly body: Html;
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  /**
   * The nonce of the server's own Content-Security-Policy: styles and scripts carry it, and the page has no policy of
   * its own. Without it the page names the hashes of its styles and scripts in a policy.
   */
  readonly nonce?: string | undefined;
}

/** A page without external files: the dashboard, and every page of the bridge. Styles and scripts are taken as they are. */
export function renderPage({ title, skip, head, body, styles, scripts, nonce: given }: Page): string {
  const nonce = given === undefined ? '' : html` nonce="${given}"`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${given === undefined ? policyTag(contentPolicy({ styles, scripts })) : ''}<title>${title}</title>
<link rel="icon" href="data:,">
${head}${styles.map((style) => html`<style${nonce}>${{ html: style }}</style>`)}
</head>
<body>
<a class="skip" href="#${skip.to}">${skip.text}</a>
${body}${scripts.map((script) => html`<script${nonce}>${{ html: script }}</script>`)}
</body>
</html>
`.html;
}
