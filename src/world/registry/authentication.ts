import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { OutsideError } from '../../host/errors.ts';
import { isLoopback } from '../loopback.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { formatRepository, type Repository } from './reference.ts';
import { unauthorised } from './registry-failures.ts';
import type { Scrubber } from './secrets.ts';

/** What a request does, and with which repositories. */
export interface Purpose {
  readonly repository: Repository;
  readonly push: boolean;
  /** The request deletes. CNCF distribution has a separate right for that. */
  readonly remove?: boolean;
  /** A second repository that is only read: the source of a mount. */
  readonly alsoPull?: Repository;
}

export interface Authentication {
  /** The Authorization header for a request; undefined until the registry asks for one. */
  header(purpose: Purpose, registryUrl: URL): Promise<string | undefined>;
  /**
   * Learns from a 401 answer of the registry itself.
   * @returns true if it is worth sending the request again
   */
  challenged(purpose: Purpose, challengeHeader: string | null, sent: string | undefined): boolean;
  hasCredentials(repository: Repository): Promise<boolean>;
}

/** Asks a token endpoint; counts, classifies and retries like any request. */
export type TokenFetch = (request: {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly form?: URLSearchParams;
  readonly doing: string;
}) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

const tokenSchema = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

interface CachedToken {
  readonly token: string;
  readonly expires: number;
}

// The token specification of CNCF distribution says 60 seconds if the answer has no lifetime.
const defaultTokenSeconds = 60;
const tokenMarginSeconds = 10;

/** Basic and Bearer (CNCF distribution, spec/auth/token and spec/auth/oauth). Remembers the scheme per host and tokens per scope. */
export function createAuthentication(options: {
  readonly credentials: CredentialSource;
  readonly fetchToken: TokenFetch;
  readonly scrubber: Scrubber;
}): Authentication {
  const learnt = new Map<string, Challenge>();
  const tokens = new Map<string, Promise<CachedToken>>();
  const known = new Map<string, Promise<Credentials | undefined>>();

  function credentialsFor(repository: Repository): Promise<Credentials | undefined> {
    const key = formatRepository(repository);
    let found = known.get(key);
    if (found === undefined) {
      found = options.credentials(repository).then((credentials) => {
        if (credentials?.kind === 'password') {
          options.scrubber.add(credentials.password);
          options.scrubber.add(basic(credentials).slice('Basic '.length));
        } else if (credentials !== undefined) {
          options.scrubber.add(credentials.token);
        }
        return credentials;
      });
      known.set(key, found);
    }
    return found;
  }

  async function token(purpose: Purpose, challenge: Challenge, registryUrl: URL): Promise<string> {
    const key = tokenKey(purpose);
    let cached = tokens.get(key);
    if (cached !== undefined && (await cached).expires <= Date.now()) cached = undefined;
    if (cached === undefined) {
      cached = requestToken(purpose, challenge, registryUrl);
      tokens.set(key, cached);
      cached.catch(() => tokens.delete(key));
    }
    return (await cached).token;
  }

  async function requestToken(
    purpose: Purpose,
    challenge: Challenge,
    registryUrl: URL,
  ): Promise<CachedToken> {
    const { repository } = purpose;
    const what = formatRepository(repository);
    const doing = `logging in to ${repository.registry}`;
    const url = realmOf(challenge, registryUrl, doing);
    const { service } = challenge.parameters;
    const credentials = await credentialsFor(repository);
    const headers: Record<string, string> = { accept: 'application/json' };
    let form: URLSearchParams | undefined;
    if (credentials?.kind === 'identity') {
      form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: credentials.token,
        client_id: 'coxswain',
        scope: scopesOf(purpose).join(' '),
        ...defined({ service }),
      });
    } else {
      if (service !== undefined) url.searchParams.set('service', service);
      for (const scope of scopesOf(purpose)) url.searchParams.append('scope', scope);
      if (credentials !== undefined) headers.authorization = basic(credentials);
    }
    const answer = await options.fetchToken({ url, headers, doing, ...defined({ form }) });
    if (answer.status !== 200) {
      throw unauthorised({
        what,
        host: url.host,
        status: answer.status,
        push: purpose.push,
        hadCredentials: credentials !== undefined,
      });
    }
    const parsed = tokenSchema.safeParse(jsonOrUndefined(answer.body));
    const text = parsed.success ? (parsed.data.token ?? parsed.data.access_token) : undefined;
    if (text === undefined || text === '') {
      throw new OutsideError(doing, `the token endpoint at ${url.host} answered without a token`);
    }
    options.scrubber.add(text);
    const seconds = (parsed.data?.expires_in ?? defaultTokenSeconds) - tokenMarginSeconds;
    return { token: text, expires: Date.now() + Math.max(seconds, 1) * 1000 };
  }

  return {
    header: async (purpose, registryUrl) => {
      const challenge = learnt.get(purpose.repository.registry);
      if (challenge === undefined) return undefined;
      if (challenge.scheme === 'bearer') return `Bearer ${await token(purpose, challenge, registryUrl)}`;
      const credentials = await credentialsFor(purpose.repository);
      return credentials?.kind === 'password' ? basic(credentials) : undefined;
    },
    challenged: (purpose, challengeHeader, sent) => {
      const challenges = parseChallenges(challengeHeader ?? '');
      const challenge =
        challenges.find((each) => each.scheme === 'bearer' && each.parameters.realm !== undefined) ??
        challenges.find((each) => each.scheme === 'basic');
      if (challenge === undefined) return false;
      learnt.set(purpose.repository.registry, challenge);
      // A refused token may have been revoked or have expired early: get a new one.
      if (sent?.startsWith('Bearer ')) tokens.delete(tokenKey(purpose));
      return challenge.scheme === 'bearer' || !sent?.startsWith('Basic ');
    },
    hasCredentials: async (repository) => (await credentialsFor(repository)) !== undefined,
  };
}

function scopesOf(purpose: Purpose): string[] {
  const scopes = [`repository:${purpose.repository.path}:${actionsOf(purpose)}`];
  if (purpose.alsoPull !== undefined && purpose.alsoPull.path !== purpose.repository.path) {
    scopes.push(`repository:${purpose.alsoPull.path}:pull`);
  }
  return scopes;
}

function actionsOf({ push, remove }: Purpose): string {
  return ['pull', ...(push ? ['push'] : []), ...(remove === true ? ['delete'] : [])].join(',');
}

function tokenKey(purpose: Purpose): string {
  return [purpose.repository.registry, ...scopesOf(purpose)].join(' ');
}

function basic(credentials: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/** The token endpoint. It receives the password, so its connection must not be weaker than the registry's. */
function realmOf(challenge: Challenge, registryUrl: URL, doing: string): URL {
  const realm = challenge.parameters.realm ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const safe =
    url !== undefined &&
    url.username === '' &&
    url.password === '' &&
    (url.protocol === 'https:' ||
      (url.protocol === 'http:' && registryUrl.protocol === 'http:' && isLoopback(url)));
  if (!safe) {
    throw new OutsideError(
      doing,
      `${registryUrl.host} names a token endpoint that is not https, or holds a user name (${JSON.stringify(withoutUser(url, realm))})`,
      'Nothing was sent there.',
    );
  }
  return url;
}

function withoutUser(url: URL | undefined, realm: string): string {
  if (url === undefined || (url.username === '' && url.password === '')) return realm;
  return `${url.protocol}//…@${url.host}${url.pathname}`;
}

function jsonOrUndefined(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
