import { formatDuration, formatTime } from '../../../host/time.ts';
import { type Html, html } from '../../../release/published/dashboard/html.ts';
import { shortCommit } from '../../../world/git/short-commit.ts';
import { previewLifetime } from '../confirm.ts';
import type { OfferChange, OfferChanges, Opening } from '../effect.ts';
import type { Effect, Preview } from '../preview.ts';
import { curveChart } from './curve-chart.ts';
import { layout, list, ownForm, type PageContext } from './page-layout.ts';

/** The name of the box that confirms errors of lint. */
export const acceptField = 'accept-errors';

/** What an action would do, and the button that does it. */
export function previewPage(
  context: PageContext,
  preview: Preview,
  options: { readonly problem?: string },
): string {
  const { wish, answer, effect, base } = preview;
  const title = `Preview: ${wish.action.title}, ${wish.fleet}`;
  const hints = html`${list(answer.warnings.map((warning) => html`<strong>Warning:</strong> ${warning}`))}${list(answer.notes)}`;
  if (effect === undefined) {
    const body = html`<div class="panel done"><h2>There is nothing to change</h2><p class="lead">${answer.summary ?? ''}</p>${hints}</div>`;
    return layout(context, { title, body });
  }
  const [subject = ''] = effect.commit.message.split('\n');
  const errors = effect.findings.filter(({ severity }) => severity === 'error').length;
  const body = html`<div class="panel ${answer.warnings.length > 0 || errors > 0 ? 'warn' : ''}"><p class="lead">${subject}</p>${hints}
<p class="quiet">Nothing is changed yet. This is a preview of state ${base === undefined ? 'without a commit' : html`<code>${shortCommit(base)}</code>`}, made on ${formatTime(wish.now)}.</p></div>
${options.problem === undefined ? undefined : html`<div class="panel stop" role="alert"><p>${options.problem}</p></div>`}
<form class="panel" method="post" action="${context.root}confirm">
${ownForm(context)}<input type="hidden" name="preview" value="${preview.id}">
${errors === 0 ? undefined : html`<p><label class="check"><input type="checkbox" name="${acceptField}" value="yes" required> Do it although lint finds ${errors === 1 ? 'an error' : `${errors} errors`}</label></p>`}
<button class="main">Make this commit</button>
<p class="quiet">It is one commit on the state branch, by ${wish.by}. It counts for ${formatDuration(previewLifetime)}, and only if nobody changes the state before. publish-updates makes it public.</p>
</form>
${affected(effect, wish.now)}
${effect.curve === undefined ? undefined : html`<section class="panel"><h2>How it spreads</h2>${curveChart(effect.curve)}</section>`}
${strandedSection(effect)}
${lintSection(effect)}
<section class="panel"><h2>Difference</h2>${difference(effect.difference)}</section>
<section class="panel"><h2>Commit message</h2><pre tabindex="0" aria-label="Commit message">${effect.commit.message}</pre></section>`;
  return layout(context, { title, body });
}

function affected({ offers, openings }: Effect, now: number): Html {
  return html`<section class="panel"><h2>Who is affected</h2>
${offers.length === 0 ? html`<p>No node is offered another release, now or when all rollouts are complete.</p>` : offers.map(offerTable)}
${openings.length === 0 ? undefined : openingTable(openings, now)}</section>`;
}

function offerTable({ architectures, rings, changes }: OfferChanges): Html {
  const caption = `${rings.length === 1 ? 'Ring' : 'Rings'} ${rings.join(', ')}`;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Offers to ${caption} on ${architectures.join(', ')}"><table>
<caption>${caption} <span class="quiet">on ${architectures.join(', ')}</span></caption>
<thead><tr><th scope="col">A node on</th><th scope="col">is offered now</th><th scope="col">when all rollouts are complete</th></tr></thead>
<tbody>${changes.map(
    (change) => html`
<tr><th scope="row">${nodesOn(change)}</th><td>${fromTo(change.now)}</td><td>${fromTo(change.end)}</td></tr>`,
  )}
</tbody></table></div>`;
}

function nodesOn({ newest, oldest, count }: OfferChange): Html {
  if (count === 1) return html`<code>${newest}</code>`;
  return html`<code>${newest}</code> <span class="quiet">and ${count - 1} more, down to</span> <code>${oldest}</code>`;
}

function fromTo({ before, after }: { readonly before: string; readonly after: string }): Html {
  if (before === after) return html`<span class="quiet">as before: ${before}</span>`;
  return html`<s class="was">${before}</s> <span aria-hidden="true">→</span> <strong>${after}</strong>`;
}

function openingTable(openings: readonly Opening[], now: number): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="When rings are offered a release"><table>
<caption>When a ring is offered a release</caption>
<thead><tr><th scope="col">Release</th><th scope="col">Ring</th><th scope="col">before</th><th scope="col">after</th></tr></thead>
<tbody>${openings.map(
    ({ version, rings, before, after }) => html`
<tr><th scope="row"><code>${version}</code></th><td>${rings.join(', ')}</td><td class="was">${moment(before, now)}</td><td><strong>${moment(after, now)}</strong></td></tr>`,
  )}
</tbody></table></div>`;
}

function moment(opening: Opening['before'], now: number): string {
  if (opening === 'open') return 'offered now';
  if (opening === 'never') return 'not offered';
  const time = `${formatTime(opening).slice(0, 16).replace('T', ' ')} UTC`;
  return opening > now ? `${time} (in ${formatDuration(opening - now)})` : time;
}

function strandedSection({ stranded }: Effect): Html {
  if (stranded.length === 0) {
    return html`<section class="panel"><h2>What stays stranded</h2><p>Nothing: every node has a way to the newest release that it is offered.</p></section>`;
  }
  return html`<section class="panel warn"><h2>What stays stranded</h2>${list(
    stranded.map(
      ({ release: { version, architecture, end, goal, why }, isNew }) =>
        html`${isNew ? html`<strong>new:</strong> ` : undefined}nodes on <code>${version}</code> (${architecture}) stay on <code>${end}</code>${why === 'dead-end' ? ', a dead-end' : ''}, and do not reach <code>${goal}</code>`,
    ),
  )}</section>`;
}

function lintSection({ findings }: Effect): Html {
  if (findings.length === 0) {
    return html`<section class="panel"><h2>Lint</h2><p>No finding.</p></section>`;
  }
  return html`<section class="panel warn"><h2>Lint</h2>${list(
    findings.map(
      ({ severity, rule, where, message, remedy }) =>
        html`<strong>${severity}:</strong> ${message} <span class="quiet">(${rule}, ${where})</span>${remedy === undefined ? undefined : html` ${remedy}`}`,
    ),
  )}</section>`;
}

/** With the colours of a difference; the signs at the start of each line say the same. */
export function difference(text: string): Html {
  const lines = text.replace(/\n$/, '').split('\n');
  const kind = (line: string) => {
    if (/^(?:---|\+\+\+|@@)/.test(line)) return 'at';
    return line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : '';
  };
  return html`<pre class="diff" tabindex="0" role="region" aria-label="Difference">${lines.map((line) => html`<span class="${kind(line)}">${line}</span>\n`)}</pre>`;
}
