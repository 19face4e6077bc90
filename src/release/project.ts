import { type Checkout, openCheckout } from '../project/checkout.ts';
import type { BranchStore } from '../world/forge/forge.ts';
import { openState, type State } from './state/state.ts';
import { type ReadUpstream, upstreamReader } from './upstream/guidance.ts';
import { firstReleaseCheck } from './witnesses/first-release.ts';
import { openWitnesses } from './witnesses/testimony.ts';

/**
 * Everything that a step of the loop can reach: the checkout, the world around it, and the state branch. A function
 * names the parts that it uses: `Pick<Project, 'config' | 'forge'>`.
 */
export interface Project extends Checkout {
  readonly state: State;
  /** The state as other branches of this forge have it, with the same check of a first release. */
  readonly openStateOn: (branches: BranchStore) => State;
  /** Reads the base's own update guidance, at most once. */
  readonly readUpstream: ReadUpstream;
}

/**
 * Opens the checkout that holds `directory`, and the state branch of its forge.
 * @param options.firstRelease a fleet that seems new is accepted as new, even if a witness gives no answer
 * @throws as openCheckout does
 */
export async function openProject(
  options: Parameters<typeof openCheckout>[0] & { readonly firstRelease?: boolean },
): Promise<Project> {
  const checkout = await openCheckout(options);
  const { config, client, log } = checkout;
  const confirmFirstRelease = firstReleaseCheck({
    config,
    witnesses: openWitnesses(config, client),
    firstRelease: options.firstRelease === true,
    log,
  });
  const openStateOn = (branches: BranchStore) => openState(branches, config, confirmFirstRelease);
  return {
    ...checkout,
    state: openStateOn(checkout.forge.branches),
    openStateOn,
    readUpstream: upstreamReader(config, options),
  };
}
