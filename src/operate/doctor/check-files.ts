import { addAliases, aliasesOf } from '../../guidance/alias.ts';
import { buildGraph, formatGraph, type Graph, parseGraph } from '../../guidance/graph.ts';
import { parseUpdateMetadata, type UpdateMetadata } from '../../guidance/metadata.ts';
import { nodeKeys } from '../../guidance/node-keys.ts';
import { parseReleaseIndex, type ReleaseIndex } from '../../guidance/releases.ts';
import { throttleGraph } from '../../guidance/throttle.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatDuration } from '../../host/time.ts';
import type { Config } from '../../project/configuration/config.ts';
import { defaultWariness } from '../../release/published/input.ts';
import { graphPath } from '../../release/published/paths.ts';
import type { Finding } from './finding.ts';
import type { PublishedFiles } from './published-files.ts';

/** What is published of a fleet, as far as it could be read. */
export interface PublishedFleet {
  readonly fleet: string;
  readonly releases: ReleaseIndex;
  readonly updates: UpdateMetadata;
  /** As served, the one of each architecture that belongs to no ring. */
  readonly graphs: Readonly<Record<string, Graph>>;
}

export interface FileOptions {
  readonly config: Config;
  readonly files: PublishedFiles;
  readonly fleet: string;
  /** UNIX seconds. */
  readonly now: number;
  /** Seconds that a graph may be behind. */
  readonly grace: number;
}

/** Reads a fleet's files, and compares its graphs with what they should be now. */
export async function checkFiles(
  options: FileOptions,
): Promise<{ readonly published: PublishedFleet | undefined; readonly findings: readonly Finding[] }> {
  const { config, fleet } = options;
  const findings: Finding[] = [];
  const releases = await readOne(options, `${fleet}/releases.json`, parseReleaseIndex, findings);
  const updates = await readOne(options, `${fleet}/updates.json`, parseUpdateMetadata, findings);
  if (releases === undefined || updates === undefined) return { published: undefined, findings };
  if (releases.stream !== config.stream || updates.stream !== config.stream) {
    findings.push({
      severity: 'error',
      check: 'stream',
      where: `${fleet}/releases.json`,
      message: `the stream is ${JSON.stringify(releases.stream)}, and the configuration says ${JSON.stringify(config.stream)}`,
      remedy:
        'Put `stream` in coxswain.yaml right: nodes report the label of their image, and get no graph of another stream.',
    });
  }
  const graphs: Record<string, Graph> = {};
  for (const basearch of config.architectures) {
    const rings: [string | undefined, number][] = [
      [undefined, defaultWariness],
      ...Object.entries(config.rings),
    ];
    for (const [ring, wariness] of rings) {
      const path = graphPath({ fleet, basearch, ...defined({ ring }) });
      const graph = await readOne(options, path, parseGraph, findings);
      if (graph === undefined) continue;
      findings.push(
        ...checkAges(graph, path),
        ...checkFresh({ ...options, graph, path, basearch, wariness, releases, updates }),
      );
      if (ring === undefined) graphs[basearch] = graph;
    }
  }
  return { published: { fleet, releases, updates, graphs }, findings };
}

async function readOne<T>(
  { files }: FileOptions,
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

/** Ages tell nodes old from new: they grow from node to node. An index's entry stands behind its release, with its age. */
function checkAges(graph: Graph, path: string): Finding[] {
  const ages = graph.nodes.map((node) => Number(node.metadata[nodeKeys.ageIndex]));
  const position = graph.nodes.findIndex((node, index) => {
    const before = graph.nodes[index - 1];
    if (before === undefined) return false;
    const grown = (ages[index] as number) - (ages[index - 1] as number);
    return before.version === node.version ? grown !== 0 : grown <= 0;
  });
  if (position < 0) return [];
  return [
    {
      severity: 'error',
      check: 'ages',
      where: path,
      message: `ages do not grow at ${graph.nodes[position]?.version}: ${ages.slice(Math.max(0, position - 1), position + 1).join(', ')}`,
      remedy:
        'Put releases.json on the state branch in the order of the releases, then run coxswain publish-updates.',
    },
  ];
}

/** The graph must be what the two files give now, or gave within the time that publishing may take. */
function checkFresh(
  options: FileOptions & {
    readonly graph: Graph;
    readonly path: string;
    readonly basearch: string;
    readonly wariness: number;
    readonly releases: ReleaseIndex;
    readonly updates: UpdateMetadata;
  },
): Finding[] {
  const { graph, path, basearch, wariness, releases, updates, now, grace } = options;
  const complete = buildGraph(releases, updates, { basearch, scheme: 'oci' });
  const at = (time: number) =>
    formatGraph(addAliases(throttleGraph(complete, { now: time, wariness }), aliasesOf(releases)));
  const found = formatGraph(graph);
  if (found === at(now) || found === at(now - grace)) return [];
  return [
    {
      severity: 'error',
      check: 'stale-graph',
      where: path,
      message: `not what releases.json and updates.json beside it give now, nor gave ${formatDuration(grace)} ago`,
      remedy: 'Run coxswain publish-updates, and have it run on a schedule while rollouts are in progress.',
    },
  ];
}
