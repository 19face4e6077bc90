import { parseUpdateMetadata, type UpdateMetadata } from '../../guidance/metadata.ts';
import { parseReleaseIndex, type ReleaseIndex } from '../../guidance/releases.ts';
import { InputError } from '../../host/errors.ts';

/** The two files of a fleet that decide its graphs. */
export interface FleetFiles {
  readonly fleet: string;
  readonly releases: FileText;
  readonly updates: FileText;
}

export interface FileText {
  /** Path or URL, for messages. */
  readonly where: string;
  readonly text: string;
}

/** Reads the files of a fleet repeatedly. */
export interface FleetSource {
  /** For messages. */
  readonly where: string;
  /**
   * @returns undefined when they have not changed since the last call
   * @throws InputError or OutsideError when they cannot be read; the next call tries again
   */
  read(): Promise<FleetFiles | undefined>;
}

/** The fleets of a site; a folder may have more fleets the next time. */
export interface SiteSource {
  readonly where: string;
  fleets(): Promise<readonly FleetSource[]>;
}

/** A fleet's update guidance. */
export interface Guidance {
  readonly fleet: string;
  readonly releases: ReleaseIndex;
  readonly updates: UpdateMetadata;
}

/** @throws InputError with file, line and column */
export function parseGuidance({ fleet, releases, updates }: FleetFiles): Guidance {
  return {
    fleet,
    releases: parseReleaseIndex(releases.text, releases.where),
    updates: parseUpdateMetadata(updates.text, updates.where),
  };
}

/**
 * Refuses a release index that has lost or moved a release, or given it another image: nodes on it would find no
 * update path, or a wrong one.
 * @throws InputError
 */
export function refuseGoingBack(before: ReleaseIndex, after: ReleaseIndex, where: string): void {
  for (const [index, { version, 'oci-images': images = [] }] of before.releases.entries()) {
    const now = after.releases[index];
    const kept = images.every((image) =>
      now?.['oci-images']?.some(
        (other) => other.architecture === image.architecture && other['digest-ref'] === image['digest-ref'],
      ),
    );
    if (now?.version === version && kept) continue;
    throw new InputError({
      where,
      field: `releases[${index}]`,
      problem: 'a release is missing from the release index, or has changed',
      found: now?.version ?? 'nothing',
      expected: version,
      remedy: 'If this is intended, restart the server.',
    });
  }
}
