import { InputError, OutsideError } from '../../host/errors.ts';
import { type ExecResult, exec } from '../../host/exec.ts';
import type { Git } from './git.ts';

/** A remote of a clone, as `git remote` knows it. */
export interface Remote {
  /** `origin`; git finds its addresses and credentials by this name. */
  readonly name: string;
  /** Where git fetches from, without credentials. */
  readonly url: string;
  /** `origin (https://git.example.com/acme/os.git)`: for messages. */
  readonly place: string;
}

/**
 * Finds the remote to work with.
 * @param wanted its name; `.` is the clone itself. Default: `origin`, else the only one
 * @returns undefined for the clone itself: it has no remote, or `.` is wanted
 * @throws InputError when there is no remote of that name, or nothing says which of several
 */
export async function findRemote(git: Git, wanted: string | undefined): Promise<Remote | undefined> {
  if (wanted === '.') return undefined;
  const addresses = await fetchAddresses(git);
  const names = [...addresses.keys()];
  if (wanted === undefined && names.length === 0) return undefined;
  const only = names.length === 1 ? names[0] : undefined;
  const name = wanted ?? (names.includes('origin') ? 'origin' : only);
  if (name === undefined || !names.includes(name)) {
    throw new InputError({
      where: git.directory,
      field: '--remote',
      problem: wanted === undefined ? 'several remotes, and none is named origin' : 'no such remote',
      found: wanted ?? names.join(', '),
      expected: [...names, '. (this clone alone)'].join(', '),
    });
  }
  // git says what is wrong with a remote that has none.
  const url = withoutCredentials(addresses.get(name) ?? (await git.run(['remote', 'get-url', name])));
  return { name, url, place: `${name} (${url})` };
}

/** Each remote, and where git fetches from (`NAME, tab, ADDRESS (fetch)`; in a partial clone a filter follows). */
async function fetchAddresses(git: Git): Promise<ReadonlyMap<string, string | undefined>> {
  const addresses = new Map<string, string | undefined>();
  for (const line of (await git.run(['remote', '--verbose'])).split('\n')) {
    const [name = '', rest = ''] = line.split('\t');
    const [, address] = /^(.*) \(fetch\)(?: \[[^\]]*\])?$/.exec(rest) ?? [];
    if (name !== '') addresses.set(name, addresses.get(name) ?? address);
  }
  return addresses;
}

/** Removes the user and password of an address, wherever it stands in a text. */
export function withoutCredentials(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/@\s']*@/gi, '$1');
}

/** Seconds for a command that only asks or sends a little, and for one that may move many objects. */
export const remoteSeconds = { short: 60, long: 900 } as const;

// A connection without progress is ended. No clean-up may start, because it would remove objects that no ref names yet.
const settings = [
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '45'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Runs a git command that talks to a remote. Credentials are git's own business (helpers, ssh agent, netrc); nothing
 * asks for a password on the terminal over http.
 * @param options.env added to the environment
 * @returns also for a failure: the caller decides
 * @throws OutsideError when the remote does not answer in time
 */
export async function runWithRemote(
  git: Git,
  args: readonly string[],
  options: {
    readonly doing: string;
    readonly seconds: number;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<ExecResult> {
  const { doing, seconds, env = {} } = options;
  return exec('git', ['-C', git.directory, ...settings, ...args], {
    doing,
    seconds,
    env: { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...env },
    allow: anyExit,
  });
}

const anyExit = Array.from({ length: 256 }, (_, code) => code);

/** A remote refuses, for a reason that people can fix. */
export class RemoteError extends InputError {}

/**
 * The error for a git command that failed at a remote.
 * @param text what git wrote to standard error
 * @param place of the remote, for messages
 * @returns RemoteError for what people can fix; OutsideError, which says that a re-run is safe, for the rest
 */
export function explainRemoteFailure(
  text: string,
  call: { readonly doing: string; readonly place: string },
): Error {
  const { doing, place } = call;
  const said = lastLines(withoutCredentials(text));
  const known = explanations.find(({ pattern }) => pattern.test(text));
  if (known === undefined) return new OutsideError(doing, `${place} answered: ${said}`);
  if ('isOutside' in known) return new OutsideError(doing, `${known.problem} (${said})`, known.remedy);
  return new RemoteError({
    problem: `${doing} failed: ${known.problem} (${said})`,
    remedy: known.remedy,
  });
}

const explanations = [
  {
    pattern: /Host key verification failed/i,
    problem: 'ssh does not know the host',
    remedy: 'Connect once by hand (ssh HOST), compare the key, and run this again.',
  },
  {
    pattern:
      /authentication failed|could not read (?:username|password)|terminal prompts disabled|permission denied \(|error: 40[13]\b|access denied|not allowed to push/i,
    problem: 'the remote does not accept the login, or there is none',
    remedy:
      'Log in as git does: a credential helper (git config credential.helper), an ssh key, or a token. A git fetch or git push of your own must work first.',
  },
  {
    pattern:
      /does not appear to be a git repository|repository .*not found|error: 404\b|project you were looking for/i,
    problem: 'no repository at this address, or this login may not see it',
    remedy: 'Check the address with git remote -v, and that your login may read it.',
  },
  {
    pattern: /could not resolve host|name or service not known/i,
    isOutside: true,
    problem: 'the name of the host cannot be resolved',
    remedy:
      'Check the address with git remote -v, and the network. Nothing was changed; running the same command again is safe.',
  },
] as const;

/** True for failures that may not happen again a moment later. */
export function isTransient(text: string): boolean {
  return /error: 5\d\d\b|connection (?:was )?(?:reset|closed)|early EOF|hung up unexpectedly|RPC failed|gnutls_handshake|timed out/i.test(
    text,
  );
}

function lastLines(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^hint:/.test(line));
  return lines.slice(-6).join('; ');
}
