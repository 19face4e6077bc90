import { InputError, messageOf } from '../../../host/errors.ts';
import type { Log } from '../../../host/log.ts';
import { upgradeStarts } from '../../../release/evidence/upgrade-starts.ts';
import type { Project } from '../../../release/project.ts';
import type { Architecture } from '../../../world/registry/architecture.ts';
import { readImage } from '../../../world/registry/image.ts';
import { atDigest, formatReference, parseReference } from '../../../world/registry/reference.ts';
import type { ImageUnderTest } from '../image-under-test.ts';
import type { FromRelease } from '../test-run.ts';

/**
 * The releases that live nodes of a fleet would update from to an image. Of an image in a folder, those that may be
 * read without a credential.
 */
export async function upgradesTo(
  project: Project,
  to: {
    readonly fleet: string | undefined;
    readonly tested: ImageUnderTest;
    readonly architecture: Architecture;
    readonly log: Log;
  },
): Promise<FromRelease[]> {
  const { fleet, tested, architecture, log } = to;
  if (fleet === undefined) return [];
  const { config, state, client } = project;
  const payload = formatReference(tested.reference ?? atDigest(config.image, tested.digest));
  const candidate = { version: tested.version, payload, basearch: architecture };
  const starts = upgradeStarts(await state.readFleet(fleet), candidate).flatMap((start): FromRelease[] => {
    const image = parseReference(start.payload, { where: `release ${start.version} of fleet ${fleet}` });
    // This is the candidate itself, served from another repository: its nodes have nothing to update.
    return image.kind === 'digest' && image.digest !== tested.digest
      ? [{ version: start.version, image }]
      : [];
  });
  if (tested.reference !== undefined) return starts;
  const readable: FromRelease[] = [];
  for (const start of starts) {
    try {
      await readImage(client, start.image, architecture);
      readable.push(start);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      log.warn(`the update from ${start.version} is not rehearsed here: ${messageOf(error)}`);
    }
  }
  return readable;
}
