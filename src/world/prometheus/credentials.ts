import { InputError } from '../../host/errors.ts';

/** What a Prometheus server wants to know, and the only origin that is told. */
export interface PrometheusCredentials {
  /** `https://prometheus.example.com` */
  readonly origin: string;
  /** Value of the header Authorization. */
  readonly authorization: string;
}

const variables = {
  origin: 'COXSWAIN_PROMETHEUS_ORIGIN',
  token: 'COXSWAIN_PROMETHEUS_TOKEN',
  username: 'COXSWAIN_PROMETHEUS_USERNAME',
  password: 'COXSWAIN_PROMETHEUS_PASSWORD',
} as const;

/**
 * Credentials from the environment: a token, or a name and a password, and the origin that they are for. The origin is
 * not taken from coxswain.yaml, so that a changed file cannot send a secret elsewhere.
 * @returns undefined if there are none
 * @throws InputError for half of them, and for an origin that is reached without encryption
 */
export function readPrometheusCredentials(env: NodeJS.ProcessEnv): PrometheusCredentials | undefined {
  const [token, username, password] = (['token', 'username', 'password'] as const).map(
    (name) => env[variables[name]] || undefined,
  );
  if (token === undefined && username === undefined && password === undefined) return undefined;
  const origin = readOrigin(env[variables.origin] ?? '');
  if (token !== undefined) {
    if (/[^\x21-\x7e]/.test(token)) throw unusable(variables.token);
    return { origin, authorization: `Bearer ${token}` };
  }
  if (username === undefined || password === undefined) {
    throw new InputError({
      field: username === undefined ? variables.username : variables.password,
      problem: 'a name and a password belong together, and one of them is missing',
      expected: `${variables.username} and ${variables.password}, or ${variables.token}`,
    });
  }
  if (username.includes(':')) throw unusable(variables.username);
  return { origin, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InputError({
      field: variables.origin,
      problem: 'there are credentials for Prometheus, and it is not said which server may get them',
      found: text === '' ? 'nothing' : text,
      expected: 'its origin, such as https://prometheus.example.com',
    });
  }
  const loopback = /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname);
  if (url.protocol === 'https:' || loopback) return url.origin;
  throw new InputError({
    field: variables.origin,
    problem: 'credentials must not travel unencrypted',
    found: url.origin,
    expected: 'https://…',
  });
}

// The value is a secret, so the error does not repeat it.
function unusable(field: string): InputError {
  return new InputError({ field, problem: 'this value cannot be sent', expected: 'one line of ASCII' });
}
