import { type Checkout, openCheckout } from '../project/checkout.ts';
import { openState, type State } from './state/state.ts';

/** What a verb works on: a checkout, the ways to the world around it, and the state branch. */
export interface Project extends Checkout {
  readonly state: State;
}

/** Opens the checkout that holds `directory`, and the state branch of its forge. @throws as openCheckout does */
export async function openProject(options: Parameters<typeof openCheckout>[0]): Promise<Project> {
  const checkout = await openCheckout(options);
  return { ...checkout, state: openState(checkout.forge.branches, checkout.config) };
}
