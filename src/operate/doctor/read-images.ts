import { buildGraph } from '../../guidance/graph.ts';
import { InputError } from '../../host/errors.ts';
import { inParallel } from '../../host/parallel.ts';
import { neededDigests } from '../../release/needed-images.ts';
import { architectures } from '../../world/registry/architecture.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import { formatRepository, parseReference, sameRepository } from '../../world/registry/reference.ts';
import { NotFoundError } from '../../world/registry/registry-failures.ts';
import { runChecks } from './checks.ts';
import type {
  Finding,
  FleetSubject,
  GraphSubject,
  ImageSubject,
  ImagesSubject,
  Tools,
} from './site-check.ts';

/** How many images are read at a time. */
const parallel = 6;

/** Reads every image that one graph names from production, and checks each. */
export async function examineImages(
  tools: Tools,
  options: {
    readonly subject: FleetSubject;
    readonly graph: GraphSubject;
    readonly report: (note: string) => void;
  },
): Promise<Finding[]> {
  const { subject, graph, report } = options;
  const named = namedImages(subject, graph);
  const findings: Finding[] = [];
  const read: ImageSubject[] = [];
  let done = 0;
  await inParallel([...named.keys()], parallel, async (position) => {
    const image = named[position] as ImageSubject;
    const result = await readOne(tools, image);
    findings.push(...result.findings);
    if (result.image !== undefined) {
      read[position] = result.image;
      findings.push(...(await runChecks('image', result.image, tools)));
    }
    done += 1;
    report(`${graph.fleet} ${graph.basearch}: ${done} of ${named.length} images`);
  });
  const images: ImagesSubject = { fleet: graph.fleet, images: read.filter((image) => image !== undefined) };
  return [...findings, ...(await runChecks('images', images, tools))];
}

/** The images of a graph, before they are read. */
function namedImages(
  { fleet, releases, updates }: FleetSubject,
  { graph, basearch }: GraphSubject,
): ImageSubject[] {
  const needed = [...neededDigests([{ releases, updates }])];
  const complete = buildGraph(releases, updates, { basearch, scheme: 'oci' });
  const targets = new Set(complete.edges.map(([, to]) => complete.nodes[to]?.version));
  const newest = releases.releases.at(-1)?.version;
  // An imported release has no entry: nobody is sent to it.
  const isOffered = updates.releases.some(({ version }) => version === newest);
  return graph.nodes.map((node, position) => ({
    node,
    basearch,
    fleet,
    where: `${fleet} ${node.version} (${basearch})`,
    kept: needed.some((digest) => node.payload.endsWith(`@${digest}`)),
    isIndex: graph.nodes[position - 1]?.version === node.version,
    target: targets.has(node.version) || (node.version === newest && isOffered),
    current: node.version === newest,
    image: undefined,
  }));
}

/** @returns no image if production does not have it completely, which is a finding */
async function readOne(
  { config, client }: Tools,
  subject: ImageSubject,
): Promise<{ readonly image?: ImageSubject; readonly findings: readonly Finding[] }> {
  const { node, fleet, basearch, where } = subject;
  const finding = (
    check: string,
    message: string,
    remedy: string,
    severity: Finding['severity'] = 'error',
  ) => ({
    findings: [{ severity, check, where, message, remedy }],
  });
  const reference = readPayload(node.payload);
  if (reference === undefined || !sameRepository(reference.repository, config.image)) {
    return finding(
      'payload',
      `the payload is not repository@digest of ${formatRepository(config.image)}: ${node.payload}`,
      'Correct releases.json on the state branch: nodes look for themselves by exactly this text.',
    );
  }
  if ((await client.resolve(reference)) === undefined) {
    const again = `While the test registry has it, coxswain promote-image --fleet ${fleet} pushes it again.`;
    if (subject.target) {
      return finding(
        'unservable',
        `production does not have ${reference.digest}, and nodes are sent to it`,
        `Withdraw the release (coxswain edit-updates). ${again}`,
      );
    }
    return finding(
      'lost-image',
      `production has lost ${reference.digest}; nodes on it still get updates, but no node can go back to it`,
      again,
      'warning',
    );
  }
  const architecture = architectures.find((each) => each === basearch);
  if (subject.isIndex || architecture === undefined) return { image: subject, findings: [] };
  let image: Image;
  try {
    image = await readImage(client, reference, architecture);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return finding(
      'unservable',
      error instanceof NotFoundError ? `incomplete in production: ${error.message}` : error.details.problem,
      'Withdraw the release (coxswain edit-updates), then push its image again.',
    );
  }
  return { image: { ...subject, image }, findings: [] };
}

function readPayload(payload: string) {
  try {
    const reference = parseReference(payload);
    return reference.kind === 'digest' ? reference : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
