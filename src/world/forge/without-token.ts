import { InputError } from '../../host/errors.ts';
import type { Forge } from './forge.ts';

/**
 * A repository on GitHub by plain git, because there is no token: branches work, and that is enough to steer a fleet.
 * Its pull requests and statuses are on GitHub, so they are refused: an empty list would be wrong.
 */
export function withoutToken(forge: Forge, host: string): Forge {
  const refuse = (what: string) => async (): Promise<never> => {
    throw new InputError({
      where: forge.place,
      problem: `${what} of this repository are on GitHub, and no token for it was found`,
      expected: 'a token in GH_TOKEN or GITHUB_TOKEN, or a login of the program gh',
      remedy: `Log in: gh auth login --hostname ${host}. With --forge git, records on the remote take their place.`,
    });
  };
  const pullRequests = refuse('pull requests');
  const statuses = refuse('statuses');
  return {
    ...forge,
    pullRequests: {
      list: pullRequests,
      find: pullRequests,
      latest: pullRequests,
      findByCommit: pullRequests,
      open: pullRequests,
      update: pullRequests,
      comment: pullRequests,
      merge: pullRequests,
    },
    statuses: { set: statuses, list: statuses },
  };
}
