import type { z } from 'zod';
import type { Config } from '../../../project/configuration/config.ts';
import type { GitHubRepository } from '../../../world/forge/github/open-repository.ts';

/** A problem with a setting, or a setting that could not be checked. */
export interface SettingFinding {
  /** `unknown`: the token may not read it, which is never treated as correct. */
  readonly severity: 'error' | 'warning' | 'unknown';
  readonly check: string;
  /** The page on which people change it. */
  readonly where: string;
  readonly message: string;
  readonly remedy: string;
}

/** The input of the checks. */
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
  /** The address of a settings page, relative to the repository's. */
  link(path: string): string;
}

export type Found = Omit<SettingFinding, 'check'>;

/** One setting that the suite depends on. */
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
