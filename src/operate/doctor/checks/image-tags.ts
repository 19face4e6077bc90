import { isIndex } from '../../../world/registry/manifest.ts';
import { atTag, formatReference } from '../../../world/registry/reference.ts';
import type { CheckOf } from '../site-check.ts';

/** Registries delete what has no tag: quay.io does within the hour. */
export const versionTagCheck: CheckOf<'image'> = {
  name: 'version-tag',
  of: 'image',
  run: async ({ image, node, fleet, where }, { config, client }) => {
    if (image === undefined) return [];
    const { digest } = image.manifest.descriptor;
    const tag = atTag(config.image, node.version);
    const tagged = await client.findManifest(tag);
    if (tagged === undefined) {
      return [
        {
          where,
          message: `no tag ${formatReference(tag)}: a registry may delete an image without a tag`,
          remedy: `Run coxswain promote-image --fleet ${fleet} with the commit of the release, or set the tag on the digest.`,
        },
      ];
    }
    const covers =
      tagged.descriptor.digest === digest ||
      (isIndex(tagged.json) && tagged.json.manifests.some((each) => each.digest === digest));
    if (covers) return [];
    return [
      {
        where,
        message: `tag ${formatReference(tag)} leads to ${tagged.descriptor.digest}, not to ${digest}: a version tag is never re-pointed`,
        remedy: 'Find out who writes to production besides Coxswain, and set the tag back.',
      },
    ];
  },
};

/** All layers of the newest release must exist: nodes are about to pull it. */
export const layersCheck: CheckOf<'image'> = {
  name: 'unservable',
  of: 'image',
  run: async ({ image, current, fleet, where }, { config, client }) => {
    if (image === undefined || !current) return [];
    const { layers } = image.manifest.json;
    const found = await Promise.all(layers.map(({ digest }) => client.hasBlob(config.image, digest)));
    const missing = layers.filter((_, index) => !found[index]);
    if (missing.length === 0) return [];
    return [
      {
        where,
        message: `production lacks ${missing.length} of its ${layers.length} layers: ${missing[0]?.digest}`,
        remedy: `Pause the rollout (coxswain edit-updates). While the test registry has the image, delete it from production and run coxswain promote-image --fleet ${fleet}.`,
      },
    ];
  },
};
