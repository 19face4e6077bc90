import { InputError } from '../../host/errors.ts';
import { oneLine, plainLine } from '../../host/one-line.ts';
import type { Git } from '../../world/git/git.ts';

/** A reason is a sentence or an address: it is shown on nodes, in tables, and in the subject of mails. */
const longestReason = 1000;

/**
 * An operator's text on one line, for commits, pull requests, the dashboard and terminals.
 * @param field the flag that it comes from
 * @throws InputError for control characters, which could steer a terminal, and for a text that is too long
 */
export function readStatement(text: string, field: string): string {
  const line = oneLine(text).replaceAll(/\s+/g, ' ').trim();
  if (/[\p{Cc}\p{Bidi_Control}]/u.test(line)) {
    throw new InputError({
      field,
      problem: 'control characters cannot be part of this text',
      found: line.slice(0, 100),
      expected: 'a sentence, or the URL of an issue',
    });
  }
  if (line.length <= longestReason) return line;
  throw new InputError({
    field,
    problem: 'this text is too long',
    found: `${line.length} characters`,
    expected: `at most ${longestReason}`,
    remedy: 'Write the details into an issue, and give its URL.',
  });
}

/** The same for a text that cannot be refused, such as a label: control characters are dropped, and the text is cut. */
export function cleanStatement(text: string): string {
  return plainLine(text, longestReason);
}

/**
 * Name of the person who acts: as given, or git's identity. The mail address is left out, because the name appears in
 * pull requests and on the public dashboard.
 * @throws InputError if neither gives a name
 */
export async function findOperator(git: Git, given: string | undefined): Promise<string> {
  const said = given === undefined ? '' : withoutAddress(readStatement(given, '--by'));
  if (said !== '') return said;
  // Without a configured name git would make one up from the login and the host.
  const identity = await git.try(['-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT']);
  const known = identity === undefined ? '' : withoutAddress(identity.replace(/ \d+ [+-]\d{4}$/, ''));
  if (known !== '') return cleanStatement(known);
  throw new InputError({
    field: '--by',
    problem: 'git does not know your name, and the commit must say who acts',
    remedy: 'Say --by NAME, or git config user.name and user.email.',
  });
}

/** `Ada <ada@example.com>` → `Ada` */
function withoutAddress(text: string): string {
  return text
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
