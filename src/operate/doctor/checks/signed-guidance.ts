import { artifactReference } from '../../../release/published/fleet-artifact.ts';
import { judgeGuidance } from '../../../release/published/guidance-signature.ts';
import { formatReference } from '../../../world/registry/reference.ts';
import type { CheckOf } from '../site-check.ts';

/** The artifact of a fleet needs a signature, if the configuration says whose. */
export const guidanceSignatureCheck: CheckOf<'fleet'> = {
  name: 'guidance-signature',
  of: 'fleet',
  run: async ({ fleet }, { config, client, root }) => {
    if (config.publish.signedBy.length === 0 || !config.publish.oci) return [];
    const reference = artifactReference(config, fleet);
    const found = await client.resolve(reference);
    if (found === undefined) return [];
    const verdict = await judgeGuidance(client, { config, root }, { fleet, digest: found.digest });
    if ('signedBy' in verdict) return [];
    return [
      {
        where: formatReference(reference),
        message: `this guidance does not count: ${verdict.refused}`,
        remedy: 'Find out who wrote it. If it is right (coxswain status), coxswain publish-updates signs it.',
      },
    ];
  },
};
