import type { Release } from '../../guidance/releases.ts';
import { formatTime } from '../../host/time.ts';
import type { SiteFleet } from './input.ts';

/**
 * The release.json of one release, in the format of upstream's file for each build (stream-metadata-go, package
 * release), without disk images, which derived releases do not have.
 */
export function formatBuildRelease(release: Release, state: SiteFleet['state'], stream: string): string {
  const recordedAt = state.records?.[release.version]?.recordedAt;
  const architectures: Record<string, Record<string, unknown>> = {};
  const describe = (architecture: string, fields: Record<string, unknown>) => {
    architectures[architecture] = { ...architectures[architecture], ...fields };
  };
  for (const { architecture, checksum } of release.commits ?? [])
    describe(architecture, { commit: checksum });
  for (const image of release['oci-images'] ?? []) {
    describe(image.architecture, {
      'oci-image': { image: image.image, 'digest-ref': image['digest-ref'] },
    });
  }
  const document = {
    release: release.version,
    stream,
    metadata: {
      'last-modified':
        recordedAt === undefined ? state.releases.metadata['last-modified'] : formatTime(recordedAt),
    },
    architectures,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
