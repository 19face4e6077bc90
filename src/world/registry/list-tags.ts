import { parseJson } from './manifest.ts';
import { readPages } from './pages.ts';
import { formatRepository, type Repository } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';
import { notARegistry } from './registry-failures.ts';
import type { Transport } from './request.ts';

/** The part of a client that lists tags. */
export function createTags(transport: Transport): Pick<RegistryClient, 'listTags'> {
  async function listTags(repository: Repository): Promise<string[]> {
    const doing = `listing the tags of ${formatRepository(repository)}`;
    const pages = await readPages(transport, {
      repository,
      first: transport.url(repository, 'tags/list'),
      doing,
      answers: [200, 404],
    });
    return pages
      .filter((page) => page.status === 200)
      .flatMap((page) => {
        const value = parseJson(page.body, formatRepository(repository));
        const tags = typeof value === 'object' && value !== null && 'tags' in value ? value.tags : undefined;
        // null is how CNCF distribution writes "none".
        if (tags === null) return [];
        if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
        throw notARegistry(repository.registry, 'its answer holds no list of tags');
      });
  }

  return { listTags };
}
