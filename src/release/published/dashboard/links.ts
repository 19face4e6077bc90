import { type Html, html } from './html.ts';

/** A text in which every http or https address is a link. Nothing else in it ever becomes one. */
export function withLinks(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"']+)/);
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : addressLink(part)))}`;
}

/** A link to a web page; only its text if the address is not http or https. */
export function linkTo(address: string, text: Html | string): Html {
  const url = URL.parse(address);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return html`${text}`;
  return html`<a href="${address}" rel="noopener noreferrer">${text}</a>`;
}

/** A commit, and the runs for it, if the repository has web pages. */
export function commitLink(commit: string, repository: string | undefined): Html {
  const short = html`<code>${commit.slice(0, 12)}</code>`;
  return repository === undefined
    ? short
    : linkTo(`${repository}/commit/${encodeURIComponent(commit)}`, short);
}

/** The page that shows the workflow runs for a commit. */
export function runsLink(commit: string, repository: string | undefined): Html | undefined {
  if (repository === undefined) return undefined;
  return linkTo(`${repository}/commit/${encodeURIComponent(commit)}/checks`, 'runs');
}

export function pullRequestLink(number: number, repository: string | undefined): Html {
  const text = `pull request #${number}`;
  return repository === undefined ? html`${text}` : linkTo(`${repository}/pull/${number}`, text);
}

/** `repository@sha256:…`; a link if its registry has a page for it. */
export function imageLink(reference: string): Html {
  const [repository = '', digest = ''] = reference.split('@');
  const [host = '', ...path] = repository.split('/');
  const shown = html`<code>${reference}</code>`;
  const name = path.map(encodeURIComponent).join('/');
  if (name === '') return shown;
  if (host === 'quay.io') {
    return linkTo(`https://quay.io/repository/${name}/manifest/${encodeURIComponent(digest)}`, shown);
  }
  if (host === 'ghcr.io') return linkTo(`https://ghcr.io/${name}`, shown);
  return shown;
}

/** The page is public: it shows the names of people without their mail addresses. */
export function nameOf(by: string): string {
  const name = by.replace(/\s*<[^<>]*@[^<>]*>\s*$/, '').trim();
  return name === '' ? 'an operator' : name;
}

/** Punctuation after an address belongs to the sentence. */
function addressLink(text: string): Html {
  const [, address = '', rest = ''] = /^(.*?)([.,;:!?)]*)$/s.exec(text) ?? [];
  return html`${linkTo(address, address)}${rest}`;
}
