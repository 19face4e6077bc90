import { imageTimestamp } from '../../../world/registry/image.ts';
import type { CheckOf, Problem } from '../site-check.ts';

/** An image in a graph that no release names would be deleted by prune-images. */
export const retentionCheck: CheckOf<'image'> = {
  name: 'retention',
  of: 'image',
  run: ({ node, where, kept }) =>
    kept
      ? []
      : [
          {
            where,
            message: `no release in releases.json has ${node.payload.slice(node.payload.indexOf('@') + 1)}: prune-images would delete it`,
            remedy: 'Run coxswain publish-updates: it makes graph and release index together.',
          },
        ],
};

/** A node reports the digest of its architecture's manifest, so the payload must have that digest. */
export const indexPayloadCheck: CheckOf<'image'> = {
  name: 'payload',
  of: 'image',
  run: ({ image, basearch, where }) =>
    image?.index === undefined
      ? []
      : [
          {
            where,
            message: `the payload is an index, and nodes report the digest of the image for ${basearch}`,
            remedy: `Put ${image.manifest.descriptor.digest} in releases.json on the state branch.`,
          },
        ],
};

/** After an update, a node looks for itself by the labels of its image. */
export const labelsCheck: CheckOf<'image'> = {
  name: 'version-label',
  of: 'image',
  run: ({ image, node, where, target }, { config }) => {
    if (image === undefined) return [];
    const labels = [
      ['version-label', 'org.opencontainers.image.version', node.version],
      ['stream-label', 'com.coreos.stream', config.stream],
    ] as const;
    return labels.flatMap(([check, label, expected]): Problem[] => {
      const found = image.config.labels[label];
      if (found === expected) return [];
      // import-release names further builds of a version like this. Nodes on them find themselves by the digest.
      if (!target && expected.replace(/-[0-9a-f]{8}$/, '') === found) return [];
      return [
        {
          check,
          where,
          message: `label ${label} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(expected)}: a node that updates to it does not find itself`,
          remedy: 'Withdraw the release (coxswain edit-updates), and build again with coxswain build-image.',
        },
      ];
    });
  },
};

/** rpm-ostree refuses an update to an image that is not newer. */
export const createdCheck: CheckOf<'images'> = {
  name: 'created',
  of: 'images',
  run: ({ images }) => {
    const problems: Problem[] = [];
    let before: { readonly version: string; readonly created: number } | undefined;
    for (const { image, node, where } of images) {
      if (image === undefined) continue;
      const created = imageTimestamp(image);
      if (created === undefined || (before !== undefined && created <= before.created)) {
        problems.push({
          where,
          message:
            created === undefined
              ? 'the image has no time of creation'
              : `created at ${new Date(created * 1000).toISOString()}, not after ${before?.version}: rpm-ostree refuses it as a downgrade`,
          remedy: 'Withdraw the release (coxswain edit-updates), and promote a newer commit.',
        });
      }
      if (created !== undefined) before = { version: node.version, created };
    }
    return problems;
  },
};
