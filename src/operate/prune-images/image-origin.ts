import { defined } from '../../host/defined.ts';
import type { Config } from '../../project/configuration/config.ts';
import { buildKeyAnnotation, revisionAnnotation } from '../../release/candidate/build-key.ts';
import { promotedDigest } from '../../release/promoted-digest.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { Manifest } from '../../world/registry/manifest.ts';
import { type Digest, isDigest } from '../../world/registry/reference.ts';

/** The build that made an image. */
export interface ImageOrigin {
  readonly version: string;
  /** 64 hex digits. */
  readonly buildKey: string;
  /** The commit it was made from; absent for images of earlier versions of Coxswain. */
  readonly revision?: string;
}

const versionAnnotation = 'org.opencontainers.image.version';

/** What an image's annotations say of its build; undefined for an image that build-image did not make. */
export function annotatedOrigin({ json }: Manifest): ImageOrigin | undefined {
  const {
    [buildKeyAnnotation]: buildKey,
    [versionAnnotation]: version,
    [revisionAnnotation]: revision,
  } = json.annotations ?? {};
  if (buildKey === undefined || version === undefined) return undefined;
  return { version, buildKey, ...defined({ revision }) };
}

/** What the state branch says of the builds of its releases: by the digest of each image, and of the index over them. */
export function recordedOrigins(
  config: Config,
  fleets: Readonly<Record<string, FleetState>>,
): ReadonlyMap<Digest, ImageOrigin> {
  const origins = new Map<Digest, ImageOrigin>();
  for (const { releases, records } of Object.values(fleets)) {
    for (const release of releases.releases) {
      const record = records[release.version];
      if (record === undefined) continue;
      const { version, buildKey } = record;
      const images = record.images.map(({ digestRef }) => digestRef.slice(digestRef.indexOf('@') + 1));
      for (const digest of [...images, promotedDigest(config, release)]) {
        if (digest !== undefined && isDigest(digest)) origins.set(digest, { version, buildKey });
      }
    }
  }
  return origins;
}
