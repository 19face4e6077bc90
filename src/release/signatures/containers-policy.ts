import { formatRepository, type Repository } from '../../world/registry/reference.ts';
import { publicPem } from './keys.ts';
import type { FleetKey } from './signing-keys.ts';

/** Files by which a node of a fleet accepts only what the fleet's keys signed. */
export interface NodePolicy {
  /** containers-policy.json(5) */
  readonly policy: object;
  /** A file of containers-registries.d(5), as text. */
  readonly registries: string;
}

/**
 * The policy of a node: images of the production repository need a signature by one of the keys, for this same
 * repository; everything else is accepted as Fedora's own policy does. Several keys are for the time of a change of
 * keys.
 */
export function nodePolicy(repository: Repository, keys: readonly FleetKey[]): NodePolicy {
  const data = keys.map(({ key }) => Buffer.from(publicPem(key)).toString('base64'));
  const [first] = data;
  const signed = {
    type: 'sigstoreSigned',
    ...(data.length === 1 ? { keyData: first } : { keyDatas: data }),
    signedIdentity: { type: 'matchRepository' },
  };
  const name = formatRepository(repository);
  return {
    policy: {
      default: [{ type: 'insecureAcceptAnything' }],
      transports: { docker: { [name]: [signed] } },
    },
    registries: `docker:\n  ${name}:\n    use-sigstore-attachments: true\n`,
  };
}
