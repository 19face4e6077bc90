import { type Config, readConfig } from '../config/config.ts';
import type { Forge } from '../forge/forge.ts';
import { openGitForge } from '../forge/git-forge.ts';
import type { openGitHubForge as OpenGitHubForge } from '../forge/github-forge.ts';
import { readGitHubRun } from '../forge/github-run.ts';
import { InputError } from '../host/errors.ts';
import { Git } from '../host/git.ts';
import type { Log } from '../host/log.ts';
import { createRegistryClient, type RegistryClient } from '../registry/client.ts';
import { openState, type State } from '../state/state.ts';

/** What a verb works on: a checkout, its configuration, and the ways to the world around it. */
export interface Project {
  /** Top folder of the checkout. */
  readonly root: string;
  readonly config: Config;
  readonly git: Git;
  readonly forge: Forge;
  readonly state: State;
  readonly client: RegistryClient;
}

/**
 * Opens the checkout that holds `directory`. In a workflow run its forge is GitHub, otherwise the clone itself;
 * COXSWAIN_FORGE (`github`, `git`) decides otherwise.
 * @throws InputError when it is not in a git repository, or coxswain.yaml is missing or wrong
 */
export async function openProject(options: {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}): Promise<Project> {
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
    state: openState(forge.branches, config),
    client: createRegistryClient({ env: options.env, log: options.log }),
  };
}

/** Loaded only where it is used: GitHub's client takes a third of the time that a quick verb takes in all. */
async function openGitHub(...args: Parameters<typeof OpenGitHubForge>): Promise<Forge> {
  const { openGitHubForge } = await import('../forge/github-forge.ts');
  return openGitHubForge(...args);
}
