import { join } from 'node:path';
import { parseGraph } from '../../guidance/graph.ts';
import { parseUpdateMetadata } from '../../guidance/metadata.ts';
import { parseReleaseIndex } from '../../guidance/releases.ts';
import { InputError } from '../../host/errors.ts';
import { readFileIfThere } from '../../host/files.ts';
import { updatesArtifactType } from '../../release/published/fleet-artifact.ts';
import { notPublished } from '../../release/published/not-published.ts';
import { publishToFolder } from '../../release/published/publishers/folder.ts';
import { parseStamp } from '../../release/published/stamp.ts';
import { bundlePath } from '../../release/state/state-bundle.ts';
import { readArtifact, titleAnnotation } from '../../world/registry/artifact.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { formatReference, type Reference } from '../../world/registry/reference.ts';

/**
 * Writes the files of a fleet's artifact to a folder, exactly as publish-updates wrote them: for a web server that can
 * read the registry and has no checkout. Everything is read and checked before the first file is written.
 * @throws InputError if publish-updates did not make the artifact, or if it is older than the folder: nodes on the
 *   releases that it lacks would be lost
 */
export async function publishFromArtifact(
  client: RegistryClient,
  reference: Reference,
  folder: string,
): Promise<{
  readonly fleet: string;
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
}> {
  const where = formatReference(reference);
  const { manifest, layers } = await readArtifact(client, reference);
  if (manifest.json.artifactType !== updatesArtifactType) {
    throw notPublished(where, manifest.json.artifactType ?? 'an image');
  }
  const files = new Map<string, string>();
  for (const { descriptor, bytes } of layers) {
    files.set(descriptor.annotations?.[titleAnnotation] ?? '', new TextDecoder().decode(bytes));
  }
  const fleet = [...files.keys()][0]?.split('/')[0] ?? '';
  // The state is for restore-state, not for a web server.
  files.delete(bundlePath(fleet));
  for (const [path, text] of files) checkFile(path, text, { fleet, where });
  const releases = files.get(`${fleet}/releases.json`);
  if (releases === undefined || !files.has(`${fleet}/updates.json`)) {
    throw notPublished(where, `the files ${[...files.keys()].join(', ')}`);
  }
  await refuseLoss(join(folder, fleet, 'releases.json'), releases, where);
  return { fleet, ...(await publishToFolder(folder, files)) };
}

/** The registry's content becomes files here, so each path must belong to this fleet and be of a known kind. */
function checkFile(
  path: string,
  text: string,
  about: { readonly fleet: string; readonly where: string },
): void {
  const { fleet, where } = about;
  const parts = path.split('/');
  const inside = parts.length > 1 && parts.every((part) => part !== '' && !/^\.|[\\\0]/.test(part));
  if (!inside || parts[0] !== fleet) throw notPublished(where, `a file ${JSON.stringify(path)}`);
  const file = `${where} ${path}`;
  const name = parts.slice(1).join('/');
  if (name === 'releases.json') parseReleaseIndex(text, file);
  else if (name === 'updates.json') parseUpdateMetadata(text, file);
  else if (name === 'published.json') parseStamp(text, file);
  else if (/(^|\/)v1\/graph$/.test(name)) parseGraph(text, file);
  else if (!/^builds\/[^/]+\/release\.json$/.test(name)) throw notPublished(where, `a file ${path}`);
}

/** A release is never removed or moved: an older artifact must not replace newer files. */
async function refuseLoss(file: string, text: string, where: string): Promise<void> {
  const there = await readFileIfThere(file);
  if (there === undefined) return;
  const before = parseReleaseIndex(there, file).releases.map(({ version }) => version);
  const after = parseReleaseIndex(text, where).releases.map(({ version }) => version);
  const lost = before.find((version, position) => after[position] !== version);
  if (lost === undefined) return;
  throw new InputError({
    where,
    problem: `the artifact is older than ${file}: nodes on release ${lost} would be lost`,
    remedy: 'Run coxswain publish-updates in a checkout: it pushes a new artifact.',
  });
}
