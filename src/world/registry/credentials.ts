import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError, OutsideError } from '../../host/errors.ts';
import { exec } from '../../host/exec.ts';
import { readFileIfThere } from '../../host/files.ts';
import { withoutTrailingSlashes } from '../../host/one-line.ts';
import { findTool } from '../../host/tools.ts';
import type { Repository } from './reference.ts';

export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token of OAuth 2 (`identitytoken`), to be exchanged at the token endpoint. */
  | { readonly kind: 'identity'; readonly token: string };

/** Finds the credentials for a repository; undefined means anonymous. */
export type CredentialSource = (repository: Repository) => Promise<Credentials | undefined>;

const entrySchema = z.looseObject({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const fileSchema = z.looseObject({
  auths: z.record(z.string(), entrySchema).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});
type AuthFile = z.infer<typeof fileSchema>;

/** A helper may unlock a keyring; a verb must not wait for ever. */
const defaultHelperSeconds = 30;

const helperAnswerSchema = z.looseObject({ Username: z.string(), Secret: z.string() });

/**
 * Credentials as podman, skopeo and docker keep them (containers-auth.json(5), docker's config.json): the first file
 * that knows the repository wins. If $REGISTRY_AUTH_FILE is set, only that file is read.
 */
export function credentialsFromFiles(
  env: NodeJS.ProcessEnv = process.env,
  helperSeconds = defaultHelperSeconds,
): CredentialSource {
  return async (repository) => {
    for (const path of authFiles(env)) {
      const found = await fromFile(path, repository, env, helperSeconds);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/**
 * The files that are read; the first with an entry for the repository wins. In buildah's user namespace our user id
 * is 0, so a variable has the real one.
 */
export function authFiles(env: NodeJS.ProcessEnv): string[] {
  if (set(env.REGISTRY_AUTH_FILE)) return [env.REGISTRY_AUTH_FILE];
  const home = set(env.HOME) ? env.HOME : homedir();
  const runtime = set(env.XDG_RUNTIME_DIR)
    ? env.XDG_RUNTIME_DIR
    : `/run/containers/${env._CONTAINERS_ROOTLESS_UID ?? process.getuid?.() ?? 0}`;
  return [
    set(env.XDG_RUNTIME_DIR) ? join(runtime, 'containers/auth.json') : join(runtime, 'auth.json'),
    join(set(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(home, '.config'), 'containers/auth.json'),
    join(set(env.DOCKER_CONFIG) ? env.DOCKER_CONFIG : join(home, '.docker'), 'config.json'),
  ];
}

/**
 * Reads one of these files.
 * @returns undefined if there is none. A user without a session has none in `/run/containers`, which belongs to root if
 * root used it first.
 */
export async function readAuthFile(path: string): Promise<string | undefined> {
  try {
    return await readFileIfThere(path);
  } catch (error) {
    const refused = error instanceof Error && 'code' in error && error.code === 'EACCES';
    if (refused && path.startsWith('/run/containers/')) return undefined;
    throw error;
  }
}

function set(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

async function fromFile(
  path: string,
  repository: Repository,
  env: NodeJS.ProcessEnv,
  helperSeconds: number,
): Promise<Credentials | undefined> {
  const text = await readAuthFile(path);
  if (text === undefined) {
    if (path !== env.REGISTRY_AUTH_FILE) return undefined;
    throw new InputError({
      field: 'REGISTRY_AUTH_FILE',
      problem: 'this file does not exist',
      found: path,
      remedy: `Log in (podman login ${repository.registry}) or unset the variable.`,
    });
  }
  const file = parseAuthFile(text, path);
  const host = repository.registry;
  const helper = Object.entries(file.credHelpers ?? {}).find(([key]) => canonicalHost(key) === host)?.[1];
  if (helper !== undefined) return askHelper({ helper, server: serverName(host), path, env, helperSeconds });
  const entry = bestEntry(file.auths ?? {}, repository);
  const credentials = entry === undefined ? undefined : readEntry(entry.value, path, entry.key);
  if (credentials !== undefined) return credentials;
  if (!set(file.credsStore)) return undefined;
  return askHelper({ helper: file.credsStore, server: serverName(host), path, env, helperSeconds });
}

// These errors never quote the file: it holds secrets.
function parseAuthFile(text: string, path: string): AuthFile {
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    throw new InputError({ where: path, problem: 'this file of registry credentials is not JSON' });
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError({
    where: path,
    field: parsed.error.issues[0]?.path.join('.') ?? '',
    problem: 'this file of registry credentials has an unexpected shape',
  });
}

/**
 * The entry whose key names the repository most closely: `host/team/os` before `host/team` before `host`. Whole
 * segments only: credentials of `host/team` are not for `host/team-b`, nor those of `quay.io` for `quay.io.evil.example`.
 */
function bestEntry<T>(
  entries: Readonly<Record<string, T>>,
  repository: Repository,
): { key: string; value: T } | undefined {
  const wanted = [repository.registry, ...repository.path.split('/')];
  let best: { key: string; value: T; length: number } | undefined;
  for (const [key, value] of Object.entries(entries)) {
    const segments = keySegments(key);
    const fits = segments.length <= wanted.length && segments.every((segment, at) => segment === wanted[at]);
    if (fits && segments.length > (best?.length ?? 0)) best = { key, value, length: segments.length };
  }
  return best;
}

function keySegments(key: string): string[] {
  const bare = withoutTrailingSlashes(key.replace(/^https?:\/\//, ''));
  const [host = '', ...path] = bare.split('/');
  // docker writes whole URLs (https://index.docker.io/v1/): then only the host counts.
  const isUrl = bare.length !== withoutTrailingSlashes(key).length || /^v[12]$/.test(path.join('/'));
  return [canonicalHost(host), ...(isUrl ? [] : path)];
}

function canonicalHost(key: string): string {
  const host = (key.replace(/^https?:\/\//, '').split('/')[0] as string).toLowerCase();
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

/** The name under which docker stores Docker Hub in credential helpers. */
function serverName(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
}

function readEntry(entry: z.infer<typeof entrySchema>, path: string, key: string): Credentials | undefined {
  if (set(entry.identitytoken)) return { kind: 'identity', token: entry.identitytoken };
  if (set(entry.username) && set(entry.password)) {
    return { kind: 'password', username: entry.username, password: entry.password };
  }
  if (!set(entry.auth)) return undefined;
  const decoded = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon <= 0) {
    throw new InputError({
      where: path,
      field: `auths.${key}.auth`,
      problem: 'not a name and password in base64',
      remedy: `Log in again: podman login ${key}`,
    });
  }
  // Some versions of docker padded the password with NULs.
  const password = decoded.slice(colon + 1).replace(/\0+$/, '');
  return { kind: 'password', username: decoded.slice(0, colon), password };
}

async function askHelper(options: {
  readonly helper: string;
  readonly server: string;
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  readonly helperSeconds: number;
}): Promise<Credentials | undefined> {
  const { helper, server, path } = options;
  const program = `docker-credential-${helper}`;
  if (!/^[A-Za-z0-9._-]+$/.test(helper) || findTool(program) === undefined) {
    throw new InputError({
      where: path,
      problem: `the credential helper ${JSON.stringify(program)} is not installed`,
      remedy: `It keeps the credentials of ${server}: install it, or remove it from that file.`,
    });
  }
  const env = Object.fromEntries(
    Object.entries(options.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const result = await exec(program, ['get'], {
    input: server,
    env,
    allow: [0, 1],
    doing: `asking ${program} for the credentials of ${server}`,
    seconds: options.helperSeconds,
  });
  if (result.exitCode === 1) {
    // The protocol has no other sign for "nothing stored" (docker-credential-helpers, credentials/error.go).
    if (/credentials not found/i.test(result.stdout + result.stderr)) return undefined;
    throw new OutsideError(`asking ${program} for the credentials of ${server}`, 'exit code 1');
  }
  const parsed = helperAnswerSchema.safeParse(jsonOrUndefined(result.stdout));
  if (!parsed.success) {
    throw new OutsideError(
      `asking ${program} for the credentials of ${server}`,
      'its answer is not readable',
    );
  }
  const { Username: username, Secret: secret } = parsed.data;
  if (username === '<token>') return { kind: 'identity', token: secret };
  return username === '' ? undefined : { kind: 'password', username, password: secret };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
