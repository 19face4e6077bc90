import type { z } from 'zod';
import type { Config } from '../../../project/configuration/config.ts';
import type { GitHubRepository } from '../../../world/forge/github/open-repository.ts';

/** What is wrong with a setting, or could not be looked at. */
export interface SettingFinding {
  /** `unknown`: the token may not read it. That is never "fine". */
  readonly severity: 'error' | 'warning' | 'unknown';
  readonly check: string;
  /** The page on which people change it. */
  readonly where: string;
  readonly message: string;
  readonly remedy: string;
}

/** What the checks look at. */
export interface GitHubChecked extends GitHubRepository {
  readonly config: Config;
  readonly defaultBranch: string;
  /** False: everyone can read the repository. */
  readonly isPrivate: boolean;
  readonly mergeCommits: boolean;
  /** Names of the repository's secrets; undefined if the token may not read them. */
  readonly secrets: readonly string[] | undefined;
  /**
   * Reads a setting.
   * @returns undefined if GitHub says that there is none
   * @throws Unreadable if the token may not read it
   */
  read<T>(
    what: string,
    route: string,
    schema: z.ZodType<T>,
    params?: Record<string, unknown>,
  ): Promise<T | undefined>;
  /** What a page with settings is called in an address, beneath the repository's. */
  link(path: string): string;
}

export type Found = Omit<SettingFinding, 'check'>;

/** One thing that the suite depends on. */
export interface SettingCheck {
  readonly name: string;
  run(checked: GitHubChecked): Promise<readonly Found[]>;
}

/** A setting that this token may not read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export function error(where: string, message: string, remedy: string): Found {
  return { severity: 'error', where, message, remedy };
}

export function warning(where: string, message: string, remedy: string): Found {
  return { severity: 'warning', where, message, remedy };
}
