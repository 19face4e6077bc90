import { guidanceTag } from '../../../release/tags.ts';
import { formatRepository } from '../../../world/registry/reference.ts';
import type { CheckOf } from '../site-check.ts';

/** Two projects in one repository move each other's tags, and prune-images deletes the other's images. */
export const otherProjectCheck: CheckOf<'site'> = {
  name: 'other-project',
  of: 'site',
  run: async (_, { config, client }) => {
    const prefix = guidanceTag('');
    const ours = new Set(Object.keys(config.fleets).map(guidanceTag));
    const tags = await client.listTags(config.image);
    const strange = tags.filter((tag) => tag.startsWith(prefix) && !ours.has(tag));
    return strange.map((tag) => ({
      severity: 'warning' as const,
      where: `${formatRepository(config.image)}:${tag}`,
      message: `this repository has guidance of a fleet ${tag.slice(prefix.length)} that coxswain.yaml does not name`,
      remedy:
        'If another project publishes here, give it a repository of its own. If it is a fleet that was removed, delete the tag.',
    }));
  },
};
