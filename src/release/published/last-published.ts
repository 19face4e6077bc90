import { parseReleaseIndex } from '../../guidance/releases.ts';
import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { fleetFolder } from '../state/fleet-files.ts';
import { bundlePath, type FleetTexts, parseBundle } from '../state/state-bundle.ts';
import type { PublishedFiles } from './published-files.ts';
import { type PublicationStamp, readStamp, stampPath } from './stamp.ts';

/** What a place has published for a fleet. */
export interface LastPublished {
  /** For messages. */
  readonly where: string;
  /** Oldest first. */
  readonly versions: readonly string[];
  /** `repository@sha256:…` of every image and index. */
  readonly digestRefs: ReadonlySet<string>;
  /** As files of the state branch: path → text. All files if the place has the state, otherwise two documents. */
  readonly texts: FleetTexts;
  /** `texts` is the whole state. */
  readonly hasState: boolean;
  readonly releases: string;
  readonly updates: string | undefined;
  readonly stamp: PublicationStamp | undefined;
}

/** A place published something, or says that it did not, or gives no answer. */
export type Heard =
  | { readonly answer: 'published'; readonly last: LastPublished }
  | { readonly answer: 'nothing'; readonly where: string }
  | { readonly answer: 'none'; readonly where: string; readonly why: string };

/** Reads what a place has published for a fleet. A place that cannot be read gives no answer. */
export async function readLastPublished(files: PublishedFiles, fleet: string): Promise<Heard> {
  const where = files.whereIs(fleet);
  try {
    const releases = await files.read(`${fleet}/releases.json`);
    if (releases === undefined) return { answer: 'nothing', where };
    const index = parseReleaseIndex(releases, `${where} ${fleet}/releases.json`);
    const updates = await files.read(`${fleet}/updates.json`);
    const bundle = await files.read(bundlePath(fleet));
    const stamp = readStamp(await files.read(stampPath(fleet)), stampPath(fleet));
    const folder = fleetFolder(fleet);
    // The state branch has no file of a fleet without a release.
    const documents = new Map(
      index.releases.length === 0
        ? []
        : [
            [`${folder}/releases.json`, releases] as const,
            ...(updates === undefined ? [] : [[`${folder}/updates.json`, updates] as const]),
          ],
    );
    return {
      answer: 'published',
      last: {
        where,
        versions: index.releases.map(({ version }) => version),
        digestRefs: new Set(
          index.releases.flatMap((release) => [
            ...(release['oci-images'] ?? []).map((image) => image['digest-ref']),
            ...(release['oci-index'] === undefined ? [] : [release['oci-index']]),
          ]),
        ),
        texts: bundle === undefined ? documents : parseBundle(bundle, { fleet, where }),
        hasState: bundle !== undefined,
        releases,
        updates,
        stamp,
      },
    };
  } catch (error) {
    if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
    return { answer: 'none', where, why: messageOf(error) };
  }
}
