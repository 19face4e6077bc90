import { createHash } from 'node:crypto';
import { formatTime } from '../../host/time.ts';
import { html } from './dashboard/html.ts';
import { nameOf } from './dashboard/links.ts';
import { buildReleaseUrl } from './file-paths.ts';
import type { SiteFleet, SiteInput } from './input.ts';

export const feedPath = 'feed.xml';

/** A feed reader asks often, and remembers what it saw. */
const most = 50;

interface Entry {
  /** Never changes and is never used again: a reader knows an entry by it. */
  readonly id: string;
  readonly title: string;
  /** UNIX seconds. */
  readonly time: number;
  readonly author: string;
  readonly text: string;
  readonly link: string | undefined;
}

/**
 * The feed of a site (Atom, RFC 4287): releases, and what operators did to them. Without a change of the state branch
 * it has the same bytes, whatever the time.
 */
export function renderFeed(input: SiteInput): string {
  const entries = [...input.fleets.flatMap((fleet) => releaseEntries(fleet, input)), ...eventEntries(input)]
    .sort((one, other) => other.time - one.time || (one.id < other.id ? -1 : 1))
    .slice(0, most);
  const names = input.fleets.map(({ name }) => name);
  const id = input.url === undefined ? uuidOf('feed', input.stream, ...names) : siteUrl(input.url);
  const self =
    input.url === undefined
      ? ''
      : html`<link rel="self" type="application/atom+xml" href="${siteUrl(input.url)}${feedPath}"/>
<link rel="alternate" type="text/html" href="${siteUrl(input.url)}"/>
`;
  return html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${id}</id>
<title>Updates of ${clean(input.stream)}</title>
<subtitle>Releases and incidents of ${clean(names.join(', '))}</subtitle>
<updated>${formatTime(entries[0]?.time ?? 0)}</updated>
<author><name>Coxswain</name></author>
${self}${entries.map(
  (entry) => html`<entry>
<id>${entry.id}</id>
<title>${clean(entry.title)}</title>
<updated>${formatTime(entry.time)}</updated>
<author><name>${clean(entry.author)}</name></author>
${entry.link === undefined ? '' : html`<link rel="alternate" href="${clean(entry.link)}"/>\n`}<content type="text">${clean(entry.text)}</content>
</entry>
`,
)}</feed>
`.html;
}

/** Releases without a record have no time of their own, so they are left out. */
function releaseEntries({ name, state }: SiteFleet, { url }: SiteInput): Entry[] {
  return state.releases.releases.flatMap((release): Entry[] => {
    const { recordedAt, baseVersion, rollBack, urgent } = state.records?.[release.version] ?? {};
    if (recordedAt === undefined) return [];
    const images = (release['oci-images'] ?? []).map((image) => image['digest-ref']);
    const { version } = release;
    return [
      {
        id: uuidOf('release', name, version, images[0] ?? ''),
        title: `${name}: release ${version}`,
        time: recordedAt,
        author: 'Coxswain',
        text: [
          `Release ${version} of fleet ${name}.`,
          ...(baseVersion === undefined ? [] : [`Base: ${baseVersion}.`]),
          ...(urgent === undefined ? [] : [`Urgent: ${urgent.reason}`]),
          ...(rollBack === undefined
            ? []
            : [
                `It has the content of ${rollBack.restores} instead of ${rollBack.insteadOf}: ${rollBack.reason}`,
              ]),
          ...images,
        ].join('\n'),
        link: url === undefined ? undefined : buildReleaseUrl({ url, fleet: name, version }),
      },
    ];
  });
}

/** What operators and halts did; a release already has an entry. */
function eventEntries({ events = [], repository }: SiteInput): Entry[] {
  return events
    .filter(({ fleet, reason }) => fleet !== undefined && reason !== undefined)
    .map(({ commit, time, fleet, summary, reason, by }) => ({
      id: uuidOf('commit', commit),
      title: `${fleet}: ${summary}`,
      time,
      author: by === undefined ? 'Coxswain' : nameOf(by),
      text: `${summary}\nReason: ${reason}`,
      link: repository === undefined ? undefined : `${repository}/commit/${encodeURIComponent(commit)}`,
    }));
}

/** A UUID of version 8 (RFC 9562, a hash of our own): the same for the same words, on any machine. */
function uuidOf(...words: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** XML has no place for control characters and halves of characters, not even escaped. */
function clean(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

function siteUrl(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
