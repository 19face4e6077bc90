import { z } from 'zod';
import { readConfig } from '../../project/configuration/config.ts';
import { Git } from '../../world/git/git.ts';
import type { CompletionSources } from './complete.ts';

const releasesSchema = z.looseObject({ releases: z.array(z.looseObject({ version: z.string() })) });

/** The fleets of coxswain.yaml; none if it cannot be read, because a completion cannot show errors. */
export const fleets: CompletionSources['fleets'] = async (directory) => {
  const config = await readConfig(directory).catch(() => undefined);
  return Object.keys(config?.fleets ?? {});
};

/** The versions that this clone knows: completion asks no remote. Newest first. */
export const versions: CompletionSources['versions'] = async (directory, fleet) => {
  const config = await readConfig(directory).catch(() => undefined);
  if (config === undefined) return [];
  const names = Object.keys(config.fleets).filter((name) => fleet === undefined || name === fleet);
  const git = new Git(directory);
  const lists = names.map(async (name) => {
    for (const branch of [`origin/${config.stateBranch}`, config.stateBranch]) {
      const text = await git.try(['show', `${branch}:fleets/${name}/releases.json`]).catch(() => undefined);
      const found = text === undefined ? undefined : readVersions(text);
      if (found !== undefined) return found;
    }
    return [];
  });
  return [...new Set((await Promise.all(lists)).flat())];
};

function readVersions(text: string): string[] | undefined {
  try {
    return releasesSchema
      .parse(JSON.parse(text))
      .releases.map(({ version }) => version)
      .reverse();
  } catch {
    return undefined;
  }
}
