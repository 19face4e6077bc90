import { atTag, formatReference } from '../../../world/registry/reference.ts';
import type { CheckOf } from '../site-check.ts';

/** Zincati rebases nodes to `repository:<stream label>`, pinned to the digest. */
export const streamTagCheck: CheckOf<'site'> = {
  name: 'stream-tag',
  of: 'site',
  run: async ({ fleets }, { config, client }) => {
    if (fleets.every(({ releases }) => releases.releases.length === 0)) return [];
    const tag = atTag(config.image, config.stream);
    if ((await client.resolve(tag)) !== undefined) return [];
    return [
      {
        where: formatReference(tag),
        message: 'no such tag, and Zincati moves every node to it (pinned to the digest)',
        remedy: 'Run coxswain promote-image for any fleet: it sets the tag if it is missing.',
      },
    ];
  },
};
