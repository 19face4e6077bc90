import { InputError } from '../../host/errors.ts';
import { parseDuration } from '../../host/time.ts';
import { parseReference, type TagReference } from '../../world/registry/reference.ts';

/** The place of a field, for messages. */
export interface Place {
  readonly where: string;
  readonly field: string;
}

/** Seconds after which a build is too old. */
export function readRefresh(text: string, place: Place): number {
  const seconds = parseDuration(text, place);
  if (seconds > 0) return seconds;
  throw new InputError({
    ...place,
    problem: 'every build would be too old at once',
    found: text,
    expected: 'such as 7d',
  });
}

/** Seconds that a machine may run. */
export function readDeadline(text: string, place: Place): number {
  const seconds = parseDuration(text, place);
  if (seconds > 0) return seconds;
  throw new InputError({
    ...place,
    problem: 'a machine needs some time',
    found: text,
    expected: 'such as 20m',
  });
}

/** The base image, by a tag. */
export function readBase(text: string, place: Place): TagReference {
  const reference = parseReference(text, place);
  if (reference.kind === 'tag') return reference;
  throw new InputError({
    ...place,
    problem: 'the base is the tag to follow, not a digest',
    found: text,
    expected: 'repository:tag, such as quay.io/fedora/fedora-coreos:stable',
    remedy: 'The digest that is built on is pinned in the Containerfile.',
  });
}

/** Zincati joins its base address with `v1/graph` and drops what follows the last slash: so the slash is required. */
export function readUrl(text: string | undefined, place: Place): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    // The address may hold a password, so the error does not repeat it.
    throw new InputError({
      ...place,
      problem: 'an address with a user name or a password would be published',
      expected: `only ${url.protocol}//${url.host}${url.pathname}`,
    });
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new InputError({
      ...place,
      problem: 'not an address that files can be published at',
      found: text,
      expected: 'http:// or https://, without ? and #, such as https://acme.github.io/os/',
    });
  }
  return text.endsWith('/') ? text : `${text}/`;
}

/** `./rollouts//x` → `rollouts/x`: git knows paths only in this form. */
export function tidyPath(path: string): string {
  return path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}
