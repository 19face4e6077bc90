import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { ConnectionError } from '../http/http-exchange.ts';

/** A failure that may not happen again a little later. */
export class TransientError extends OutsideError {
  /** What the server asked for with Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(tried: string, happened: string, options: ErrorOptions & { retryAfterSeconds?: number } = {}) {
    super(tried, happened, undefined, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A server took a request and did not answer. It costs much time, so it is tried only once more. */
export class NoAnswerError extends TransientError {}

/** The registry answered that it has no such thing. */
export class NotFoundError extends InputError {
  constructor(what: string) {
    super({
      where: what,
      problem: 'not found: the registry has no such image',
      remedy: 'Check the name, and that it was pushed.',
    });
  }
}

export function unauthorised(options: {
  readonly what: string;
  readonly host: string;
  readonly status: number;
  readonly push: boolean;
  readonly hadCredentials: boolean;
}): InputError {
  const { what, host, status, push, hadCredentials } = options;
  const verb = push ? 'push to' : 'pull from';
  return new InputError({
    where: what,
    problem: `unauthorised: ${host} answered ${status}${hadCredentials ? ' to the credentials we have for it' : ', and no credentials for it were found'}`,
    remedy: hadCredentials
      ? `Check that this account may ${verb} the repository, and that the repository exists.`
      : `Log in first: podman login ${host} (or docker login). A repository that does not exist may give the same answer.`,
  });
}

export function notARegistry(host: string, seen: string): InputError {
  return new InputError({
    where: host,
    problem: `not a registry: ${seen}`,
    remedy: 'Check the host name and the port.',
  });
}

const permanentCodes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  ERR_INVALID_URL: 'not a valid address',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed and not trusted here (NODE_EXTRA_CA_CERTS adds one)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here (NODE_EXTRA_CA_CERTS adds an authority)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is not trusted here (NODE_EXTRA_CA_CERTS adds an authority)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

const transientCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection broke',
  ETIMEDOUT: 'no answer in time',
  EAI_AGAIN: 'its name cannot be resolved',
};

/** Turns what an exchange threw into our error: the host is not reachable, or the connection broke. */
export function connectionFailure(doing: string, host: string, error: unknown): InputError | OutsideError {
  const chain = causes(error);
  // An error of the content being sent (another registry's answer, for example) is not about this host.
  for (const each of chain) if (each instanceof OutsideError || each instanceof InputError) return each;
  const codes = chain.map(codeOf);
  const proxy = chain.find((each) => each instanceof ConnectionError)?.proxy;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  const permanent = codes.find((code) => code !== undefined && code in permanentCodes);
  if (permanent !== undefined) {
    return new OutsideError(
      doing,
      `${host} is not reachable${through}: ${permanentCodes[permanent]} (${permanent})`,
      undefined,
      {
        cause: error,
      },
    );
  }
  const passing = codes.find((code) => code !== undefined && code in transientCodes);
  const told = chain.find((each) => each instanceof ConnectionError)?.reason ?? messageOf(chain.at(-1));
  const text = passing === undefined ? told : `${transientCodes[passing]} (${passing})`;
  return new TransientError(doing, `${host} is not reachable${through}: ${text}`, { cause: error });
}

/** The error, what caused it, what caused that, and what an AggregateError holds. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  const open = [error];
  while (open.length > 0 && chain.length < 20) {
    const next = open.shift();
    if (next === undefined || chain.includes(next)) continue;
    chain.push(next);
    if (next instanceof AggregateError) open.push(...next.errors);
    if (next instanceof Error) open.push(next.cause);
  }
  return chain;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
