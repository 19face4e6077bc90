import { InputError } from '../../host/errors.ts';
import { Git } from '../../world/git/git.ts';
import { explainRemoteFailure, remoteSeconds, runWithRemote } from '../../world/git/remote.ts';

/** A release of Coxswain (or of a fork of it), by which workflows call it. */
export interface Pin {
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** Full commit: organizations can require it, and a tag that moves changes nothing. */
  readonly commit: string;
  /** The tag of that commit, for people and for Dependabot. */
  readonly version: string | undefined;
}

/** What follows `uses:` for a workflow or an action. @param path inside the repository */
export function calledBy({ repository, commit, version }: Pin, path: string): string {
  return `${repository}/${path}@${commit}${version === undefined ? '' : ` # ${version}`}`;
}

/** A release as a person names it: `OWNER/REPO@REF`. */
export interface Source {
  readonly repository: string;
  readonly ref: string;
}

/** @param field for the message @throws InputError */
export function parseSource(raw: string, field: string): Source {
  const [, repository, ref] = /^([A-Za-z0-9][\w.-]*\/[\w.-]+)@([\w./-]+)$/.exec(raw) ?? [];
  if (repository !== undefined && ref !== undefined && !ref.startsWith('-') && !ref.includes('..')) {
    return { repository, ref };
  }
  throw new InputError({
    field,
    problem: 'not a release of Coxswain',
    found: raw,
    expected: 'OWNER/REPO@TAG or OWNER/REPO@COMMIT, such as acme/coxswain@v1.2.3',
  });
}

/**
 * Finds the commit of a release, and the version of that commit. A full commit is taken as it is if GitHub cannot be
 * asked for its version.
 * @param serverUrl `https://github.com`
 * @throws InputError if there is no such tag or branch, OutsideError if GitHub cannot be reached and the name is not a commit
 */
export async function findPin({ repository, ref }: Source, serverUrl: string): Promise<Pin> {
  const address = `${serverUrl}/${repository}`;
  const doing = `looking up ${repository}@${ref}`;
  const isCommit = /^[0-9a-f]{40}$/.test(ref);
  const { exitCode, stdout, stderr } = await runWithRemote(new Git('.'), ['ls-remote', '--quiet', address], {
    doing,
    seconds: remoteSeconds.short,
  });
  if (exitCode !== 0) {
    if (isCommit) return { repository, commit: ref, version: undefined };
    throw explainRemoteFailure(stderr, { doing, place: address });
  }
  const refs = new Map(stdout.split('\n').map((line) => line.split('\t').reverse() as [string, string]));
  // An annotated tag has an object of its own; ^{} is the commit.
  const commitOf = (name: string) => refs.get(`${name}^{}`) ?? refs.get(name);
  const commit = isCommit ? ref : (commitOf(`refs/tags/${ref}`) ?? commitOf(`refs/heads/${ref}`));
  if (commit === undefined) {
    throw new InputError({
      field: '--from',
      problem: `${repository} has no tag and no branch ${ref}`,
      remedy: `See ${address}/tags.`,
    });
  }
  const versions = [...refs.keys()]
    .map((name) => /^refs\/tags\/(v\d+\.\d+\.\d+[^^]*)/.exec(name)?.[1])
    .filter((tag) => tag !== undefined && commitOf(`refs/tags/${tag}`) === commit);
  return { repository, commit, version: versions[0] };
}
