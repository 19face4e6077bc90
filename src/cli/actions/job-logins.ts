import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError } from '../../host/errors.ts';
import { readAuthFile } from '../../world/registry/credentials.ts';
import { formatRepository, type Repository } from '../../world/registry/reference.ts';

/** Name and password for a repository. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The credentials that a job's steps were given. */
export interface GivenLogins {
  readonly image: Repository;
  readonly testImage: Repository;
  readonly imageLogin?: Login;
  readonly testLogin?: Login;
  /** Token of the workflow run, for GitHub's own registry. */
  readonly actor?: Login;
}

export interface ChosenLogin {
  readonly repository: Repository;
  readonly login: Login;
}

/** GitHub's registry, which accepts the token of a workflow run. */
const githubRegistry = 'ghcr.io';

/** The credentials for each repository: the given ones, else the run's own token for GitHub's registry, else none. */
export function chooseLogins(given: GivenLogins): ChosenLogin[] {
  const { image, testImage, imageLogin, actor } = given;
  const sameRegistry = image.registry === testImage.registry;
  const testLogin = given.testLogin ?? (sameRegistry ? imageLogin : undefined);
  return [
    { repository: image, login: imageLogin ?? ownLogin(image, actor) },
    { repository: testImage, login: testLogin ?? ownLogin(testImage, actor) },
  ].filter((each): each is ChosenLogin => each.login !== undefined);
}

function ownLogin({ registry }: Repository, actor: Login | undefined): Login | undefined {
  return registry === githubRegistry ? actor : undefined;
}

const fileSchema = z.looseObject({ auths: z.record(z.string(), z.unknown()).optional() });

/**
 * Adds logins to a file of registry credentials (containers-auth.json(5)) that only this user can read. Each is for its
 * repository alone: no other path of the same registry gets it.
 * @param path a file that does not exist yet
 * @param before files whose logins are copied, because from now on only the new file is read
 */
export async function writeLogins(
  path: string,
  logins: readonly ChosenLogin[],
  before: readonly string[],
): Promise<void> {
  const auths: Record<string, unknown> = {};
  for (const file of before) {
    for (const [key, value] of Object.entries(await readAuths(file))) auths[key] ??= value;
  }
  for (const { repository, login } of logins) {
    const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    auths[formatRepository(repository)] = { auth };
  }
  await writeFile(path, `${JSON.stringify({ auths })}\n`, { mode: 0o600 });
}

async function readAuths(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readAuthFile(file);
  if (text === undefined || text.trim() === '') return {};
  try {
    return fileSchema.parse(JSON.parse(text)).auths ?? {};
  } catch {
    throw new InputError({ where: file, problem: 'this file of registry credentials is not readable' });
  }
}
