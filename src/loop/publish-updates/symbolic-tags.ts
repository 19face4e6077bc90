import type { Project } from '../../release/project.ts';
import { promotedDigest } from '../../release/promoted-digest.ts';
import type { SiteFleet } from '../../release/published/site.ts';
import { planTags } from '../../release/tags.ts';
import { setTags } from '../../world/registry/copy.ts';
import { atDigest, atTag, type Digest, formatReference } from '../../world/registry/reference.ts';

/**
 * Tags the barriers and dead-ends of a fleet. It only adds tags. If a mark was removed, its tag stays, because
 * registries do not delete a tag without its image.
 * @returns the tags that were set now
 */
export async function tagMarkedReleases(
  project: Pick<Project, 'config' | 'client' | 'log'>,
  fleet: SiteFleet,
): Promise<string[]> {
  const { config } = project;
  const set: string[] = [];
  for (const { version, metadata } of fleet.state.updates.releases) {
    const marks = { barrier: metadata.barrier !== undefined, deadend: metadata.deadend !== undefined };
    const release = fleet.state.releases.releases.find((each) => each.version === version);
    const digest = release === undefined ? undefined : promotedDigest(config, release);
    if (digest === undefined) continue;
    const tagged = { name: fleet.name, tag: config.fleets[fleet.name]?.tag ?? fleet.name };
    for (const { tag } of planTags(config, tagged, { version, ...marks }, 'publish-updates')) {
      if (await setOnce(project, tag, digest)) set.push(tag);
    }
  }
  return set;
}

/** Sets a tag that never moves. @returns whether it was set now */
async function setOnce(
  { config, client, log }: Pick<Project, 'config' | 'client' | 'log'>,
  tag: string,
  digest: Digest,
): Promise<boolean> {
  const reference = atTag(config.image, tag);
  const now = (await client.resolve(reference))?.digest;
  if (now === digest) return false;
  if (now !== undefined) {
    log.warn(`${formatReference(reference)} leads to ${now}, not to ${digest}. It stays as it is.`);
    return false;
  }
  const manifest = await client.findManifest(atDigest(config.image, digest));
  if (manifest === undefined) return false;
  await setTags(client, { manifest, repository: config.image, tags: [tag] });
  return true;
}
