/** Text that already is HTML. */
export interface Html {
  readonly html: string;
}

export type HtmlValue = Html | string | number | undefined | readonly HtmlValue[];

/** Builds HTML; every value that is not Html itself is escaped, for text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return {
    html: strings.map((text, index) => `${index === 0 ? '' : render(values[index - 1])}${text}`).join(''),
  };
}

function render(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  if ('html' in value) return value.html;
  return value.map(render).join('');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
