import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../../host/exec.ts';
import { findTool } from '../../../host/tools.ts';
import type { Remote } from '../../git/remote.ts';
import type { GitHubRun } from './run.ts';

/** A repository on github.com, on GitHub Enterprise Server or on a ghe.com host. */
export type GitHubPlace = Pick<GitHubRun, 'apiUrl' | 'serverUrl' | 'repository'> & { readonly host: string };

/**
 * The repository on GitHub that a remote's address names: https, ssh, or `git@HOST:OWNER/NAME`.
 * A host is GitHub's if it is github.com, a name beneath ghe.com, or one that GH_HOST, GITHUB_SERVER_URL or the
 * configuration of the program gh names.
 * @returns undefined for any other remote
 */
export async function gitHubOf({ url }: Remote, env: NodeJS.ProcessEnv): Promise<GitHubPlace | undefined> {
  const found = addressPattern.exec(url)?.groups;
  const host = found?.host ?? found?.scpHost;
  const repository = found?.repository;
  if (host === undefined || repository === undefined) return undefined;
  const name = host.toLowerCase().replace(/^ssh\.(?=github\.com$)/, '');
  if (name === 'github.com')
    return { host: name, repository, serverUrl: 'https://github.com', apiUrl: 'https://api.github.com' };
  const serverUrl = `https://${name}`;
  if (name.endsWith('.ghe.com')) return { host: name, repository, serverUrl, apiUrl: `https://api.${name}` };
  const known = [env.GH_HOST, hostOf(env.GITHUB_SERVER_URL)].includes(name) || (await ghKnows(name, env));
  return known ? { host: name, repository, serverUrl, apiUrl: `${serverUrl}/api/v3` } : undefined;
}

/** `https://HOST/OWNER/NAME.git`, `ssh://git@HOST:22/OWNER/NAME`, `git@HOST:OWNER/NAME`. */
const addressPattern =
  /^(?:(?:https?|ssh|git):\/\/(?:[^@/]*@)?(?<host>[^/:]+)(?::\d+)?\/|(?:[^@/:]+@)?(?<scpHost>[^/:]+):)(?<repository>[\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/;

/**
 * A token for a host of GitHub, as the program gh finds one: from the environment, then from its own login.
 * A token in the environment goes to the host that it is meant for, and to no other.
 * (https://cli.github.com/manual/gh_help_environment)
 */
export async function findToken(host: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const ofServer = hostOf(env.GITHUB_SERVER_URL) === host ? env.GITHUB_TOKEN : undefined;
  const given =
    host === 'github.com' || host.endsWith('.ghe.com')
      ? [env.GH_TOKEN, hostOf(env.GITHUB_SERVER_URL) === undefined ? env.GITHUB_TOKEN : ofServer]
      : [env.GH_ENTERPRISE_TOKEN, env.GITHUB_ENTERPRISE_TOKEN, ofServer];
  const token = given.find((each) => each !== undefined && each !== '');
  if (token !== undefined || findTool('gh') === undefined) return token;
  const { exitCode, stdout } = await exec('gh', ['auth', 'token', '--hostname', host], {
    doing: 'asking gh for a token',
    seconds: ghSeconds,
    allow: [0, 1, 2, 4],
  });
  return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** gh may ask a keyring, which may ask a person. */
const ghSeconds = 30;

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Whether the program gh has a login for a host. */
async function ghKnows(host: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const config = env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), '.config');
  const folder = env.GH_CONFIG_DIR ?? join(config, 'gh');
  const hosts = await readFile(join(folder, 'hosts.yml'), 'utf8').catch(() => '');
  return hosts.split('\n').some((line) => line.trimEnd() === `${host}:`);
}
