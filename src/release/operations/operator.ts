import { InputError } from '../../host/errors.ts';
import type { Git } from '../../world/git/git.ts';

/**
 * Who is at the helm: what was said on the command line, or git's identity.
 * @throws InputError when neither says
 */
export async function findOperator(git: Git, given: string | undefined): Promise<string> {
  const said = given?.replaceAll(/\s+/g, ' ').trim();
  if (said !== undefined && said !== '') return said;
  // Without a configured name git would make one up from the login and the host.
  const identity = await git.try(['-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT']);
  const known = identity?.replace(/ \d+ [+-]\d{4}$/, '');
  if (known !== undefined) return known;
  throw new InputError({
    field: '--by',
    problem: 'git does not know who you are, and the commit is to say it',
    remedy: 'Say --by NAME, or git config user.name and user.email.',
  });
}
