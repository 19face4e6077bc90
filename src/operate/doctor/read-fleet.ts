import { parseGraph } from '../../guidance/graph.ts';
import { parseUpdateMetadata } from '../../guidance/metadata.ts';
import { parseReleaseIndex } from '../../guidance/releases.ts';
import { InputError } from '../../host/errors.ts';
import { readLastPublished } from '../../release/published/last-published.ts';
import { graphPath } from '../../release/published/paths.ts';
import type { PublishedFiles } from '../../release/published/published-files.ts';
import { parseStamp, stampPath } from '../../release/published/stamp.ts';
import type { Finding, FleetSubject, GraphSubject, Tools } from './check.ts';

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
  const graphs: GraphSubject[] = [];
  for (const basearch of config.architectures) {
    for (const ring of config.rings) {
      for (const folder of ring.folders) {
        const path = graphPath({ fleet, basearch, folder });
        const graph = await readOne(files, path, parseGraph, findings);
        if (graph !== undefined) graphs.push({ fleet, releases, updates, basearch, ring, path, graph });
      }
    }
  }
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
      remedy: 'Nodes cannot use it. Run coxswain publish-updates, which writes it anew.',
    });
    return undefined;
  }
}
