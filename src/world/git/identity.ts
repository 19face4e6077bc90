import type { Git } from './git.ts';

/** Who makes a commit, and when if the environment says so to git (GIT_AUTHOR_DATE, GIT_COMMITTER_DATE). */
export interface Signature {
  /** `Name <address>` */
  readonly who: string;
  /** UNIX seconds and time zone, as git stores them: `1785000000 +0000`. Absent: now. */
  readonly when?: string;
}

export interface Identity {
  readonly author: Signature;
  readonly committer: Signature;
}

/** git's own guess, of a machine without a user name, is useless. */
const ours = { name: 'Coxswain', address: 'coxswain@localhost' };

const identities = new WeakMap<Git, Promise<Identity>>();

/** The user's name and address as git knows them; Coxswain's if git has none. Asked once for a repository. */
export function readIdentity(git: Git): Promise<Identity> {
  const known = identities.get(git) ?? askBoth(git);
  identities.set(git, known);
  return known;
}

/** The environment in which git uses this identity. */
export function identityEnvironment({ author, committer }: Identity): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: nameOf(author),
    GIT_AUTHOR_EMAIL: addressOf(author),
    GIT_COMMITTER_NAME: nameOf(committer),
    GIT_COMMITTER_EMAIL: addressOf(committer),
  };
}

async function askBoth(git: Git): Promise<Identity> {
  const [author, committer] = await Promise.all([ask(git, 'AUTHOR'), ask(git, 'COMMITTER')]);
  return { author, committer };
}

async function ask(git: Git, role: 'AUTHOR' | 'COMMITTER'): Promise<Signature> {
  const answer = await git.try(['-c', 'user.useConfigOnly=true', 'var', `GIT_${role}_IDENT`]);
  const [, who = `${ours.name} <${ours.address}>`, when] =
    /^(.* <.*>) (\d+ [+-]\d+)$/.exec(answer ?? '') ?? [];
  return { who, ...(process.env[`GIT_${role}_DATE`] === undefined || when === undefined ? {} : { when }) };
}

function nameOf({ who }: Signature): string {
  return who.slice(0, who.lastIndexOf(' <'));
}

function addressOf({ who }: Signature): string {
  return who.slice(who.lastIndexOf('<') + 1, -1);
}
