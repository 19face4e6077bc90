import { defined } from '../../../host/defined.ts';
import { describeManyRings, isNamed } from '../../../project/configuration/rings.ts';
import { baseUrl } from '../file-paths.ts';
import type { SiteFleet, SiteInput } from '../input.ts';
import { type Html, html } from './html.ts';

/** More rings than this are one line. */
const mostListed = 12;

/** What the configuration of a node needs to follow a fleet. */
export function follow(fleet: SiteFleet, input: SiteInput): Html {
  const address = (folder?: string) =>
    baseUrl({
      url: input.url ?? 'https://updates.example.org/',
      fleet: fleet.name,
      basearch: '${basearch}',
      ...defined({ folder }),
    });
  const rings = input.rings.filter(isNamed);
  const others = describeManyRings(input.rings);
  return html`<details>
<summary>Follow this fleet</summary>
<p>On each node, in <code>/etc/zincati/config.d/90-fleet.toml</code>:</p>
<pre tabindex="0"><code>[cincinnati]
base_url = "${address()}"</code></pre>
${input.url === undefined ? html`<p class="quiet">Replace the host with the one that serves these files (publish.url is not set).</p>` : ''}
${rings.length === 0 ? '' : html`<p>Nodes of a ring take its address instead. The lower the wariness, the earlier a release is offered.</p>`}
${
  rings.length > mostListed
    ? html`<pre tabindex="0"><code>base_url = "${address('RING')}"</code></pre>
<p>RING is one of ${rings.map(({ name }) => name).join(', ')}.</p>`
    : html`<dl>${rings.map(({ name, wariness, folders }) => html`<dt>${name} <span class="quiet">wariness ${wariness}${wariness === 0 ? ': also before the start' : ''}</span></dt><dd><pre tabindex="0"><code>base_url = "${address(folders[0])}"</code></pre></dd>`)}</dl>`
}
${others === undefined ? '' : html`<p class="quiet">${others}.</p>`}</details>
`;
}
