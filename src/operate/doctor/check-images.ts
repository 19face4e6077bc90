import { buildGraph } from '../../guidance/graph.ts';
import { InputError } from '../../host/errors.ts';
import { neededDigests } from '../../release/needed-images.ts';
import { architectures } from '../../world/registry/architecture.ts';
import { NotFoundError } from '../../world/registry/failures.ts';
import { type Image, imageTimestamp, readImage } from '../../world/registry/image.ts';
import {
  atTag,
  formatReference,
  formatRepository,
  parseReference,
  sameRepository,
} from '../../world/registry/reference.ts';
import type { PublishedFleet } from './check-files.ts';
import { checkEvidence, checkKept, checkLayers, type NodeToCheck, type Parts } from './check-release.ts';
import type { Finding } from './finding.ts';

const parallel = 6;

/** Asks the registry for everything that a fleet's graphs name. */
export async function checkImages(parts: Parts, published: PublishedFleet): Promise<Finding[]> {
  const findings: Finding[] = [];
  const needed = neededDigests([published]);
  for (const [basearch, graph] of Object.entries(published.graphs)) {
    const complete = buildGraph(published.releases, published.updates, { basearch, scheme: 'oci' });
    const targets = new Set(complete.edges.map(([, to]) => complete.nodes[to]?.version));
    const releases = published.releases.releases;
    const nodes = graph.nodes.map((node, position): NodeToCheck => {
      const { version } = node;
      return {
        node,
        basearch,
        fleet: published.fleet,
        kept: [...needed].some((digest) => node.payload.endsWith(`@${digest}`)),
        isIndex: graph.nodes[position - 1]?.version === version,
        target: targets.has(version) || version === releases.at(-1)?.version,
        current: version === releases.at(-1)?.version,
      };
    });
    const images: (Image | undefined)[] = Array.from({ length: nodes.length });
    let done = 0;
    const queue = nodes.entries();
    const worker = async () => {
      for (const [position, node] of queue) {
        const { image, findings: found } = await checkNode(parts, node);
        images[position] = image;
        findings.push(...found);
        done += 1;
        parts.report(`${published.fleet} ${basearch}: ${done} of ${nodes.length} images`);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    findings.push(...checkCreated(nodes, images));
  }
  return findings;
}

async function checkNode(
  parts: Parts,
  checked: NodeToCheck,
): Promise<{ readonly image?: Image; readonly findings: Finding[] }> {
  const { config, client } = parts;
  const { node, fleet, basearch } = checked;
  const where = `${fleet} ${node.version} (${basearch})`;
  const finding = (
    check: string,
    message: string,
    remedy: string,
    severity: Finding['severity'] = 'error',
  ) => ({
    severity,
    check,
    where,
    message,
    remedy,
  });
  const reference = readPayload(node.payload);
  if (reference === undefined || !sameRepository(reference.repository, config.image)) {
    const message = `the payload is not repository@digest of ${formatRepository(config.image)}: ${node.payload}`;
    return {
      findings: [
        finding(
          'payload',
          message,
          'Put releases.json on the state branch right: nodes look for themselves by this very text.',
        ),
      ],
    };
  }
  if ((await client.resolve(reference)) === undefined) {
    const again = `While the test registry has it, coxswain promote-image --fleet ${fleet} pushes it again.`;
    return {
      findings: [
        checked.target
          ? finding(
              'unservable',
              `production does not have ${reference.digest}, and nodes are sent to it`,
              `Withdraw the release (coxswain edit-updates). ${again}`,
            )
          : finding(
              'lost-image',
              `production has lost ${reference.digest}; nodes on it still find their way, nobody can go back to it`,
              again,
              'warning',
            ),
      ],
    };
  }
  const findings: Finding[] = [];
  if (!checked.kept) {
    findings.push(
      finding(
        'retention',
        `no release in releases.json has ${reference.digest}: prune-images would delete it`,
        'Run coxswain publish-updates: graph and release index are made together.',
      ),
    );
  }
  if (checked.isIndex) return { findings };
  const architecture = architectures.find((each) => each === basearch);
  if (architecture === undefined) return { findings };
  let image: Image;
  try {
    image = await readImage(client, reference, architecture);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const message =
      error instanceof NotFoundError ? `incomplete in production: ${error.message}` : error.details.problem;
    return {
      findings: [
        finding(
          'unservable',
          message,
          `Withdraw the release (coxswain edit-updates), then push its image again.`,
        ),
      ],
    };
  }
  if (image.index !== undefined) {
    findings.push(
      finding(
        'payload',
        `the payload is an index, and nodes report the digest of the image for ${basearch}`,
        `Put ${image.manifest.descriptor.digest} in releases.json on the state branch.`,
      ),
    );
  }
  const labels = [
    ['version-label', 'org.opencontainers.image.version', node.version],
    ['stream-label', 'com.coreos.stream', config.stream],
  ] as const;
  for (const [check, label, expected] of labels) {
    const found = image.config.labels[label];
    if (found === expected) continue;
    findings.push(
      finding(
        check,
        `label ${label} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(expected)}: a node that updates to it does not find itself`,
        'Withdraw the release (coxswain edit-updates), and build anew with coxswain build-image.',
      ),
    );
  }
  findings.push(...(await checkKept(parts, checked, image, where)));
  if (checked.current) findings.push(...(await checkLayers(parts, checked, image, where)));
  if (checked.current) findings.push(...(await checkEvidence(parts, checked, image, where)));
  return { image, findings };
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

/** rpm-ostree refuses an update to what is not newer. */
function checkCreated(nodes: readonly NodeToCheck[], images: readonly (Image | undefined)[]): Finding[] {
  const findings: Finding[] = [];
  let before: { readonly version: string; readonly created: number } | undefined;
  for (const [position, { node, fleet, basearch }] of nodes.entries()) {
    const image = images[position];
    const created = image === undefined ? undefined : imageTimestamp(image);
    if (image === undefined) continue;
    if (created === undefined || (before !== undefined && created <= before.created)) {
      findings.push({
        severity: 'error',
        check: 'created',
        where: `${fleet} ${node.version} (${basearch})`,
        message:
          created === undefined
            ? 'the image has no time of creation'
            : `created at ${new Date(created * 1000).toISOString()}, not after ${before?.version}: rpm-ostree refuses it as a downgrade`,
        remedy: 'Withdraw the release (coxswain edit-updates), and promote a newer commit.',
      });
    }
    if (created !== undefined) before = { version: node.version, created };
  }
  return findings;
}

/** Zincati moves nodes to `repository:<stream label>`. */
export async function checkStreamTag({ config, client }: Omit<Parts, 'report'>): Promise<Finding[]> {
  const tag = atTag(config.image, config.stream);
  if ((await client.resolve(tag)) !== undefined) return [];
  return [
    {
      severity: 'error',
      check: 'stream-tag',
      where: formatReference(tag),
      message: 'no such tag, and Zincati moves every node to it (pinned to the digest)',
      remedy: 'Run coxswain promote-image for any fleet: it sets the tag where it is missing.',
    },
  ];
}
