import { type Html, html } from '../../../release/published/dashboard/html.ts';
import { dashboardStyle } from '../../../release/published/dashboard/style.ts';
import { renderPage } from '../../../release/published/dashboard/whole-page.ts';
import { bridgeStyle } from './bridge-style.ts';

/** What every page of the bridge knows. */
export interface PageContext {
  /** The first part of every path, with slashes around it. */
  readonly root: string;
  /** For the hidden field of forms. */
  readonly formToken: string;
  readonly nonce: string;
}

/** The name of the hidden field. */
export const formTokenField = 'form-token';

/** A page beside the dashboard, in its style. */
export function layout(
  { root, nonce }: Pick<PageContext, 'root' | 'nonce'>,
  page: {
    readonly title: string;
    readonly body: Html;
    readonly script?: string;
    readonly isOutside?: boolean;
  },
): string {
  return renderPage({
    title: `${page.title} · Coxswain bridge`,
    skip: { to: 'main', text: 'Skip to the content' },
    styles: [dashboardStyle, bridgeStyle],
    scripts: page.script === undefined ? [] : [page.script],
    nonce,
    body: html`${page.isOutside === true ? undefined : html`<nav aria-label="Way back"><a href="${root}">← All fleets</a></nav>`}
<main id="main">
<h1>${page.title}</h1>
${page.body}
</main>
`,
  });
}

/** The hidden field that says that a form is ours. */
export function ownForm({ formToken }: Pick<PageContext, 'formToken'>): Html {
  return html`<input type="hidden" name="${formTokenField}" value="${formToken}">`;
}

/** A list; nothing for an empty one. */
export function list(items: readonly (string | Html)[], className = 'plain'): Html | undefined {
  if (items.length === 0) return undefined;
  return html`<ul class="${className}">${items.map((item) => html`<li>${item}</li>`)}</ul>\n`;
}
