import { formatTime } from '../../../host/time.ts';
import { type Html, html } from '../../../release/published/dashboard/html.ts';
import type { Commit, Sha } from '../../../world/forge/forge.ts';
import { shortCommit } from '../../../world/git/short-commit.ts';
import type { Result } from '../confirm.ts';
import type { Preview } from '../preview.ts';
import { layout, list, ownForm, type PageContext } from './page-layout.ts';
import { difference } from './preview-page.ts';

/** After the commit. */
export function donePage(
  context: PageContext,
  preview: Preview,
  result: Extract<Result, { readonly commit: Sha }>,
): string {
  const [subject = ''] = preview.effect?.commit.message.split('\n') ?? [];
  const commit = html`Commit <code>${result.commit}</code> on the state branch: ${subject}.`;
  if (result.kind === 'done') {
    const body = html`<div class="panel done" role="status"><p class="lead">${commit}</p>${list(result.notes)}<p>It is public with the next publish-updates.</p></div>`;
    return layout(context, { title: 'Done', body });
  }
  const body = html`<div class="panel stop" role="alert"><p class="lead">${commit}</p><p>The commit was made. What follows it failed: ${result.problem}</p><p>Run the verb on the command line to finish it: ${command(preview)}</p></div>`;
  return layout(context, { title: 'Half done', body });
}

function command({ wish: { action, fleet } }: Preview): Html {
  return action.name === 'roll-back'
    ? html`<code>coxswain roll-back --fleet ${fleet} --reason …</code>`
    : html`<code>coxswain publish-updates</code> moves the tags, too.`;
}

/** Somebody was faster: what they changed, and a new preview of the same wish. */
export function movedPage(
  context: PageContext,
  preview: Preview,
  moved: { readonly now: Sha | undefined; readonly commits: readonly Commit[]; readonly difference: string },
): string {
  const commits = moved.commits.map(({ sha, time, message }) => {
    const [subject = ''] = message.split('\n');
    const by = /^By: (.*)$/m.exec(message)?.[1];
    return html`${subject} <span class="quiet">(${by === undefined ? '' : `${by}, `}${formatTime(time)}, <code>${shortCommit(sha)}</code>)</span>`;
  });
  const body = html`<div class="panel warn" role="alert"><p class="lead">The state changed after this preview was made. Nothing was applied.</p>
${commits.length === 0 ? html`<p>The state branch was moved to another history.</p>` : list(commits)}</div>
${again(context, preview)}
<section class="panel"><h2>What changed meanwhile</h2>${moved.difference === '' ? html`<p>No file of this fleet.</p>` : difference(moved.difference)}</section>`;
  return layout(context, { title: 'Somebody else changed the state', body });
}

/** The preview no longer holds, although the state is the same. */
export function expiredPage(context: PageContext, preview: Preview, why: string): string {
  const body = html`<div class="panel warn" role="alert"><p class="lead">${why} Nothing was applied.</p></div>${again(context, preview)}`;
  return layout(context, { title: 'This preview no longer holds', body });
}

function again(context: PageContext, { wish: { action, fleet, values } }: Preview): Html {
  return html`<form class="panel" method="post" action="${context.root}preview">
${ownForm(context)}<input type="hidden" name="action" value="${action.name}"><input type="hidden" name="fleet" value="${fleet}">
${[...values].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="main">Show a new preview</button>
</form>`;
}

/** A problem that no field of a form can fix. */
export function problemPage(
  context: Pick<PageContext, 'root' | 'nonce'>,
  problem: { readonly title: string; readonly message: string; readonly isOutside?: boolean },
): string {
  const body = html`<div class="panel stop" role="alert"><p>${problem.message}</p></div>`;
  return layout(context, { title: problem.title, body, isOutside: problem.isOutside === true });
}
