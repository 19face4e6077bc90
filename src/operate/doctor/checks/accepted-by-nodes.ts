import { askFleetPolicy } from '../../../release/signatures/node-verdict.ts';
import { parseReference } from '../../../world/registry/reference.ts';
import type { CheckOf } from '../site-check.ts';

/** Nodes of a fleet that signs must accept every image that its graphs name, by the policy that they have. */
export const nodePolicyCheck: CheckOf<'image'> = {
  name: 'node-policy',
  of: 'image',
  run: async ({ node, fleet: name, where, target, current }, { config, client, root, now }) => {
    const fleet = config.fleets[name];
    const image = parseReference(node.payload);
    if (fleet === undefined || fleet.signing.length === 0 || image.kind !== 'digest') return [];
    const verdict = await askFleetPolicy({ client, config, root }, { fleet, image, now });
    if (verdict.accepted) return [];
    const needed = target || current;
    return [
      {
        severity: needed ? 'error' : 'warning',
        where,
        message: `nodes with the policy of ${name} refuse this image: ${verdict.reason}${needed ? '' : '; nodes on it still get updates, but none can go back to it'}`,
        remedy: `Run coxswain sign-image --fleet ${name}, if the image was promoted to this fleet.`,
      },
    ];
  },
};
