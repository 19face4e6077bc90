import { type Graph, parseGraph } from '../../guidance/graph.ts';
import { parseUpdateMetadata } from '../../guidance/metadata.ts';
import { parseReleaseIndex } from '../../guidance/releases.ts';
import { InputError } from '../../host/errors.ts';
import { inParallel } from '../../host/parallel.ts';
import { graphPath } from '../../release/published/file-paths.ts';
import { readLastPublished } from '../../release/published/last-published.ts';
import type { PublishedFiles } from '../../release/published/published-files.ts';
import { parseStamp, stampPath } from '../../release/published/stamp.ts';
import type { Finding, FleetSubject, GraphSubject, Tools } from './site-check.ts';

/** Reads what is published for a fleet. Files that cannot be read are findings. */
export async function readFleet(
  { config, files, witnesses }: Tools,
  fleet: string,
): Promise<{ readonly subject: FleetSubject | undefined; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const releases = await readOne(files, `${fleet}/releases.json`, parseReleaseIndex, findings);
  const updates = await readOne(files, `${fleet}/updates.json`, parseUpdateMetadata, findings);
  if (releases === undefined || updates === undefined) return { subject: undefined, findings };
  const stamp = await readOne(files, stampPath(fleet), parseStamp, findings);
  const heard = await Promise.all(witnesses.map((witness) => readLastPublished(witness, fleet)));
  const withState = [await readLastPublished(files, fleet), ...heard]
    .flatMap((each) => (each.answer === 'published' ? [each.last] : []))
    .find(({ hasState }) => hasState);
  const places = config.architectures.flatMap((basearch) =>
    config.rings.flatMap((ring) =>
      ring.folders.map((folder) => ({ basearch, ring, path: graphPath({ fleet, basearch, folder }) })),
    ),
  );
  const read = new Map<string, Graph | undefined>();
  // There may be a hundred rings, and the site may be far away.
  await inParallel(places, 8, async ({ path }) => {
    read.set(path, await readOne(files, path, parseGraph, findings));
  });
  const graphs = places.flatMap((place): GraphSubject[] => {
    const graph = read.get(place.path);
    return graph === undefined ? [] : [{ ...place, fleet, releases, updates, graph }];
  });
  return { subject: { fleet, releases, updates, stamp, heard, withState, graphs }, findings };
}

async function readOne<T>(
  files: PublishedFiles,
  path: string,
  parse: (text: string, where: string) => T,
  findings: Finding[],
): Promise<T | undefined> {
  const text = await files.read(path);
  if (text === undefined) {
    findings.push({
      severity: 'error',
      check: 'missing-file',
      where: path,
      message: `not published at ${files.where}`,
      remedy: 'Run coxswain publish-updates, and deploy its whole folder.',
    });
    return undefined;
  }
  try {
    return parse(text, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { where = path, field, problem } = error.details;
    findings.push({
      severity: 'error',
      check: 'unreadable-file',
      where,
      message: `${field === undefined || field === '' ? '' : `${field}: `}${problem}`,
      remedy: 'Nodes cannot use it. Run coxswain publish-updates, which writes it again.',
    });
    return undefined;
  }
}
