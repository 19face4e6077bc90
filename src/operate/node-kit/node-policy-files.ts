import type { Config } from '../../project/configuration/config.ts';
import { type NodePolicy, nodePolicy } from '../../release/signatures/containers-policy.ts';
import type { FleetKey } from '../../release/signatures/signing-keys.ts';

/** What Fedora CoreOS says of its own image (coreos-containers-policy.json): kept, so that a node can go back to it. */
const fedora = {
  type: 'signedBy',
  keyType: 'GPGKeys',
  keyPaths: [43, 44, 45].map((release) => `/usr/share/pki/rpm-gpg/RPM-GPG-KEY-fedora-${release}-primary`),
};

/** The policy of a node, with Fedora's entry for Fedora's image. */
export function kitPolicy(config: Config, keys: readonly FleetKey[]): NodePolicy {
  const { policy, registries } = nodePolicy(config.image, keys);
  const own = policy as { readonly transports: { readonly docker: object } };
  return {
    registries: `${registries}  quay.io/fedora/fedora-coreos:\n    lookaside: https://builds.coreos.fedoraproject.org/prod/signatures/oci\n`,
    policy: {
      ...own,
      transports: { docker: { ...own.transports.docker, 'quay.io/fedora/fedora-coreos': [fedora] } },
    },
  };
}
