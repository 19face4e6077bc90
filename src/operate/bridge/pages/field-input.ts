import { type Html, html } from '../../../release/published/dashboard/html.ts';
import type { Field } from '../actions/action.ts';

/** A field with its label and its hint. */
export function fieldInput(
  field: Field,
  options: {
    /** What is filled in. */
    readonly value: string | undefined;
    /** Newest first. */
    readonly releases: readonly string[];
    readonly isWrong: boolean;
  },
): Html {
  const { name, label, kind, required, hint } = field;
  const { value = '', releases, isWrong } = options;
  const id = `field-${name}`;
  const says =
    hint === '' || kind === 'release' ? undefined : html`<span class="hint" id="${id}-hint">${hint}</span>`;
  const attributes = html` id="${id}" name="${name}"${says === undefined ? '' : html` aria-describedby="${id}-hint"`}${required ? html` required` : ''}${isWrong ? html` aria-invalid="true" aria-errormessage="problem"` : ''}`;
  switch (kind) {
    case 'check':
      return html`<div><label class="check"><input type="checkbox"${attributes} value="yes"${value === '' ? '' : html` checked`}>${label}</label>${says}</div>`;
    case 'release':
      return html`<div><label for="${id}">${label}</label><select${attributes}>${
        required ? undefined : html`<option value="">${hint}</option>`
      }${releases.map((version) => html`<option value="${version}"${version === value ? html` selected` : ''}>${version}</option>`)}</select></div>`;
    case 'text':
      return html`<div><label for="${id}">${label}</label>${says}<input type="text"${attributes} value="${value}" autocomplete="off"></div>`;
    case 'long text':
      return html`<div><label for="${id}">${label}</label>${says}<textarea${attributes} rows="2" maxlength="1000">${value}</textarea></div>`;
  }
}
