import { documentation } from '../../../host/documentation.ts';
import { InputError } from '../../../host/errors.ts';
import {
  type DigestReference,
  formatReference,
  formatRepository,
  parseReference,
  sameRepository,
} from '../../../world/registry/reference.ts';
import type { CheckOf } from '../site-check.ts';

/** The prefixes of rpm-ostree: the registry of an image, and whether it must be signed. */
const transports =
  /^(?:ostree-(?:image-signed|unverified-image|remote-image:[^:]+):(?:docker:\/\/|registry:)|ostree-(?:unverified-registry|remote-registry:[^:]+):|docker:\/\/)/;

/**
 * Reads the image that a node runs, as `rpm-ostree status` shows it.
 * @throws InputError if the text does not say which image it is
 */
export function readNodeReference(text: string): DigestReference {
  const reference = parseReference(text.replace(transports, ''), { field: '--node-reference' });
  if (reference.kind === 'digest') return reference;
  throw new InputError({
    field: '--node-reference',
    problem: 'a tag does not say which image the node runs',
    found: text,
    expected: `${formatRepository(reference.repository)}@sha256:…`,
    remedy: 'On the node, rpm-ostree status shows the digest of the booted deployment.',
  });
}

/** A node whose image is in no graph never updates. It says so only in its own log. */
export const nodeReferenceCheck: CheckOf<'site'> = {
  name: 'node-reference',
  of: 'site',
  run: ({ nodeReferences, fleets }, { config }) => {
    const payloads = new Set(
      fleets.flatMap(({ graphs }) =>
        graphs.flatMap(({ graph }) => graph.nodes.map(({ payload }) => payload)),
      ),
    );
    const names = fleets.map(({ fleet }) => fleet);
    return nodeReferences
      .filter(({ repository, digest }) => !payloads.has(`${formatRepository(repository)}@${digest}`))
      .map((reference) => ({
        where: formatReference(reference),
        message: `no graph of ${names.join(', ')} has this image: nodes on it find no update, and say so only in their own log`,
        remedy: sameRepository(reference.repository, config.image)
          ? `If it is older than the first release of its fleet: coxswain import-release. Otherwise rebase these nodes to a release of the fleet (${documentation('nodes.md')}).`
          : `Graphs name only images of ${formatRepository(config.image)}: these nodes change over by node.migrate-from in coxswain.yaml (coxswain node-kit).`,
      }));
  },
};
