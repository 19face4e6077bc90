import { existsSync } from 'node:fs';
import { InputError } from '../host/errors.ts';
import type { Log } from '../host/log.ts';
import type { Forge } from '../world/forge/forge.ts';
import { openForge } from '../world/forge/open-forge.ts';
import { Git } from '../world/git/git.ts';
import { createRegistryClient, type RegistryClient } from '../world/registry/client.ts';
import { type Config, readConfig } from './configuration/config.ts';

/** A checkout, its configuration, and its forge. */
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
 * Opens the checkout that holds `directory`, and its forge: see openForge.
 * @throws InputError when it is not in a git repository, coxswain.yaml is missing or wrong, or the forge is unclear
 */
export async function openCheckout(options: {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}): Promise<Checkout> {
  const root = await findRoot(options.directory);
  const config = await readConfig(root);
  const git = new Git(root);
  const forge = await openForge(git, options);
  return {
    root,
    config,
    git,
    forge,
    client: createRegistryClient({ env: options.env, log: options.log }),
    log: options.log,
  };
}

/** Top folder of the checkout that holds a directory. @throws InputError outside a git repository */
export async function findRoot(directory: string): Promise<string> {
  const root = await new Git(directory).try(['rev-parse', '--show-toplevel']);
  if (root !== undefined) return root;
  throw new InputError({
    field: '--directory',
    problem: existsSync(directory) ? 'not inside a git work tree' : 'this folder does not exist',
    found: directory,
    remedy: 'Run this in a clone of your repository, or make one: git init, then coxswain init.',
  });
}
