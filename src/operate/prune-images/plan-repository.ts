import { subjectOfTag } from '../../release/tags.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import type { Digest, Repository } from '../../world/registry/reference.ts';
import { removable } from './contents.ts';
import { isCreatedBefore } from './image-age.ts';
import type { ImageOrigin } from './image-origin.ts';
import type { ReadContents } from './read-contents.ts';

/** What is to be deleted from one repository. */
export interface RepositoryPlan {
  readonly repository: Repository;
  readonly contents: ReadContents;
  /** In the order in which they are deleted. */
  readonly removed: readonly { readonly digest: Digest; readonly tags: readonly string[] }[];
  /** How many manifests stay. */
  readonly kept: number;
}

/** What decides which images of a repository stay. */
export interface RetentionRule {
  readonly repository: Repository;
  readonly contents: ReadContents;
  /** These are kept at any age. */
  readonly needed: ReadonlySet<Digest>;
  /** Images that were created later are kept. UNIX seconds. */
  readonly before: number;
  /** The build of an image that the state branch knows. */
  readonly recorded: ReadonlyMap<Digest, ImageOrigin>;
  /** Whether Coxswain gave this tag to this build, and never moves it. An image under any other tag stays. */
  isOwnTag(tag: string, origin: ImageOrigin): boolean;
  /** Whether this project made the build. */
  isOwnBuild(origin: ImageOrigin): Promise<boolean>;
}

/** Decides what to delete, and writes nothing. */
export async function planRepository(client: RegistryClient, rule: RetentionRule): Promise<RepositoryPlan> {
  const { repository, contents, needed } = rule;
  const roots = new Set<Digest>([...needed, ...contents.untagged]);
  for (const [tag, digest] of contents.tags) {
    if (subjectOfTag(tag) !== undefined || roots.has(digest)) continue;
    const isOwn = await isOwnImage(rule, tag, digest);
    if (!isOwn || !(await isCreatedBefore(client, repository, digest, rule.before))) roots.add(digest);
  }
  const removed = removable(contents, roots).map((digest) => ({
    digest,
    tags: [...contents.tags].filter(([, each]) => each === digest).map(([tag]) => tag),
  }));
  return { repository, contents, removed, kept: contents.manifests.size - removed.length };
}

async function isOwnImage(rule: RetentionRule, tag: string, digest: Digest): Promise<boolean> {
  const origin = rule.recorded.get(digest) ?? rule.contents.origins.get(digest);
  return origin !== undefined && rule.isOwnTag(tag, origin) && rule.isOwnBuild(origin);
}
