import { pushArtifact } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import type { Repository } from '../../world/registry/reference.ts';
import { bundleMediaType, payloadType } from './bundle.ts';
import type { AttestationSigner } from './sign.ts';

/** Shows the kind of statement in lists of referrers, as BuildKit does. */
export const predicateAnnotation = 'in-toto.io/predicate-type';
/** The same for bundles, as cosign does (specs/BUNDLE_SPEC.md). */
export const bundlePredicateAnnotation = 'dev.sigstore.bundle.predicateType';
const bundleContentAnnotation = 'dev.sigstore.bundle.content';

/**
 * Attaches an in-toto statement to an image: as a sigstore bundle if there is a signer, else without a signature.
 * @param options.statement the text of the statement; its subject is `options.subject`
 */
export async function pushStatement(
  client: RegistryClient,
  options: {
    readonly repository: Repository;
    readonly subject: Descriptor;
    readonly predicateType: string;
    readonly statement: string;
    readonly signer?: AttestationSigner | undefined;
  },
): Promise<Descriptor> {
  const { repository, subject, predicateType, statement, signer } = options;
  const annotations = {
    [predicateAnnotation]: predicateType,
    ...(signer === undefined
      ? {}
      : { [bundleContentAnnotation]: 'dsse-envelope', [bundlePredicateAnnotation]: predicateType }),
  };
  const artifactType = signer === undefined ? payloadType : bundleMediaType;
  const bytes = signer === undefined ? new TextEncoder().encode(statement) : await signer.sign(statement);
  return pushArtifact(client, {
    repository,
    artifactType,
    subject,
    layers: [{ mediaType: artifactType, bytes, annotations }],
    annotations,
  });
}
