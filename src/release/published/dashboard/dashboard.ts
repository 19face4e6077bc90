import type { Choice } from '../../../guidance/choose.ts';
import { holdAt } from '../../../guidance/operations.ts';
import { defined } from '../../../host/defined.ts';
import { describeManyRings, isNamed } from '../../../project/configuration/rings.ts';
import { baseUrl, buildReleasePath } from '../file-paths.ts';
import type { SiteFleet, SiteInput } from '../input.ts';
import { type Html, html } from './html.ts';
import { exceptions, nameOf, notices, reason } from './notices.ts';
import { type OfferColumn, type OfferRow, type OfferTable, offerTables } from './offer-table.ts';
import { type RolloutView, rolloutViews, showTime } from './rollout-view.ts';
import { dashboardStyle } from './style.ts';

/** What a server adds to the page. All HTML is taken as it is. */
export interface PageOptions {
  /** By name of the fleet: put at the end of its card, for example forms. */
  readonly actions?: ReadonlyMap<string, Html>;
  /** Put above everything, for example what the last action did. */
  readonly banner?: Html;
  /** Further style sheets and scripts, as texts. */
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
  /**
   * The nonce of the server's own Content-Security-Policy: styles and scripts carry it, and the page has no policy of
   * its own. Without it the page names the hashes of its styles and scripts in a policy.
   */
  readonly nonce?: string;
}

/**
 * The dashboard: one page without external files, made from what it is given and nothing else. The same input gives
 * the same bytes.
 */
export function renderDashboard(input: SiteInput, options: PageOptions = {}): string {
  const fleets = input.fleets.map((fleet) => ({ fleet, rollouts: rolloutViews(fleet, input.now) }));
  const moving = fleets.some(({ rollouts }) => rollouts.some(({ phase }) => phase === 'in progress'));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${policy(options)}<title>Update guidance · ${input.stream}</title>
<link rel="icon" href="data:,">
${[dashboardStyle, ...(options.styles ?? [])].map((style) => html`<style${nonceOf(options)}>${{ html: style }}</style>`)}
</head>
<body>
<a class="skip" href="#fleets">Skip to the fleets</a>
${options.banner}<header>
<h1>Update guidance</h1>
<p>Stream <strong>${input.stream}</strong> on ${input.architectures.join(', ')}. Static files that stock Zincati follows.</p>
<nav aria-label="Fleets"><ul class="tiles">${fleets.map(({ fleet, rollouts }) => tile(fleet, rollouts[0], input.now))}</ul></nav>
</header>
<main id="fleets">
${fleets.map(({ fleet, rollouts }) => fleetSection(fleet, rollouts, input, options.actions?.get(fleet.name)))}
</main>
<footer>
<p>${moving ? html`Percentages and offers as of ${showTime(input.now)}. ` : ''}Made by Coxswain from the fleets’ release indexes and update metadata.</p>
</footer>
${(options.scripts ?? []).map((script) => html`<script${nonceOf(options)}>${{ html: script }}</script>`)}
</body>
</html>
`.html;
}

function tile(fleet: SiteFleet, newest: RolloutView | undefined, now: number): Html {
  const hold = fleet.state.operations === undefined ? undefined : holdAt(fleet.state.operations, now);
  const held = hold === undefined ? '' : html` <span class="badge stopped">held</span>`;
  return html`<li><a href="#${anchor(fleet)}"><strong>${fleet.name}</strong> ${
    newest === undefined
      ? html`<span class="quiet">no release yet</span>`
      : html`<code>${newest.version}</code> <span>${badge(newest)}${held}</span>`
  }</a></li>`;
}

function policy({ nonce }: PageOptions): Html | undefined {
  if (nonce !== undefined) return undefined;
  return html`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
`;
}

function nonceOf({ nonce }: PageOptions): Html | undefined {
  return nonce === undefined ? undefined : html` nonce="${nonce}"`;
}

function fleetSection(
  fleet: SiteFleet,
  rollouts: readonly RolloutView[],
  input: SiteInput,
  actions: Html | undefined,
): Html {
  const { releases } = fleet.state.releases;
  const id = anchor(fleet);
  return html`<section aria-labelledby="${id}" class="fleet">
<h2 id="${id}">${fleet.name}</h2>
${notices(fleet, input.now)}${releases.length === 0 ? html`<p class="quiet">This fleet has no release yet.</p>` : rollouts.map((view) => rolloutCard(view, fleet))}
${releases.length === 0 ? '' : offerSections(fleet, input)}
${landmarks(fleet)}
${follow(fleet, input)}
${releaseList(fleet)}
${actions}</section>
`;
}

function rolloutCard(view: RolloutView, fleet: SiteFleet): Html {
  const isNewest = view.version === fleet.state.releases.releases.at(-1)?.version;
  const record = fleet.state.records?.[view.version];
  return html`<div class="rollout">
<h3>${isNewest ? 'Current release' : 'Also offered'}: <code>${view.version}</code> ${badge(view)}</h3>
<div class="bar ${view.phase === 'complete' ? 'full' : view.phase === 'paused' ? 'still' : ''}" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${view.percent}" aria-label="Rollout of ${view.version}"><span style="width:${view.percent}%"></span></div>
<p>${view.explanation}${record?.baseVersion === undefined ? '' : html` <span class="quiet">Built on ${record.baseVersion}.</span>`}${record?.acceptedMissingEvidence === undefined ? '' : html` ${untested(record.acceptedMissingEvidence)}`}</p>
${exceptions(fleet, view.version)}</div>
`;
}

function untested({ by, reason: why }: { readonly by: string; readonly reason: string }): Html {
  return html`<span class="badge untested">no evidence</span> <span class="quiet">accepted by ${nameOf(by)}: ${why}</span>`;
}

function badge({ phase, percent }: RolloutView): Html {
  const text =
    phase === 'in progress' || phase === 'held' || phase === 'paused' ? `${phase}, ${percent} %` : phase;
  return html`<span class="badge ${phase.replace(' ', '-')}">${text}</span>`;
}

function offerSections(fleet: SiteFleet, input: SiteInput): readonly Html[] {
  return offerTables(fleet, input).map((table) => offerSection(fleet, table));
}

function offerSection(fleet: SiteFleet, { architectures, columns, rows }: OfferTable): Html {
  const names = architectures.join(', ');
  if (rows.length === 0) return html`<p class="quiet">No release has an image for ${names}.</p>`;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Offers to ${fleet.name} on ${names}"><table>
<caption>Who is offered what <span class="quiet">on ${names}</span></caption>
<thead><tr><th scope="col">A node on</th>${columns.map(columnHead)}</tr></thead>
<tbody>${rows.map(
    (row) => html`
<tr><th scope="row">${rowHead(row)}</th>${row.choices.map((choice) => html`<td>${cell(choice, row)}</td>`)}</tr>`,
  )}
</tbody></table></div>
`;
}

function columnHead({ rings, wariness }: OfferColumn): Html {
  return html`<th scope="col">${rings.join(', ')} <span class="quiet">wariness ${wariness}</span></th>`;
}

function rowHead({ newest, oldest, count }: OfferRow): Html {
  if (count === 1) return html`<code>${newest}</code>`;
  return html`<code>${newest}</code> <span class="quiet">and ${count - 1} more, down to</span> <code>${oldest}</code>`;
}

function cell(choice: Choice, row: OfferRow): Html {
  switch (choice.kind) {
    case 'update':
      return html`<span class="update"><span aria-hidden="true">→ </span><code>${choice.target.version}</code></span>`;
    case 'dead-end':
      return html`<span class="stuck">dead-end</span>`;
    case 'none':
      return html`<span class="quiet">${row.isNewest ? 'up to date' : 'nothing yet'}</span>`;
    case 'unknown':
      return html`<span class="stuck">not in the graph</span>`;
  }
}

function landmarks({ state }: SiteFleet): Html | undefined {
  const known = new Set(state.releases.releases.map(({ version }) => version));
  const items = state.updates.releases.flatMap(({ version, metadata: { barrier, deadend } }) => {
    const stray = known.has(version)
      ? undefined
      : html` <span class="quiet">(no release here: no effect)</span>`;
    return [
      ...(barrier === undefined
        ? []
        : [
            html`<li><span class="badge barrier">barrier</span> <code>${version}</code>${stray} ${reason(barrier)}</li>`,
          ]),
      ...(deadend === undefined
        ? []
        : [
            html`<li><span class="badge dead-end">dead-end</span> <code>${version}</code>${stray} ${reason(deadend)}</li>`,
          ]),
    ];
  });
  if (items.length === 0) return undefined;
  return html`<h3>Barriers and dead-ends</h3>
<ul class="landmarks">${items.toReversed()}</ul>
`;
}

function follow(fleet: SiteFleet, input: SiteInput): Html {
  const address = (folder?: string) =>
    baseUrl({
      url: input.url ?? 'https://updates.example.org/',
      fleet: fleet.name,
      basearch: '${basearch}',
      ...defined({ folder }),
    });
  const rings = input.rings.filter(isNamed);
  const others = describeManyRings(input.rings);
  return html`<h3>Follow this fleet</h3>
<p>On each node, in <code>/etc/zincati/config.d/90-fleet.toml</code>:</p>
<pre tabindex="0"><code>[cincinnati]
base_url = "${address()}"</code></pre>
${input.url === undefined ? html`<p class="quiet">Replace the host with the one that serves these files (publish.url is not set).</p>` : ''}
${
  rings.length === 0
    ? ''
    : html`<details>
<summary>Rings (${rings.length})</summary>
<p>Nodes of a ring take its address instead. The lower the wariness, the earlier a release is offered.</p>
<dl>${rings.map(({ name, wariness, folders }) => html`<dt>${name} <span class="quiet">wariness ${wariness}${wariness === 0 ? ': also before the start' : ''}</span></dt><dd><pre tabindex="0"><code>base_url = "${address(folders[0])}"</code></pre></dd>`)}</dl>
</details>
`
}${others === undefined ? '' : html`<p class="quiet">${others}.</p>`}`;
}

function releaseList(fleet: SiteFleet): Html {
  const { releases } = fleet.state.releases;
  return html`<details>
<summary>Files and all releases (${releases.length})</summary>
<p><a href="${relative(`${fleet.name}/releases.json`)}">releases.json</a> · <a href="${relative(`${fleet.name}/updates.json`)}">updates.json</a></p>
<ol class="releases">${releases.toReversed().map((release) => {
    const record = fleet.state.records?.[release.version];
    const recordedAt = record?.recordedAt;
    const accepted = record?.acceptedMissingEvidence;
    return html`
<li><a href="${relative(buildReleasePath(fleet.name, release.version))}"><code>${release.version}</code></a>${recordedAt === undefined ? '' : html` <span class="quiet">${showTime(recordedAt)}</span>`}${accepted === undefined ? '' : html` ${untested(accepted)}`}${(release['oci-images'] ?? []).map((image) => html` <span class="image">${image.architecture} <code>${image['digest-ref']}</code></span>`)}</li>`;
  })}
</ol>
</details>
`;
}

function relative(path: string): string {
  return `./${path.split('/').map(encodeURIComponent).join('/')}`;
}

function anchor(fleet: SiteFleet): string {
  return `fleet-${encodeURIComponent(fleet.name)}`;
}
