import { code } from '../../host/markdown.ts';
import { type DigestReference, shortDigest } from './reference.ts';

/** Registries with a page for people, and its address. */
const pages: Readonly<Record<string, (path: string, digest: string) => string>> = {
  'quay.io': (path, digest) => `https://quay.io/repository/${path}/manifest/${digest}`,
  // GitHub redirects it to the page of the package.
  'ghcr.io': (path, digest) => `https://ghcr.io/${path}@${digest}`,
};

/** The page of an image; undefined if its registry has none that we know. */
export function imagePage({ repository, digest }: DigestReference): string | undefined {
  return pages[repository.registry]?.(repository.path, digest);
}

/** A digest in Markdown, with a link to its page if there is one. @param options.short for tables */
export function linkedDigest(image: DigestReference, options: { readonly short?: boolean } = {}): string {
  const shown = code(options.short === true ? shortDigest(image.digest) : image.digest);
  const page = imagePage(image);
  return page === undefined ? shown : `[${shown}](${page})`;
}
