import { OutsideError } from '../../host/errors.ts';
import { secureLocation } from './answers.ts';
import type { Repository } from './reference.ts';
import type { Answer, Transport } from './request.ts';

/** No list that we read is that long. The limit ends a list whose server always names another page. */
const maximumPages = 10_000;

/** Reads a list to its last page. */
export async function readPages(
  transport: Transport,
  request: {
    readonly repository: Repository;
    readonly first: URL;
    readonly doing: string;
    readonly answers: readonly number[];
    readonly mayLack?: boolean;
  },
): Promise<Answer[]> {
  const { repository, first, doing, answers } = request;
  const pages: Answer[] = [];
  const seen = new Set<string>();
  let next: URL | undefined = first;
  while (next !== undefined) {
    if (seen.has(next.href)) throw new OutsideError(doing, 'the pages of the list lead in a circle');
    seen.add(next.href);
    const page: Answer = await transport.send({
      method: 'GET',
      repository,
      push: false,
      url: next,
      doing,
      answers,
      mayLack: request.mayLack ?? false,
    });
    pages.push(page);
    if (pages.length > maximumPages)
      throw new OutsideError(doing, `the list has more than ${maximumPages} pages`);
    next = page.status === 200 ? nextPage(page, doing) : undefined;
  }
  return pages;
}

// RFC 8288; distribution sends `</v2/name/tags/list?last=b&n=2>; rel="next"`.
function nextPage(page: Answer, doing: string): URL | undefined {
  const link = page.headers.get('link');
  const target = link === null ? undefined : /<([^>]*)>[^,]*;\s*rel="?next"?/i.exec(link)?.[1];
  return target === undefined ? undefined : secureLocation(target, page.url, doing);
}
