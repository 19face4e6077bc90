import { tryTo } from '../../../guidance/lint/lint-finding.ts';
import { parseOperations } from '../../../guidance/operations.ts';
import { defined } from '../../../host/defined.ts';
import { digestsOf } from '../../../release/needed-images.ts';
import { fleetFolder } from '../../../release/state/fleet-files.ts';
import { parseRecord } from '../../../release/state/release-record.ts';
import { planTags } from '../../../release/tags.ts';
import { atTag, formatReference } from '../../../world/registry/reference.ts';
import type { CheckOf, FleetSubject, Problem } from '../site-check.ts';

/** Tags that people and new nodes follow must not point at a withdrawn release. */
export const floatingTagsCheck: CheckOf<'fleet'> = {
  name: 'floating-tag',
  of: 'fleet',
  run: async (subject, { config, client }) => {
    const fleet = config.fleets[subject.fleet];
    if (fleet === undefined) return [];
    const problems: Problem[] = [];
    for (const { version, baseVersion } of withdrawnReleases(subject)) {
      const digests = digestsOf(subject, new Set([version]));
      const release = { version, ...defined({ baseVersion }) };
      const floating = planTags(config, fleet, release, 'promote-image').filter(
        ({ rule }) => rule !== 'fixed',
      );
      for (const { tag } of floating) {
        const reference = atTag(config.image, tag);
        const found = await client.resolve(reference);
        if (found === undefined || !digests.has(found.digest)) continue;
        problems.push({
          where: formatReference(reference),
          message: `leads to ${version}, which was withdrawn from fleet ${subject.fleet}: everyone who installs by this tag gets it`,
          remedy: `Withdraw it again, which moves the tags to the last good release: coxswain edit-updates --fleet ${subject.fleet} --action withdraw --version ${version} --reason ….`,
        });
      }
    }
    return problems;
  },
};

interface Withdrawn {
  readonly version: string;
  readonly baseVersion: string | undefined;
}

/** Only the artifact says what was withdrawn: a site has the documents that nodes need. */
function withdrawnReleases({ fleet, withState }: FleetSubject): Withdrawn[] {
  const folder = fleetFolder(fleet);
  const read = <T>(path: string, parse: (text: string, where: string) => T): T | undefined => {
    const text = withState?.texts.get(path);
    return text === undefined ? undefined : tryTo('state', path, () => parse(text, path)).value;
  };
  const withdrawn = read(`${folder}/operations.json`, parseOperations)?.withdrawn ?? [];
  return withdrawn.map(({ version }) => ({
    version,
    baseVersion: read(`${folder}/records/${version}.json`, parseRecord)?.baseVersion,
  }));
}
