import type { FleetSources } from './documents.ts';
import type { Finding } from './lint-finding.ts';

/**
 * Checks what releases say about their images.
 * @param repository where all images must be, as in `repository@sha256:…`; images that were published elsewhere before
 *   stay as they are
 */
export function* lintImages(
  { releases }: FleetSources,
  before: FleetSources,
  repository: string | undefined,
): Generator<Finding> {
  if (releases === undefined) return;
  const known = new Set(
    (before.releases?.value.releases ?? []).flatMap((release) =>
      (release['oci-images'] ?? []).map((image) => image['digest-ref']),
    ),
  );
  const owners = new Map<string, string>();
  for (const [index, release] of releases.value.releases.entries()) {
    const { version } = release;
    const images = release['oci-images'] ?? [];
    const at = (...path: PropertyKey[]) => releases.placeOf(['releases', index, 'oci-images', ...path]);
    if (images.length === 0 || images.some((image) => image['digest-ref'] === '')) {
      yield {
        severity: 'error',
        rule: 'no-image',
        where: at(),
        message: `release ${version} lacks an image, so no node could find itself or update to it`,
      };
    }
    for (const [position, { architecture, 'digest-ref': digestRef }] of images.entries()) {
      if (images.findIndex((other) => other.architecture === architecture) < position) {
        yield {
          severity: 'error',
          rule: 'second-image',
          where: at(position, 'architecture'),
          message: `release ${version} has two images for ${architecture}: upstream uses the last, and nodes on the other do not find themselves`,
          remedy: 'Keep one image for each architecture.',
        };
      }
      if (digestRef === '') continue;
      const key = `${architecture} ${digestRef}`;
      const owner = owners.get(key);
      if (owner !== undefined && owner !== version) {
        yield {
          severity: 'error',
          rule: 'shared-image',
          where: at(position, 'digest-ref'),
          message: `release ${version} has the image of release ${owner}: nodes on it believe that they run ${owner}`,
          remedy: 'One image is one release of a fleet.',
        };
      }
      owners.set(key, owner ?? version);
      if (repository === undefined || known.has(digestRef)) continue;
      if (digestRef.slice(0, digestRef.indexOf('@')) !== repository) {
        yield {
          severity: 'error',
          rule: 'other-repository',
          where: at(position, 'digest-ref'),
          message: `release ${version} has an image of another repository: ${digestRef}`,
          remedy: `Nodes are offered images of ${repository} only (image in coxswain.yaml).`,
        };
      }
    }
  }
}
