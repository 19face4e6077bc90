import { trustOf } from '../../../release/attestations/trust.ts';
import { findAcceptance } from '../../../release/evidence/acceptance.ts';
import { findEvidence, newestOf } from '../../../release/evidence/store.ts';
import { isIndex } from '../../../world/registry/manifest.ts';
import { atTag, type Digest } from '../../../world/registry/reference.ts';
import type { CheckOf } from '../site-check.ts';

/** The newest release must have evidence of a passed test, or an accepted exception, in production. */
export const evidenceCheck: CheckOf<'image'> = {
  name: 'evidence',
  of: 'image',
  run: async ({ image, current, fleet, basearch, where }, { config, client, root }) => {
    if (image === undefined || !current) return [];
    const subjects: Digest[] = [image.manifest.descriptor.digest];
    const tagged = await client.findManifest(
      atTag(config.image, image.config.labels['org.opencontainers.image.version'] ?? '-'),
    );
    if (tagged !== undefined && isIndex(tagged.json)) subjects.push(tagged.descriptor.digest);
    const trust = trustOf({ config, root });
    const all = [];
    for (const subject of subjects) all.push(...(await findEvidence(client, config.image, subject, trust)));
    const newest = newestOf(all.filter(({ evidence }) => evidence.architecture === basearch));
    if (newest?.evidence.result === 'PASSED') return [];
    if (newest !== undefined) {
      return [
        {
          where,
          message: 'its newest evidence is of a failed test',
          remedy: 'Withdraw the release (coxswain edit-updates), or test it again.',
        },
      ];
    }
    if ((await findAcceptance(client, config.image, { subjects, fleet }, trust)) !== undefined) return [];
    return [
      {
        where,
        message: 'no evidence beside the image in production',
        remedy: `Run coxswain promote-image --fleet ${fleet} again: it copies the evidence too.`,
      },
    ];
  },
};
