import { InputError } from '../host/errors.ts';
import type { Log } from '../host/log.ts';
import type { Forge } from '../world/forge/forge.ts';
import { openGitForge } from '../world/forge/git/git-forge.ts';
import type { openGitHubForge as OpenGitHubForge } from '../world/forge/github/github-forge.ts';
import { readGitHubRun } from '../world/forge/github/run.ts';
import { Git } from '../world/git/git.ts';
import { createRegistryClient, type RegistryClient } from '../world/registry/client.ts';
import { type Config, readConfig } from './configuration/config.ts';

/** A checkout, its configuration, and the ways to the world around it. */
export interface Checkout {
  /** Top folder of the checkout. */
  readonly root: string;
  readonly config: Config;
  readonly git: Git;
  readonly forge: Forge;
  readonly client: RegistryClient;
  readonly log: Log;
}

/**
 * Opens the checkout that holds `directory`. In a workflow run its forge is GitHub, otherwise the clone itself;
 * COXSWAIN_FORGE (`github`, `git`) decides otherwise.
 * @throws InputError when it is not in a git repository, or coxswain.yaml is missing or wrong
 */
export async function openCheckout(options: {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}): Promise<Checkout> {
  const root = await new Git(options.directory).try(['rev-parse', '--show-toplevel']);
  if (root === undefined) {
    throw new InputError({
      field: '--directory',
      problem: 'not inside a git work tree',
      found: options.directory,
      remedy: 'Run this in a clone of your repository, or make one: git init, then coxswain init.',
    });
  }
  const config = await readConfig(root);
  const git = new Git(root);
  const run = readGitHubRun(options.env);
  const forge = run === undefined ? await openGitForge(root) : await openGitHub(git, run, options);
  return {
    root,
    config,
    git,
    forge,
    client: createRegistryClient({ env: options.env, log: options.log }),
    log: options.log,
  };
}

/** Loaded only when needed: GitHub's client takes a third of the whole time of a quick verb. */
async function openGitHub(...args: Parameters<typeof OpenGitHubForge>): Promise<Forge> {
  const { openGitHubForge } = await import('../world/forge/github/github-forge.ts');
  return openGitHubForge(...args);
}
