import { type Html, html } from '../../../release/published/dashboard/html.ts';
import type { BridgeAction, FormValues } from '../actions/action.ts';
import { fieldInput } from './field-input.ts';
import { layout, ownForm, type PageContext } from './page-layout.ts';

/** A problem with what a person filled in. */
export interface FormProblem {
  readonly message: string;
  /** Name of the field, if it is one. */
  readonly field?: string;
}

/** The form of an action. It leads to a preview. */
export function actionPage(
  context: PageContext,
  options: {
    readonly action: BridgeAction;
    readonly fleet: string;
    /** Newest first. */
    readonly releases: readonly string[];
    readonly values: FormValues;
    readonly problem?: FormProblem | undefined;
  },
): string {
  const { action, fleet, releases, values, problem } = options;
  const body = html`<p class="lead">${action.about}</p>
${problem === undefined ? undefined : problemBox(problem)}
<form class="form panel" method="post" action="${context.root}preview">
${ownForm(context)}<input type="hidden" name="action" value="${action.name}"><input type="hidden" name="fleet" value="${fleet}">
${action.fields.map((field) => fieldInput(field, { value: values.get(field.name), releases, isWrong: problem?.field === field.name }))}
<div><button class="main">Show what would change</button></div>
</form>
<p class="quiet">Nothing is changed yet: a preview comes first.</p>`;
  return layout(context, { title: `${action.title}: ${fleet}`, body });
}

/** What is wrong, on top of a form. */
export function problemBox({ message }: FormProblem): Html {
  return html`<div class="panel stop" role="alert" id="problem"><h2>This is not possible</h2><p>${message}</p></div>`;
}
