import type { Log } from '../../host/log.ts';
import type { Forge } from '../../world/forge/forge.ts';
import type { AttestationSigner } from './sign.ts';

/**
 * The same signer; what a workflow run signs without a key, the forge gets too. GitHub accepts nothing that a key signed.
 * The copy is for people and for `gh attestation verify`: Coxswain reads only the registry. So without the permission
 * one line says it, and nothing fails.
 */
export function keepAtForge(
  signer: AttestationSigner | undefined,
  forge: Pick<Forge, 'attestations'>,
  log: Log,
): AttestationSigner | undefined {
  const { attestations } = forge;
  if (signer?.certified !== true || attestations === undefined) return signer;
  let refused = false;
  return {
    ...signer,
    sign: async (statement) => {
      const bundle = await signer.sign(statement);
      const reason = refused ? undefined : await attestations.keep(bundle);
      if (reason !== undefined) {
        refused = true;
        log.info(`GitHub keeps no attestation of its own: ${reason}. The signed one is in the registry.`);
      }
      return bundle;
    },
  };
}
